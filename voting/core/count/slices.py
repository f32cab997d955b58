"""Piles as slices of a packed, sorted box. Votes are whole ballots, or whole ballots times an exact value.

Sorted keys that begin alike lie together, so the ballots of an option are a few slices of the box, and their votes the
difference of two running totals. To deal a pile out, each slice is cut where the next rank changes: no ballot is moved.
A slice is (start, end) in the box; slices of one depth, the number of ranks used up, stand together in two arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voting.core.count.ballots import Box
from voting.core.count.numbers import Amount
from voting.core.count.packed import BITS, RANKS, SKIPPED, Keys, Packed, digit, shift
from voting.core.count.parcels import Move, Parcels, Revalue
from voting.core.count.piles import Piles, Target, transfers
from voting.core.count.tally import Transfer

Places = NDArray[np.int64]
Slices = tuple[Places, Places]
Pile = dict[int, list[Slices]]
"""Slices by their depth."""

SEARCH = 8
"""Entries for each edge of a cut, from which a search for the edges is faster than to look at every entry."""

NOTHING = Box((), (), 0, 0)


class Dealer:
    """Deals slices of one box to those who continue. `most` is the number of ranks that are read."""

    def __init__(self, box: Packed, most: int | None = None) -> None:
        read = RANKS if most is None else min(most, RANKS)
        self.keys: Keys = box.keys if read == RANKS else box.keys & ~np.uint64((1 << shift(read - 1)) - 1)
        self.size = box.size
        self.blanks = box.blanks
        self.totals = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(box.counts)))
        self.digits = np.array([*range(box.size + 1), SKIPPED], dtype=np.uint64)

    def whole(self) -> Pile:
        """All ballots with a mark, nothing of them read yet."""
        if self.blanks == len(self.keys):
            return {}
        return {0: [(np.array([self.blanks]), np.array([len(self.keys)]))]}

    def deal(self, pile: Pile, continuing: list[bool]) -> dict[Target, tuple[int, Pile]]:
        """Cut a pile by the next continuing option: the ballots and slices each option gets, and those who end."""
        dealt: dict[Target, tuple[int, Pile]] = {}
        passed: list[Slices] = []
        for depth in range(RANKS + 1):
            slices = [*pile.get(depth, ()), *passed]
            passed = []
            for place, votes, part in self.parts(slices, depth) if slices else ():
                if place and (place == SKIPPED or not continuing[place - 1]):
                    passed.append(part)
                    continue
                target: Target = place - 1 if place else "choices"
                held, reached = dealt.get(target, (0, {}))
                if place:
                    reached.setdefault(depth + 1, []).append(part)
                dealt[target] = (held + votes, reached)
        return dealt

    def parts(self, slices: list[Slices], depth: int) -> Iterable[tuple[int, int, Slices]]:
        """What stands at the next rank of slices of one depth: the digit, its ballots, and its slices."""
        starts = np.concatenate([part[0] for part in slices])
        ends = np.concatenate([part[1] for part in slices])
        if depth == RANKS:
            return [(0, self.votes(starts, ends), (starts, ends))]
        edges = len(starts) * len(self.digits)
        cut = self.searched if edges * SEARCH < int((ends - starts).sum()) else self.scanned
        starts, ends, digits = cut(starts, ends, depth)
        order = np.argsort(digits, kind="stable")
        starts, ends, digits = starts[order], ends[order], digits[order]
        firsts = [0, *(np.flatnonzero(digits[1:] != digits[:-1]) + 1).tolist(), len(digits)]
        spans = pairwise(firsts)
        return [(int(digits[a]), self.votes(starts[a:b], ends[a:b]), (starts[a:b], ends[a:b])) for a, b in spans]

    def votes(self, starts: Places, ends: Places) -> int:
        """The ballots of slices."""
        return int((self.totals[ends] - self.totals[starts]).sum())

    def searched(self, starts: Places, ends: Places, depth: int) -> tuple[Places, Places, NDArray[np.uint8]]:
        """Cut few long slices: look for the place where each digit would begin."""
        low = np.uint64(shift(depth))
        begun = self.keys[starts] >> (low + np.uint64(BITS)) << (low + np.uint64(BITS))
        edges = np.searchsorted(self.keys, begun[:, None] | self.digits << low)
        # Before the first slice of all lies the blank ballot, which begins like a ranking that ends at once.
        edges = np.hstack((starts[:, None], edges[:, 1:], ends[:, None]))
        row, column = np.nonzero(edges[:, 1:] > edges[:, :-1])
        return edges[row, column], edges[row, column + 1], self.digits[column].astype(np.uint8)

    def scanned(self, starts: Places, ends: Places, depth: int) -> tuple[Places, Places, NDArray[np.uint8]]:
        """Cut many short slices: look at every entry. No two slices of one depth begin alike, so an edge is a change."""
        lengths = ends - starts
        entries = np.arange(int(lengths.sum())) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        begun = self.keys[entries] >> np.uint64(shift(depth))
        changes = np.flatnonzero(begun[1:] != begun[:-1])
        firsts = entries[np.concatenate(([0], changes + 1))]
        lasts = entries[np.append(changes, len(entries) - 1)]
        return firsts, lasts + 1, digit(self.keys[firsts], depth)


class PackedPiles(Piles):
    """All ballots of a packed box at full value, dealt to the options by place."""

    def __init__(self, dealer: Dealer, options: tuple[str, ...]) -> None:
        super().__init__(NOTHING, options)
        self.dealer = dealer
        self.held: list[Pile] = [{} for _ in options]

    def open(self, continuing: list[bool]) -> None:
        """Deal every ballot to its first continuing option."""
        self.share(self.dealer.whole(), continuing)

    def clear(self, place: int, continuing: list[bool]) -> tuple[Transfer, ...]:
        """Deal the pile of an option out to those who continue."""
        pile, self.held[place], self.votes[place] = self.held[place], {}, 0
        return transfers(self.options, place, self.share(pile, continuing))

    def share(self, pile: Pile, continuing: list[bool]) -> Counter[Target]:
        """Deal slices to those who continue; returns the ballots each target received."""
        moved: Counter[Target] = Counter()
        for target, (ballots, part) in self.dealer.deal(pile, continuing).items():
            moved[target] = ballots
            if isinstance(target, int):
                self.votes[target] += ballots
                join(self.held[target], part)
            else:
                self.left[target] += ballots
        return moved


class PackedParcels(Parcels):
    """All ballots of a packed box, in parcels of one value. Their slices stand in `held`; `take` has none to give."""

    def __init__(self, dealer: Dealer, size: int, one: Amount) -> None:
        super().__init__(NOTHING, size, one)
        self.dealer = dealer
        self.held: list[dict[Amount, Pile]] = [{} for _ in range(size)]

    def open(self, continuing: list[bool]) -> None:
        """Deal every ballot to its first continuing option, at full value."""
        self.share({self.one: self.dealer.whole()}, continuing)

    def transfer(self, place: int, continuing: list[bool], revalue: Revalue | None = None) -> tuple[Move, ...]:
        """Deal the pile of an option out, at new values if a surplus moves; says who received what."""
        pile, self.held[place], self.votes[place] = self.held[place], {}, 0
        revalued: dict[Amount, Pile] = {}
        for value, part in pile.items():
            join(revalued.setdefault(revalue(value) if revalue else value, {}), part)
        return self.share(revalued, continuing)

    def share(self, pile: dict[Amount, Pile], continuing: list[bool]) -> tuple[Move, ...]:
        """Deal slices at their values; ballots of no value leave the count silently."""
        votes: dict[Target, Amount] = {}
        papers: Counter[Target] = Counter()
        for value, slices in pile.items():
            if not value:
                continue
            for target, (ballots, part) in self.dealer.deal(slices, continuing).items():
                votes[target] = votes.get(target, 0) + ballots * value
                papers[target] += ballots
                if isinstance(target, int):
                    join(self.held[target].setdefault(value, {}), part)
        for target, sent in votes.items():
            if isinstance(target, int):
                self.votes[target] += sent
            else:
                self.left[target] += sent
        return tuple(Move(target, votes[target], papers[target]) for target in votes)


def join(pile: Pile, more: Pile) -> None:
    """Put slices to a pile, in place."""
    for depth, slices in more.items():
        pile.setdefault(depth, []).extend(slices)
