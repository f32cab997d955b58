"""Borda: each ballot gives points by rank, the points are added up. Votes are points, exact fractions where ranks are equal.

With n options the k-th gets n − k + 1 points (`one_based`), n − k (`zero_based`), or 1/k (`harmonic`). Options of equal rank
share the points of the places they take. Options left out get nothing, or (`ranked_last_equal`) share the last places.
What a ballot ranks is read as `pairwise` reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from fractions import Fraction

from voting.core.count import single_round
from voting.core.count.ballots import Ranking, is_blank
from voting.core.count.numbers import Amount, whole
from voting.core.count.pairwise import weak_order
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, UNRANKED, Choice, Members
from voting.core.count.tally import Tally

MEMBERS: Members = {
    **COMMON,
    **UNRANKED,
    "points": Choice(("one_based", "zero_based", "harmonic")),
}


def count(poll: Poll) -> Tally:
    """Add up the points; the options with most are elected."""
    standing = poll.standing
    values = place_values(len(standing), poll.rules.points or "one_based")
    # Ballots by option and by the places they give it: multiplied once at the end, not ballot by ballot.
    taken: dict[str, Counter[tuple[int, int]]] = {option: Counter() for option in standing}
    index = {option: place for place, option in enumerate(standing)}
    last = poll.rules.unranked == "ranked_last_equal"
    undervotes = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking) and not last:
            undervotes += ballots
            continue
        order = weak_order(ranking, index, poll.rules)
        for option, places in places_of(with_last(order, standing) if last else order, taken).items():
            taken[option][places] += ballots
    points: dict[str, Amount] = {
        option: whole(sum((mean(values, places) * number for places, number in held.items()), start=Fraction(0)))
        for option, held in taken.items()
    }
    return single_round.tally(poll, points, sum(poll.ballots.values()), undervotes)


def with_last(order: Ranking, standing: tuple[str, ...]) -> Ranking:
    """The order with all options it leaves out in one last rank."""
    ranked = {option for rank in order for option in rank}
    return (*order, tuple(option for option in standing if option not in ranked))


def place_values(size: int, points: str) -> tuple[Amount, ...]:
    """What each place is worth, first place first."""
    if points == "harmonic":
        return tuple(whole(Fraction(1, place)) for place in range(1, size + 1))
    last = 1 if points == "one_based" else 0
    return tuple(range(size - 1 + last, last - 1, -1))


def places_of(ranking: Ranking, standing: Container[str]) -> dict[str, tuple[int, int]]:
    """Option → the places its rank takes, first and behind the last, counted from 0."""
    held: dict[str, tuple[int, int]] = {}
    place = 0
    for rank in ranking:
        fresh = [option for option in rank if option in standing and option not in held]
        if fresh:
            # A rank may name an option twice; it takes one place.
            fresh = fresh if len(fresh) == 1 else list(dict.fromkeys(fresh))
            span = (place, place + len(fresh))
            for option in fresh:
                held[option] = span
            place = span[1]
    return held


def mean(values: tuple[Amount, ...], places: tuple[int, int]) -> Fraction:
    """What each of the options that share these places gets."""
    first, behind = places
    return sum((Fraction(value) for value in values[first:behind]), start=Fraction(0)) / (behind - first)
