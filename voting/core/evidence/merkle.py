"""Merkle trees of RFC 6962 and RFC 9162: roots, inclusion and consistency proofs, and their verification.

A leaf is bytes; its hash is SHA-256(0x00 ‖ leaf), a node's is SHA-256(0x01 ‖ left ‖ right) (RFC 9162 §2.1.1). Hashes are 32
bytes, sizes count leaves, indices begin at 0. Proofs are tuples of hashes in the order of the RFC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Proof = tuple[bytes, ...]

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves. It proves nothing: a proof for size 0 is never valid."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over `leaves` in the given order."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """The root over leaves of these hashes; `EMPTY` for none."""
    level = list(hashes)
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else EMPTY


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over the roots of perfect trees that stand side by side, largest first; `EMPTY` for none."""
    if not peaks:
        return EMPTY
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def split(size: int) -> int:
    """The largest power of two below `size` (at least 2): where the RFC cuts a tree in two."""
    return 1 << (size - 1).bit_length() - 1


def inclusion(hashes: Sequence[bytes], index: int) -> Proof:
    """PATH(index, D) of RFC 9162 §2.1.3.1 over leaves of these hashes. Raises IndexError outside the tree."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"expected an index below the tree size {len(hashes)}, got {index}")
    path, level = [], list(hashes)
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        level, index = _parents(level), index >> 1
    return tuple(path)


def consistency(hashes: Sequence[bytes], first: int) -> Proof:
    """PROOF(first, D) of RFC 9162 §2.1.4.1: the tree of `first` leaves is a prefix of the tree of these hashes.

    Raises IndexError unless 0 < first ≤ size.
    """
    if not 0 < first <= len(hashes):
        raise IndexError(f"expected a size from 1 to {len(hashes)}, got {first}")
    return tuple(_subproof(hashes, first, known=True))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` shows that the leaf of hash `leaf` stands at `index` of the tree of `size` leaves and that root.

    RFC 9162 §2.1.3.2. Anything malformed is simply not a proof.
    """
    if not 0 <= index < size or len(leaf) != len(EMPTY):
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            # A node that is last and has no sibling rises unhashed until it has one.
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `first` leaves is a prefix of the tree of `second` (RFC 9162 §2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof:
        return False
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


@dataclass(frozen=True, slots=True)
class Frontier:
    """A growing tree without its leaves: the roots of its perfect subtrees, largest first (one per set bit of `size`)."""

    size: int = 0
    peaks: Proof = ()

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one more leaf, given by its hash: as many joins as `size` has trailing ones."""
        peaks, carry, risen = list(self.peaks), self.size, leaf
        while carry & 1:
            risen, carry = node_hash(peaks.pop(), risen), carry >> 1
        return Frontier(self.size + 1, (*peaks, risen))

    def root(self) -> bytes:
        """The root of the tree so far, equal to `root_of_hashes` of all its leaves."""
        return fold(self.peaks)


def _parents(level: Sequence[bytes]) -> list[bytes]:
    """One level up; a last node without a sibling rises as it is."""
    above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return above if len(level) % 2 == 0 else [*above, level[-1]]


def _subproof(hashes: Sequence[bytes], first: int, *, known: bool) -> list[bytes]:
    """SUBPROOF of the RFC; `known` says that the verifier already holds the root of exactly these leaves."""
    if first == len(hashes):
        return [] if known else [root_of_hashes(hashes)]
    middle = split(len(hashes))
    if first <= middle:
        return [*_subproof(hashes[:middle], first, known=known), root_of_hashes(hashes[middle:])]
    return [*_subproof(hashes[middle:], first - middle, known=False), root_of_hashes(hashes[:middle])]
