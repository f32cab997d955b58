"""Parcels of ballots with a transfer value, under the option they now count for. Source of every surplus transfer.

Within a pile, ballots of one value lie together: a transfer computes one new value per parcel, not per ballot. Values
are integers of the smallest unit (fixed-point rules) or `Fraction` (exact rules); the rule decides which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voting.core.count.ballots import Box, Cause
from voting.core.count.numbers import Amount
from voting.core.count.piles import Entry, Target, recipient

Revalue = Callable[[Amount], Amount]
"""The new value of a ballot from its present one."""


@dataclass(frozen=True, slots=True)
class Move:
    """What one target received: votes in the unit of the values, and ballots."""

    target: Target
    votes: Amount
    ballots: int


class Parcels:
    """All ballots of a box, each at the value `one` to begin with."""

    def __init__(self, box: Box, size: int, one: Amount) -> None:
        self.box = box
        self.piles: list[dict[Amount, list[Entry]]] = [{} for _ in range(size)]
        self.votes: list[Amount] = [0] * size
        self.left: dict[Cause, Amount] = dict.fromkeys(("choices", "overvotes", "duplicates", "skipped"), 0)
        self.one = one

    def open(self, continuing: list[bool]) -> None:
        """Deal every ballot to its first continuing option, at full value."""
        self._deal({self.one: [(path, 0) for path in range(len(self.box.paths))]}, continuing)

    def take(self, place: int) -> dict[Amount, list[Entry]]:
        """Take up the pile of an option: its votes are 0 until somebody sets them."""
        pile, self.piles[place], self.votes[place] = self.piles[place], {}, 0
        return pile

    def transfer(self, place: int, continuing: list[bool], revalue: Revalue | None = None) -> tuple[Move, ...]:
        """Deal the pile of an option out, at new values if a surplus moves; says who received what.

        Ballots of no value leave the count silently. The option itself keeps 0 votes.
        """
        pile = self.take(place)
        if revalue is None:
            return self._deal(pile, continuing)
        revalued: dict[Amount, list[Entry]] = {}
        for value, entries in pile.items():
            revalued.setdefault(revalue(value), []).extend(entries)
        return self._deal(revalued, continuing)

    def _deal(self, pile: dict[Amount, list[Entry]], continuing: list[bool]) -> tuple[Move, ...]:
        votes: dict[Target, Amount] = {}
        papers: dict[Target, int] = {}
        counts = self.box.counts
        for value, entries in pile.items():
            if not value:
                continue
            moved: dict[Target, int] = {}
            for entry in entries:
                target, position = recipient(self.box, entry, continuing)
                moved[target] = moved.get(target, 0) + counts[entry[0]]
                if isinstance(target, int):
                    self.piles[target].setdefault(value, []).append((entry[0], position))
            for target, ballots in moved.items():
                votes[target] = votes.get(target, 0) + ballots * value
                papers[target] = papers.get(target, 0) + ballots
        for target, sent in votes.items():
            if isinstance(target, int):
                self.votes[target] += sent
            else:
                self.left[target] += sent
        return tuple(Move(target, votes[target], papers[target]) for target in votes)
