"""A box of ballots packed for the fast count: one 64-bit key for each distinct ranking, sorted, with its ballots beside it.

A key holds twelve ranks of 5 bits, the first rank uppermost: 0 no more marks, 1 to 30 the place of an option plus one,
31 a skipped rank. Blank ranks after the last mark are dropped; the blank ballot is key 0. What does not fit (a rank with
several marks, too many ranks or options) is refused with `Unpackable`, and the reference counts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voting.core.count.ballots import OVERVOTE, Ballots, Rank, Ranking, checked
from voting.core.count.errors import IllegalBallot, Unpackable

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]

BITS = 5
RANKS = 12
OPTIONS = 30
BYTES = 8
"""Bytes of a word."""

PART = 1 << 14
"""Ballots packed together, so that what is computed on the way stays in the cache."""

SKIPPED = 31
END = 1 << BITS * RANKS
MOST_BALLOTS = 2**62
"""Sums of counts stay inside 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Distinct keys in ascending order and the ballots of each. `size` is the number of options they speak of."""

    size: int
    keys: Keys
    counts: Counts

    @property
    def cast(self) -> int:
        """All ballots."""
        return int(self.counts.sum())

    @property
    def blanks(self) -> int:
        """How many keys are blank: the first one, or none."""
        return int(len(self.keys) > 0 and self.keys[0] == 0)

    @property
    def undervotes(self) -> int:
        """Ballots without any mark."""
        return int(self.counts[: self.blanks].sum())

    def skips(self) -> bool:
        """Whether any ranking skips a rank."""
        return any(bool(np.any(digits == SKIPPED)) for digits in _ranks(self.keys))

    def repeats(self) -> bool:
        """Whether any ranking names an option twice."""
        seen = np.zeros(len(self.keys), dtype=np.uint32)
        for digits in _ranks(self.keys):
            mark = np.left_shift(np.uint32(1), digits.astype(np.uint32))
            mark[(digits == 0) | (digits == SKIPPED)] = 0
            if np.any(seen & mark):
                return True
            seen |= mark
        return False

    def rankings(self, options: Sequence[str]) -> dict[Ranking, int]:
        """The box as the reference takes it."""
        named: dict[int, Rank] = {SKIPPED: (), **{place: (option,) for place, option in enumerate(options, start=1)}}
        box: dict[Ranking, int] = {}
        for key, ballots in zip(self.keys.tolist(), self.counts.tolist(), strict=True):
            places = [key >> shift(rank) & SKIPPED for rank in range(RANKS)]
            box[tuple(named[place] for place in places if place)] = ballots
        return box


def shift(rank: int) -> int:
    """How far a rank (from 0) stands above the end of the key, in bits."""
    return BITS * (RANKS - 1 - rank)


def digit(keys: Keys, rank: int) -> NDArray[np.uint8]:
    """What each key holds at a rank (from 0)."""
    return (keys >> np.uint64(shift(rank)) & np.uint64(SKIPPED)).astype(np.uint8)


def from_rankings(ballots: Ballots, options: Sequence[str]) -> Packed:
    """Pack a mapping from ranking to ballots. Raises `IllegalBallot` as the reference does, and `Unpackable`."""
    checked(ballots, tuple(options))
    _check_size(len(options))
    code: dict[Rank, int] = {(): SKIPPED, **{(option,): place for place, option in enumerate(options, start=1)}}
    keys = np.fromiter((_key(ranking, code) for ranking in ballots), dtype=np.uint64, count=len(ballots))
    if sum(ballots.values()) > MOST_BALLOTS:
        raise Unpackable(f"at most {MOST_BALLOTS} ballots", sum(ballots.values()))
    return _merged(len(options), keys, np.fromiter(ballots.values(), dtype=np.int64, count=len(ballots)))


def from_lists(ballots: Sequence[Sequence[int]], size: int) -> Packed:
    """Pack one list of option places (from 0, the most preferred first) for each ballot.

    Raises `IllegalBallot` for a place nobody stands at, `Unpackable` for too many options or ranks.
    """
    _check_size(size)
    lengths = np.fromiter(map(len, ballots), dtype=np.int64, count=len(ballots))
    if len(lengths) and lengths.max() > RANKS:
        raise Unpackable(f"at most {RANKS} ranks", int(lengths.max()))
    try:
        places = np.frombuffer(bytearray(chain.from_iterable(ballots)), dtype=np.uint8)
    except ValueError:
        places = np.full(1, size, dtype=np.uint8)
    if len(places) and places.max() >= size:
        stranger = next(ballot for ballot in ballots if not all(0 <= place < size for place in ballot))
        raise IllegalBallot(tuple(stranger), f"expected places from 0 to {size - 1}")
    return _merged(size, _joined(places, lengths), None)


def from_arrays(keys: NDArray[Any], counts: NDArray[Any], size: int) -> Packed:
    """Take keys that were packed elsewhere, in any order, equal ones merged. Raises `Unpackable` and `IllegalBallot`."""
    _check_size(size)
    if keys.dtype != np.uint64 or counts.dtype != np.int64 or keys.shape != counts.shape or keys.ndim != 1:
        raise Unpackable("as many uint64 keys as int64 counts", (str(keys.dtype), str(counts.dtype), keys.shape))
    if len(keys) and int(keys.max()) >= END:
        raise Unpackable(f"keys below 2^{BITS * RANKS}", int(keys.max()))
    if np.any(counts < 0):
        raise IllegalBallot(int(keys[counts < 0][0]), f"expected a whole number of ballots; got {counts.min()}")
    # The exact sum, since one in 64 bits might already have run over.
    if len(counts) and int(counts.max()) * len(counts) > MOST_BALLOTS and sum(counts.tolist()) > MOST_BALLOTS:
        raise Unpackable(f"at most {MOST_BALLOTS} ballots", sum(counts.tolist()))
    return _merged(size, _tidy(keys, size), counts)


def _check_size(size: int) -> None:
    if not 1 <= size <= OPTIONS:
        raise Unpackable(f"1 to {OPTIONS} options", size)


def _ranks(keys: Keys) -> Iterator[NDArray[np.uint8]]:
    """The digits of all keys, rank by rank."""
    return (digit(keys, rank) for rank in range(RANKS))


def _key(ranking: Ranking, code: dict[Rank, int]) -> int:
    """The key of one ranking; `code` holds the digit of each rank that fits."""
    last = len(ranking)
    while last and not ranking[last - 1]:
        last -= 1
    if last > RANKS:
        raise Unpackable(f"at most {RANKS} ranks", last)
    key = 0
    for rank in ranking[:last]:
        if rank not in code or rank == (OVERVOTE,):
            raise Unpackable("at most one mark in each rank", rank)
        key = key << BITS | code[rank]
    return key << BITS * (RANKS - last)


def _joined(places: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Keys:
    """The keys of ballots whose places stand one behind the other, `lengths` of them for each ballot."""
    digits = np.zeros(len(places) + 2 * BYTES, dtype=np.uint8)
    digits[: len(places)] = places + np.uint8(1)
    starts = np.cumsum(lengths) - lengths
    # Eight ranks are read as one big-endian word wherever it begins; what belongs to the next ballot is masked.
    words = np.ndarray((len(places) + BYTES + 1,), dtype=">u8", buffer=digits.data, strides=(1,))
    kept = np.array([2**64 - 2 ** (64 - 8 * min(count, BYTES)) for count in range(RANKS + 1)], dtype=np.uint64)
    keys = np.empty(len(lengths), dtype=np.uint64)
    for begin in range(0, len(lengths), PART):
        part = slice(begin, begin + PART)
        first, counts = starts[part], lengths[part]
        keys[part] = _squeezed(words[first].astype(np.uint64) & kept[counts]) << np.uint64(BITS * (RANKS - BYTES))
        if counts.max(initial=0) > BYTES:
            rest = words[first + BYTES].astype(np.uint64) & kept[np.maximum(counts - BYTES, 0)]
            keys[part] |= _squeezed(rest) >> np.uint64(BITS * (2 * BYTES - RANKS))
    return keys


def _squeezed(words: Keys) -> Keys:
    """Eight bytes below 32 as eight times 5 bits, in three steps: neighbours close up by twos, by fours, by eights."""
    words = words >> np.uint64(3) & np.uint64(0x03E003E003E003E0) | words & np.uint64(0x001F001F001F001F)
    words = words >> np.uint64(6) & np.uint64(0x000FFC00000FFC00) | words & np.uint64(0x000003FF000003FF)
    return words >> np.uint64(12) & np.uint64(0x000000FFFFF00000) | words & np.uint64(0x00000000000FFFFF)


def _tidy(keys: Keys, size: int) -> Keys:
    """Keys without skipped ranks after the last mark. Refuses digits nobody stands at, and marks behind the end."""
    tidy = keys.copy()
    for rank in reversed(range(RANKS)):
        digits = digit(keys, rank)
        if np.any((digits > size) & (digits != SKIPPED)):
            raise IllegalBallot(int(keys[(digits > size) & (digits != SKIPPED)][0]), f"more than {size} options")
        rest = tidy & np.uint64((1 << shift(rank)) - 1)
        if np.any((digits == 0) & ((keys & np.uint64((1 << shift(rank)) - 1)) != 0)):
            raise Unpackable("no mark behind the end of a ranking", f"one behind rank {rank + 1}")
        trailing = (digits == SKIPPED) & (rest == 0)
        tidy[trailing] &= ~np.uint64(SKIPPED << shift(rank))
    return tidy


def _merged(size: int, keys: Keys, counts: Counts | None) -> Packed:
    """Sort the keys and add up what is equal; without `counts` every key is one ballot."""
    if not len(keys):
        return Packed(size, keys, np.zeros(0, dtype=np.int64))
    if counts is None:
        ordered = np.sort(keys)
    else:
        order = np.argsort(keys, kind="stable")
        ordered, counts = keys[order], counts[order]
    firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    held = np.diff(firsts, append=len(ordered)) if counts is None else np.add.reduceat(counts, firsts)
    return Packed(size, ordered[firsts], held.astype(np.int64))
