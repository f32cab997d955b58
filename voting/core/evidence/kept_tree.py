"""A Merkle tree that is kept with every level, so that a proof costs its own length. Source: RFC 6962, as `merkle`.

A million leaves take 64 MB and two seconds to build; a proof of one then takes microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voting.core.evidence import merkle
from voting.core.evidence.merkle import Proof

_SIZE = len(merkle.EMPTY)


class KeptTree:
    """The tree over leaves of given hashes. Nothing of it changes."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        """`hashes` are leaf hashes (`merkle.leaf_hash`) in the order of the leaves."""
        level = b"".join(hashes)
        self.size = len(level) // _SIZE
        self._levels = [level]
        while len(level) > _SIZE:
            level = _parents(level)
            self._levels.append(level)

    @property
    def root(self) -> bytes:
        """The root, `merkle.EMPTY` over nothing."""
        return self._levels[-1] or merkle.EMPTY

    def inclusion(self, index: int) -> Proof:
        """The proof for the leaf at `index`. Raises IndexError outside the tree."""
        if not 0 <= index < self.size:
            raise IndexError(f"expected an index below the tree size {self.size}, got {index}")
        path = []
        for level in self._levels[:-1]:
            beside = (index ^ 1) * _SIZE
            if beside < len(level):
                path.append(level[beside : beside + _SIZE])
            index >>= 1
        return tuple(path)


def _parents(level: bytes) -> bytes:
    """One level up; a last node without a sibling rises as it is."""
    whole = len(level) - len(level) % (2 * _SIZE)
    starts: Sequence[int] = range(0, whole, 2 * _SIZE)
    joined = [merkle.node_hash(level[at : at + _SIZE], level[at + _SIZE : at + 2 * _SIZE]) for at in starts]
    return b"".join(joined) + level[whole:]
