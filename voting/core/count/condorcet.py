"""What the Condorcet methods share: rule members, ranking by layers, and the tally. Votes are whole ballots.

Every such method sees the ballots through their pairwise matrix alone. A tie at the top that no rule breaks is shared:
all its options are winners.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voting.core.count import single_round
from voting.core.count.pairwise import Compared, Comparison, Pairwise
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, UNRANKED, WRITE_IN, Choice, Members
from voting.core.count.strength import STRENGTHS
from voting.core.count.tally import Outcome, Round, Tallies, Tally, Tie

MEMBERS: Members = {**COMMON, **WRITE_IN, **UNRANKED}
"""The rule members of a method that asks only who beats whom."""

STRENGTH_MEMBERS: Members = {**MEMBERS, "strength": Choice(STRENGTHS)}
"""The rule members of a method that asks by how much."""

Groups = tuple[tuple[str, ...], ...]


def layers(options: tuple[str, ...], above: Callable[[int, int], bool]) -> Groups:
    """Rank by an acyclic relation: first the options nobody is above, then those nobody left is above, and so on."""
    groups: list[tuple[str, ...]] = []
    left = list(range(len(options)))
    while left:
        top = [place for place in left if not any(above(other, place) for other in left)]
        groups.append(tuple(options[place] for place in top))
        left = [place for place in left if place not in top]
    return tuple(groups)


def reach(size: int, steps: Iterable[tuple[int, int]]) -> list[int]:
    """What each place reaches by one or more of `steps`; a set of places is an integer, place p its bit p."""
    reached = [0] * size
    for source, target in steps:
        link(reached, source, target)
    return reached


def link(reached: list[int], source: int, target: int) -> None:
    """Add one step to what is reached, in place."""
    gained = reached[target] | 1 << target
    for place, held in enumerate(reached):
        if place == source or held >> source & 1:
            reached[place] = held | gained


def ranked_tally(
    poll: Poll,
    compared: Compared,
    groups: Groups,
    comparison: Comparison,
    scores: Tallies | None = None,
    ties: tuple[Tie, ...] = (),
) -> Tally:
    """The tally of a method that ranks all options: the best `seats` win. `ties` are those met on the way."""
    if not compared.valid or not compared.pairwise.options:
        return _tally(poll, compared, (), "no_ballots", comparison)
    winners, last, settled = single_round.best(poll, groups, poll.seats)
    outcome: Outcome = ("decided" if len(winners) >= poll.seats else "seats_left") if settled else "tie_open"
    return _tally(poll, compared, winners, outcome, comparison, groups, scores, (*ties, *last))


def set_tally(poll: Poll, compared: Compared, places: Iterable[int]) -> Tally:
    """The tally of a method whose answer is a set of options, by place: all of them, however many seats there are."""
    comparison = Comparison(compared.pairwise)
    if not compared.valid or not compared.pairwise.options:
        return _tally(poll, compared, (), "no_ballots", comparison)
    winners = tuple(compared.pairwise.options[place] for place in sorted(places))
    return _tally(poll, compared, winners, "decided", comparison)


def victories(pairwise: Pairwise) -> list[tuple[int, int]]:
    """Every victory as (place of the winner, place of the loser), in the order of the options."""
    places = range(len(pairwise.options))
    return [(row, column) for row in places for column in places if pairwise.beats(row, column)]


def _tally(
    poll: Poll,
    compared: Compared,
    winners: tuple[str, ...],
    outcome: Outcome,
    comparison: Comparison,
    ranking: Groups | None = None,
    scores: Tallies | None = None,
    ties: tuple[Tie, ...] = (),
) -> Tally:
    """The tally with one round that holds no votes: what was counted is the matrix."""
    return Tally(
        method=poll.method,
        options=poll.options,
        seats=poll.seats,
        rules=poll.rules,
        cast=compared.cast,
        undervotes=compared.undervotes,
        winners=winners,
        rounds=(Round(number=1, tallies=(), elected=winners, ties=ties, action="comparison"),),
        outcome=outcome,
        ranking=ranking,
        scores=scores,
        comparison=comparison,
    )
