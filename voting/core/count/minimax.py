"""Minimax (Simpson-Kramer): the option wins whose worst comparison is least bad. Votes are whole ballots.

Worst is, by `strength`: winning votes, the most ballots of a defeat, 0 if never beaten; ratio, likewise the greatest ratio;
margins, the greatest margin against, below 0 if all are victories; pairwise opposition, the most ballots for any other
option over this one, beaten or not. The last alone may pass over an option that beats every other.
"""

from __future__ import annotations

from collections.abc import Callable

from voting.core.count import strength
from voting.core.count.condorcet import STRENGTH_MEMBERS, Groups, ranked_tally
from voting.core.count.pairwise import Compared, Comparison, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.strength import Strength
from voting.core.count.tally import Tally

MEMBERS = STRENGTH_MEMBERS


def count(poll: Poll) -> Tally:
    """Count by minimax; options with the same worst comparison are tied."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    worst = worst_against(compared.pairwise, poll.rules.strength or "winning_votes")
    comparison = Comparison(compared.pairwise, worst=tuple(zip(compared.pairwise.options, worst, strict=True)))
    return ranked_tally(poll, compared, by_worst(compared.pairwise.options, worst), comparison)


def worst_against(pairwise: Pairwise, kind: str) -> tuple[Strength, ...]:
    """The strongest case against each option, in their order; `NONE` against the only option."""
    case = _case(kind)
    votes, places = pairwise.votes, range(len(pairwise.options))
    return tuple(
        max(
            (case(votes[other][place], votes[place][other]) for other in places if other != place),
            default=strength.NONE,
        )
        for place in places
    )


def by_worst(options: tuple[str, ...], worst: tuple[Strength, ...]) -> Groups:
    """Groups of options with equal worst comparison, the least bad first."""
    return tuple(
        tuple(option for option, held in zip(options, worst, strict=True) if held == level)
        for level in sorted(set(worst))
    )


def _case(kind: str) -> Callable[[int, int], Strength]:
    """The strength of `votes` for another option against `own` votes for this one."""
    if kind == "margins":
        return lambda votes, own: Strength(value=votes - own)
    if kind == "pairwise_opposition":
        return lambda votes, own: Strength(value=votes)
    return lambda votes, own: strength.of(votes, own, kind)
