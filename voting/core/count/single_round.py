"""Counts of one round: scores in, the best `seats` out. Shared by plurality, approval, score and Borda.

A tie for the last seats that no rule breaks elects everyone of the tie, where the rules name no tie-break at all; with a
tie-break that cannot decide (nothing recorded, no order) the seats of the tie stay open.
"""

from __future__ import annotations

from collections.abc import Mapping

from voting.core.count.numbers import Amount
from voting.core.count.poll import Poll
from voting.core.count.tally import Exhausted, Outcome, Round, Tally, Tie
from voting.core.count.tiebreak import TieBreak


def ranked(scores: Mapping[str, Amount]) -> tuple[tuple[str, ...], ...]:
    """Groups of options with equal scores, best first."""
    levels = sorted(set(scores.values()), reverse=True)
    return tuple(tuple(option for option, held in scores.items() if held == level) for level in levels)


def best(
    poll: Poll, groups: tuple[tuple[str, ...], ...], seats: int, number: int = 1
) -> tuple[tuple[str, ...], tuple[Tie, ...], bool]:
    """Who takes the seats, the ties on the way, and whether the seats are all decided."""
    winners: list[str] = []
    ties: list[Tie] = []
    tie_break = TieBreak(poll.rules, poll.options)
    for group in groups:
        left = list(group)
        while left and len(winners) < seats:
            if len(left) <= seats - len(winners):
                winners += left
                break
            tie = tie_break.decide(left, "winner", number)
            ties.append(tie)
            if tie.selected is None:
                shared = left if poll.rules.tie_break is None else []
                return (*winners, *shared), tuple(ties), False
            winners.append(tie.selected)
            left.remove(tie.selected)
    return tuple(winners), tuple(ties), True


def tally(
    poll: Poll,
    scores: Mapping[str, Amount],
    cast: int,
    undervotes: int,
    exhausted: Exhausted | None = None,
    number: int = 1,
) -> Tally:
    """The tally of one round of `scores` (by standing option, in order)."""
    groups = ranked(scores)
    outcome: Outcome = "no_ballots"
    winners: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()
    if any(scores.values()):
        winners, ties, settled = best(poll, groups, poll.seats, number)
        outcome = ("decided" if len(winners) >= poll.seats else "seats_left") if settled else "tie_open"
    entry = Round(
        number=number,
        tallies=tuple(scores.items()),
        exhausted=exhausted or Exhausted(),
        elected=winners,
        ties=ties,
    )
    return Tally(
        method=poll.method,
        options=poll.options,
        seats=poll.seats,
        rules=poll.rules,
        cast=cast,
        undervotes=undervotes,
        winners=winners,
        rounds=(entry,),
        outcome=outcome,
        ranking=groups,
        scores=tuple(scores.items()),
    )
