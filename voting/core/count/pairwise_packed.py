"""The pairwise matrix of many rankings at once, with numpy. Votes are whole ballots, added in 64-bit integers.

Ranks stand in one array, a row for each option and a column for each ranking: 1 is the first rank, 0 no mark. The result
equals that of `pairwise.compare`, entry by entry.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from voting.core.count.ballots import Rank

Ranks = NDArray[np.uint16]
Counts = NDArray[np.int64]

CHUNK = 1 << 15
"""Rankings looked at together, so that the ranks of a pair of options stay in the cache."""

MOST_VOTES = 2**62
"""More ballots than this do not fit."""


def packed(orders: Collection[tuple[Rank, ...]], index: dict[str, int]) -> Ranks:
    """The ranks of weak orders."""
    ranks = np.zeros((len(index), len(orders)), dtype=np.uint16)
    places: list[int] = []
    numbers: list[int] = []
    marks: list[int] = []
    for order in orders:
        before = len(places)
        places.extend(map(index.__getitem__, chain.from_iterable(order)))
        marks.append(len(places) - before)
        if marks[-1] == len(order):
            numbers.extend(range(1, len(order) + 1))
        else:
            numbers.extend(number for number, group in enumerate(order, start=1) for _ in group)
    ranks[places, np.repeat(np.arange(len(marks)), marks)] = numbers
    return ranks


def matrix(ranks: Ranks, counts: Counts, rest: bool) -> tuple[tuple[int, ...], ...]:
    """Ballots that prefer the row's option to the column's; with `rest` an option without a mark stands below all marked."""
    size = len(ranks)
    votes = np.zeros((size, size), dtype=np.int64)
    for start in range(0, ranks.shape[1], CHUNK):
        # Nobody is below 0, so a last place for the unmarked turns "marked above" into one comparison.
        here, weights = ranks[:, start : start + CHUNK], counts[start : start + CHUNK]
        below = np.where(here == 0, np.uint16(0xFFFF if rest else 0), here)
        above = np.where(here == 0, np.uint16(0xFFFF), here)
        alike = bool(np.all(weights == 1))
        for row in range(size):
            preferred = above[row] < below
            votes[row] += np.count_nonzero(preferred, axis=1) if alike else preferred @ weights
    return tuple(tuple(int(held) for held in row) for row in votes)
