"""Append-only logs: checkpoints, tiles, proofs that a ballot's commitment was recorded, and cosignatures of witnesses.

Roots and paths are base64 as in checkpoints. A proof is worth what the verifier key is worth that it is checked against: take
it from the notice board or from whoever watches the log, not from the answer that it checks.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.python import proofs
from clients.python.calls import Answer, Call, Page, one, page_of, path, present
from clients.python.hashes import encode
from clients.python.records import Record

_TEXT = {"accept": "text/plain, application/problem+json"}
_BYTES = {"accept": "application/octet-stream, application/problem+json"}


@dataclass(frozen=True, kw_only=True)
class Cosignature(Record):
    """Who saw the newest checkpoint, and when."""

    name: str
    cosigned_at: datetime


@dataclass(frozen=True, kw_only=True)
class Log(Record):
    """How a log is known, how large it is and who watches it."""

    id: str
    kind: str
    origin: str
    key: str
    size: int
    root: str | None = None
    witnesses: tuple[str, ...] = ()
    cosignatures: tuple[Cosignature, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Consistency(Record):
    """The proof that the log of one size is the beginning of the log of another."""

    from_size: int
    to_size: int
    from_root: str
    to_root: str
    path: tuple[str, ...]

    @property
    def steps(self) -> tuple[bytes, ...]:
        """The path as hashes."""
        return tuple(b64decode(step, validate=True) for step in self.path)


@dataclass(frozen=True, kw_only=True)
class JournalEntry(Record):
    """One entry of a journal, and its place in the log. `opened` holds salts and names, for those who may know."""

    index: int
    entry: dict[str, Any]
    opened: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class LogProof(Record):
    """The proof that a commitment stands in the log of its contest. `text` is a `.tlog-proof` file to keep."""

    contest_id: str
    commitment: str
    index: int
    size: int
    root: str
    path: tuple[str, ...]
    checkpoint: str
    text: str

    def holds(self, commitment: bytes, log_key: str) -> bool:
        """Whether the log of this verifier key recorded the commitment. Malformed parts prove nothing."""
        try:
            text = proofs.text_of_note(self.checkpoint.encode(), log_key)
            steps = [b64decode(step, validate=True) for step in self.path]
            origin, size, root = ("" if text is None else text).split("\n")[:3]
            held = origin == log_key.partition("+")[0] and size == str(self.size)
            return held and proofs.is_included(commitment, self.index, self.size, steps, b64decode(root, validate=True))
        except ValueError:
            return False


def get(log_id: str) -> Call[Log]:
    """The log of a contest or a community, by its id. Needs no account."""
    return Call("GET", path("logs", log_id), one(Log))


def checkpoint(log_id: str) -> Call[bytes]:
    """The newest checkpoint with its cosignatures, a C2SP note. Needs no account."""
    return Call("GET", path("logs", log_id, "checkpoint"), _content, headers=_TEXT)


def tile(log_id: str, place: str) -> Call[bytes]:
    """A tile `0/000`, `1/x001/234.p/5` or a bundle of entries `entries/000` (C2SP tlog-tiles). Needs no account."""
    return Call("GET", path("logs", log_id, "tile", *place.split("/")), _content, headers=_BYTES)


def consistency(log_id: str, first: int, second: int | None = None) -> Call[Consistency]:
    """The proof between two sizes; without the second, up to the newest. Needs no account."""
    query = present(**{"from": first, "to": second})
    return Call("GET", path("logs", log_id, "consistency"), one(Consistency), query=query)


def proof(contest_id: str, commitment: bytes) -> Call[LogProof]:
    """The proof that the commitment of a receipt was recorded. Raises Conflict while it waits. Needs no account."""
    return Call("GET", path("contests", contest_id, "proof", encode(commitment)), one(LogProof))


def checkpoint_svg(log_id: str) -> Call[str]:
    """The newest checkpoint as a picture to print: its QR code and its words."""
    return Call("GET", path("logs", log_id, "checkpoint.svg"), lambda answer: answer.content.decode(),
                headers={"accept": "image/svg+xml"})  # fmt: skip


def journal(community_id: str, since: str | int = 0) -> Call[Page[JournalEntry]]:
    """What happened in a community since an entry or a checkpoint, in order."""
    query = {"community": community_id, "since": since}
    return Call("GET", path("journal"), page_of(JournalEntry), query=query)


def keys() -> Call[tuple[dict[str, Any], ...]]:
    """The public keys (JWK) that verify access tokens and receipts."""
    return Call("GET", path("jwks"), lambda answer: tuple(answer.document()["keys"]))


def cosign(log_id: str, lines: Sequence[str]) -> Call[Log]:
    """Bring a witness's signature lines of the newest checkpoint. Sending them twice keeps them once."""
    return Call(
        "POST", path("logs", log_id, "cosignatures"), one(Log), json={"signatures": list(lines)}, idempotent=True
    )


def _content(answer: Answer) -> bytes:
    return answer.content
