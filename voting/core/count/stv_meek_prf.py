"""The Meek reference rule of the Proportional Representation Foundation: fixed point, 9 decimals, omega 10^-6.

Source: prfound.org, Reference Meek Rule. What an option keeps of a ballot is rounded up to 9 places; the quota is cut
and one unit added; a surplus below zero counts as zero; omega is strict.
"""

from __future__ import annotations

from voting.core.count.ballots import Box
from voting.core.count.meek import OMEGA, Meek, upto_hopeful
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, Choice, Fixed, Members, Never, Number, Whole
from voting.core.count.tally import Tally

PLACES = 9

MEMBERS: Members = {
    **COMMON,
    "arithmetic": Fixed(),
    "decimal_places": Whole(PLACES, PLACES),
    "omega": Number(),
    "threshold": Choice(("droop_fractional", "droop_fractional_dynamic")),
    "batch_elimination": Never(),
}


def count(poll: Poll) -> Tally:
    """Count `seats` winners."""
    return ReferenceMeek(poll).run()


class ReferenceMeek(Meek):
    """One count by the reference rule; ballots are strict rankings."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, PLACES, poll.rules.omega or OMEGA)
        self.rankings = _single(poll.box())
        self.groups: dict[tuple[int, ...], int] = {}

    def regroup(self) -> None:
        """Ballots up to the first hopeful option, which keeps all that is left; excluded options passed over."""
        self.groups = upto_hopeful(self.rankings, self.keep, self.hopeful)

    def distribute(self) -> list[int]:
        """Step B.2.a: each option in turn keeps weight × keep factor, rounded up; the weight falls by as much."""
        votes, keep, one = [0] * len(self.options), self.keep, self.one
        for ranking, count in self.groups.items():
            weight = one
            for place in ranking:
                kept = -(-weight * keep[place] // one)
                votes[place] += kept * count
                weight -= kept
                if weight <= 0:
                    break
        return votes

    def small(self, surplus: int) -> bool:
        """Step B.2.e: less than omega."""
        return surplus < self.omega


def _single(box: Box) -> dict[tuple[int, ...], int]:
    """The rankings as places with their counts. A rank of several options cannot be kept by anyone and ends there."""
    rankings: dict[tuple[int, ...], int] = {}
    for (steps, _), count in zip(box.paths, box.counts, strict=True):
        places: list[int] = []
        for step in steps:
            if not isinstance(step, int):
                break
            places.append(step)
        rankings[tuple(places)] = rankings.get(tuple(places), 0) + count
    return rankings
