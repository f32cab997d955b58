"""Borda: each ballot gives points by rank, the points are added up. Votes are points, exact fractions where ranks are equal.

With n options the k-th gets n − k + 1 points (`one_based`), n − k (`zero_based`), or 1/k (`harmonic`). Options of equal rank
share the points of the places they take. Options left out get nothing, or (`ranked_last_equal`) share the last places.
"""

from __future__ import annotations

from fractions import Fraction

from voting.core.count import single_round
from voting.core.count.ballots import OVERVOTE, Ranking, completed, is_blank
from voting.core.count.numbers import Amount, whole
from voting.core.count.poll import Poll
from voting.core.count.rules import OPTIONS, TIES, UNRANKED, UNUSED_RANKS, Choice, Members
from voting.core.count.tally import Tally

MEMBERS: Members = {
    **UNUSED_RANKS,
    **TIES,
    **OPTIONS,
    **UNRANKED,
    "points": Choice(("one_based", "zero_based", "harmonic")),
}


def count(poll: Poll) -> Tally:
    """Add up the points; the options with most are elected."""
    standing = poll.standing
    values = place_values(len(standing), poll.rules.points or "one_based")
    points: dict[str, Amount] = dict.fromkeys(standing, 0)
    undervotes = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking):
            undervotes += ballots
            continue
        for option, value in given(completed(ranking, standing, poll.rules), values, points).items():
            points[option] += value * ballots
    scores = {option: whole(held) for option, held in points.items()}
    return single_round.tally(poll, scores, sum(poll.ballots.values()), undervotes)


def place_values(size: int, points: str) -> tuple[Amount, ...]:
    """What each place is worth, first place first."""
    if points == "harmonic":
        return tuple(whole(Fraction(1, place)) for place in range(1, size + 1))
    last = 1 if points == "one_based" else 0
    return tuple(range(size - 1 + last, last - 1, -1))


def given(ranking: Ranking, values: tuple[Amount, ...], standing: dict[str, Amount]) -> dict[str, Amount]:
    """Option → points of one ballot."""
    shares: dict[str, Amount] = {}
    place = 0
    for rank in ranking:
        held = [o for o in dict.fromkeys(rank) if o != OVERVOTE and o in standing and o not in shares]
        if held:
            total = Fraction(sum(values[place : place + len(held)], start=Fraction(0)))
            shares.update(dict.fromkeys(held, whole(total / len(held))))
            place += len(held)
    return shares
