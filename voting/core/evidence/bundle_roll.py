"""The participation: one bit for each elector of the roll, in the order of the roll's leaves. Source: evidence format §4.

The leaves are salted hashes, so their order says nothing; an elector who is told salt and place finds the own bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voting.core.evidence import hashes, merkle


@dataclass(frozen=True, slots=True)
class Participation:
    """The bits, how many electors there are and how many are checked off, and the root of the roll's leaves."""

    bits: bytes
    electors: int
    checked: int
    root: bytes

    @property
    def hash(self) -> bytes:
        """H("participation", the bits)."""
        return hashes.digest("participation", self.bits)


def participation(electors: Iterable[tuple[bytes, bool]]) -> Participation:
    """The participation of electors in any order: each the roll leaf (`hashes.roll_leaf`) and whether checked off."""
    ranked = sorted(electors)
    root = merkle.root([leaf for leaf, _ in ranked])
    checked = sum(voted for _, voted in ranked)
    return Participation(packed([voted for _, voted in ranked]), len(ranked), checked, root)


def packed(bits: Iterable[bool]) -> bytes:
    """Bits as bytes: the highest bit of a byte first, the last byte filled with zeros."""
    text = "".join("1" if bit else "0" for bit in bits)
    text += "0" * (-len(text) % 8)
    return int("1" + text, 2).to_bytes(len(text) // 8 + 1, "big")[1:] if text else b""


def bit(bits: bytes, place: int) -> bool:
    """The bit at a place. Raises `IndexError` beyond the last byte."""
    return bool(bits[place >> 3] >> (7 - (place & 7)) & 1)
