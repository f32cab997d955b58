"""Groups of opinion: who reacts alike, and which statements bridge the groups. Source: the method of Polis (Small et al.
2021).

Residents × statements with +1 (support), −1 (oppose), 0 (pass) and nothing where somebody has not reacted. Centred on the
mean of each statement, the two strongest principal components place the residents; k-means from fixed starts groups them;
k is that of the best silhouette among those whose every group has at least `FLOOR` residents. Floating point decides
nothing but who sits together: all figures that are shown are counts, and a bridge is ranked by an exact fraction.

Nothing here is random: starts are the residents farthest apart, ties go to the lower index. The same matrix gives the
same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

FLOOR = 5
"""Fewest residents of whom a figure is shown."""
MOST_GROUPS = 5
_ROUNDS = 100
_SAMPLE = 1000
"""Residents on whom the silhouette is measured; it costs the square of their number."""

Points = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stand:
    """How one group stands on one statement."""

    supports: int
    opposes: int
    passes: int

    @property
    def reacted(self) -> int:
        """How many of the group reacted."""
        return self.supports + self.opposes + self.passes


@dataclass(frozen=True, slots=True)
class Groups:
    """Sizes of the groups, largest first, and for each statement the stand of each group. No residents."""

    sizes: tuple[int, ...]
    stands: tuple[tuple[Stand, ...], ...]


def find(matrix: NDArray[np.int8], has_reacted: NDArray[np.bool_]) -> Groups:
    """The groups of a matrix (residents × statements; where `has_reacted` is false the value is ignored).

    Fewer than two floors of residents, or fewer than two statements, are one group.
    """
    labels = _labels(matrix, has_reacted)
    order = sorted(range(int(labels.max(initial=-1)) + 1), key=lambda label: (-int((labels == label).sum()), label))
    sizes = tuple(int((labels == label).sum()) for label in order)
    stands = tuple(
        tuple(_stand(matrix[labels == label, column], has_reacted[labels == label, column]) for label in order)
        for column in range(matrix.shape[1])
    )
    return Groups(sizes, stands)


def bridge(stands: Sequence[Stand]) -> Fraction:
    """How far a statement is supported in every group at once: the product of (supports + 1) / (reacted + 2) over the
    groups."""
    found = Fraction(1)
    for stand in stands:
        found *= Fraction(stand.supports + 1, stand.reacted + 2)
    return found


def _stand(values: NDArray[np.int8], has_reacted: NDArray[np.bool_]) -> Stand:
    told = values[has_reacted]
    return Stand(int((told == 1).sum()), int((told == -1).sum()), int((told == 0).sum()))


def _labels(matrix: NDArray[np.int8], has_reacted: NDArray[np.bool_]) -> Labels:
    residents, statements = matrix.shape
    together = np.zeros(residents, dtype=np.int64)
    if residents < 2 * FLOOR or statements < 2:
        return together
    points = _places(matrix, has_reacted)
    best, most = together, 0.0
    for k in range(2, min(MOST_GROUPS, residents // FLOOR) + 1):
        labels = _grouped(points, k)
        if len(np.unique(labels)) < k or min(np.bincount(labels)) < FLOOR:
            continue
        score = _silhouette(points, labels)
        if score > most + 1e-9:
            best, most = labels, score
    return best


def _places(matrix: NDArray[np.int8], has_reacted: NDArray[np.bool_]) -> Points:
    """Residents on the two strongest components; who has reacted to little is drawn out by the share they reacted to."""
    values = np.where(has_reacted, matrix, 0).astype(np.float64)
    counts = has_reacted.sum(axis=0)
    means = np.divide(values.sum(axis=0), counts, out=np.zeros(len(counts)), where=counts > 0)
    centred = np.where(has_reacted, values - means, 0.0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, -2:][:, ::-1]
    reacted = np.maximum(has_reacted.sum(axis=1), 1)
    placed: Points = centred @ axes * np.sqrt(matrix.shape[1] / reacted)[:, None]
    return placed


def _grouped(points: Points, k: int) -> Labels:
    centres = _starts(points, k)
    labels = np.zeros(len(points), dtype=np.int64)
    for turn in range(_ROUNDS):
        found = _distances(points, centres).argmin(axis=1)
        if turn and np.array_equal(found, labels):
            break
        labels = found
        centres = np.array(
            [points[labels == one].mean(axis=0) if (labels == one).any() else centres[one] for one in range(k)]
        )
    return labels


def _starts(points: Points, k: int) -> Points:
    """The resident farthest from the middle, then always the one farthest from all starts so far."""
    chosen = [int(_distances(points, points.mean(axis=0)[None, :]).argmax())]
    while len(chosen) < k:
        chosen.append(int(_distances(points, points[chosen]).min(axis=1).argmax()))
    return points[chosen]


def _distances(points: Points, centres: Points) -> Points:
    found: Points = np.sqrt(((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))
    return found


def _silhouette(points: Points, labels: Labels) -> float:
    step = max(1, len(points) // _SAMPLE)
    points, labels = points[::step], labels[::step]
    kinds = np.unique(labels)
    if len(kinds) < 2:
        return 0.0
    apart = _distances(points, points)
    means = np.stack([apart[:, labels == kind].mean(axis=1) for kind in kinds], axis=1)
    own = labels[:, None] == kinds[None, :]
    sizes = (labels[:, None] == labels[None, :]).sum(axis=1)
    # The distance to oneself is none of the distances within a group.
    inside = means[own] * sizes / np.maximum(sizes - 1, 1)
    outside = np.where(own, np.inf, means).min(axis=1)
    spread = np.maximum(inside, outside)
    return float(np.divide(outside - inside, spread, out=np.zeros(len(spread)), where=spread > 0).mean())
