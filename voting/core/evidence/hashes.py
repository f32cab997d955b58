"""SHA-256 with the purpose first: `H(p, data) = SHA-256("yishi/1/" p "\\n" data)`. Values are 32 bytes.

A hash made for one purpose is never a valid hash for another, whatever the data. Whoever checks a vote recomputes these
from this page alone; the formulas are part of the published format and change only with the number in the prefix.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from voting.core.evidence import canonical

SIZE = 32
"""Bytes of every hash, secret, nonce and salt."""

Ranking = Sequence[Sequence[str]]
"""Ranks from the most preferred, each the option ids marked at that rank."""


def digest(purpose: str, *parts: bytes) -> bytes:
    """H(purpose, concatenated parts). Callers delimit what has no fixed length."""
    return hashlib.sha256(b"yishi/1/%b\n" % purpose.encode("ascii") + b"".join(parts)).digest()


def slot(contest_id: str, secret: bytes) -> bytes:
    """A ballot's pseudonym: H("slot", contest id in UTF-8 ‖ 0x00 ‖ secret of 32 bytes)."""
    return digest("slot", contest_id.encode(), b"\x00", _sized("secret", secret))


def ballot(contest_id: str, ranking: Ranking) -> bytes:
    """What was marked: H("ballot", canonical JSON of {"contest": id, "ranking": [[option id, …], …]})."""
    marks = [list(rank) for rank in ranking]
    return digest("ballot", canonical.encode({"contest": contest_id, "ranking": marks}))


def commitment(nonce: bytes, slot_hash: bytes, seq: int, ballot_hash: bytes) -> bytes:
    """What the log keeps of a cast: H("cast", nonce ‖ slot ‖ seq in 8 bytes, big-endian ‖ ballot hash)."""
    return digest(
        "cast",
        _sized("nonce", nonce),
        _sized("slot", slot_hash),
        seq.to_bytes(8, "big"),
        _sized("ballot hash", ballot_hash),
    )


def roll_leaf(salt: bytes, elector: str, unit_id: str | None) -> bytes:
    """One elector of a sealed roll: H("roll", salt ‖ elector ref ‖ 0x00 ‖ unit id, empty where there is none)."""
    return digest("roll", _sized("salt", salt), elector.encode(), b"\x00", (unit_id or "").encode())


def participation(bits: bytes) -> bytes:
    """Who was checked off: H("participation", one bit per elector of the roll's leaves, highest bit first)."""
    return digest("participation", bits)


def paper_slot(salt: bytes, batch_id: str, number: int) -> bytes:
    """A paper ballot's box slot: H("paper", the batch's salt ‖ batch id ‖ 0x00 ‖ number from 1 in 4 bytes, big-endian)."""
    return digest("paper", _sized("salt", salt), batch_id.encode(), b"\x00", number.to_bytes(4, "big"))


def paper_batch(salt: bytes, rankings: Sequence[Ranking]) -> bytes:
    """What a batch holds: H("paper-batch", salt ‖ canonical JSON of its rankings in the order of their numbers)."""
    marks = [[list(rank) for rank in ranking] for ranking in rankings]
    return digest("paper-batch", _sized("salt", salt), canonical.encode(marks))


def rule(document: canonical.Value) -> bytes:
    """A decision rule: H("rule", canonical JSON of the rule as the opening froze it)."""
    return digest("rule", canonical.encode(document))


def salted(purpose: str, salt: bytes, text: str) -> bytes:
    """A text that can be erased: H(purpose, salt ‖ text in UTF-8). Without the salt nobody can tell which text it was."""
    return digest(purpose, _sized("salt", salt), text.encode())


def result(document: canonical.Value) -> bytes:
    """A result: H("result", canonical JSON of the document)."""
    return digest("result", canonical.encode(document))


def _sized(name: str, value: bytes) -> bytes:
    if len(value) != SIZE:
        raise ValueError(f"expected a {name} of {SIZE} bytes, got {len(value)}")
    return value
