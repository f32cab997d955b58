"""Answers that are given twice for one work. Source: draft-ietf-httpapi-idempotency-key-header-07.

A key is claimed in a short transaction of its own, so that a second request sees the first at once; the answer is stored in
the transaction that does the work, so that both stand or neither does. A claim whose process died is taken over
after `LEASE`; the process that lost it cannot commit any more, because storing the answer must find its own claim.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from voting.access import tables
from voting.errors import Conflict, Invalid

_TABLE = SQLModel.metadata.tables[tables.IdempotentAnswer.__tablename__]
_C = _TABLE.c

LEASE = timedelta(seconds=90)
"""How long a request may be in flight before another may do its work."""
KEPT = timedelta(hours=24)
"""How long an answer is repeated."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work of a key: what was hashed, and since when."""

    key_hash: bytes
    request_hash: bytes
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer that was given before."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def key_of(caller: str, method: str, path: str, key: str) -> bytes:
    """SHA-256 over caller, method, path and key: one caller never meets another's answers."""
    return hashlib.sha256("\n".join((caller, method, path, key)).encode()).digest()


def claim(session: Session, key_hash: bytes, request_hash: bytes, now: datetime) -> Claim | Stored:
    """Claim the key, or find the answer it had.

    Raises Invalid `idempotency_key_reused` for another request under the same key, Conflict `request_in_flight` (with
    `retry_after`) while the first one runs.
    """
    ours = Claim(key_hash, request_hash, now)
    if _insert(session, ours):
        return ours
    found = session.execute(select(_TABLE).where(_C.key_hash == key_hash)).one_or_none()
    if found is None:
        raise Conflict("request_in_flight", retry_after=1)
    lapsed = found.expires_at <= now or (found.status is None and found.claimed_at + LEASE <= now)
    if lapsed and _take_over(session, ours, found.claimed_at):
        return ours
    if not hmac.compare_digest(found.request_hash, request_hash):
        raise Invalid((), "idempotency_key_reused")
    if found.status is None or lapsed:
        raise Conflict("request_in_flight", retry_after=1)
    return Stored(found.status, found.headers, found.body or b"")


def _insert(session: Session, ours: Claim) -> bool:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return _did(session, insert(_TABLE).values(key_hash=ours.key_hash, **_fresh(ours)).on_conflict_do_nothing())


def _take_over(session: Session, ours: Claim, claimed_at: datetime) -> bool:
    here = (_C.key_hash == ours.key_hash, _C.claimed_at == claimed_at)
    return _did(session, update(_TABLE).where(*here).values(**_fresh(ours)))


def _fresh(ours: Claim) -> dict[str, Any]:
    return {
        "request_hash": ours.request_hash,
        "status": None,
        "headers": {},
        "body": None,
        "claimed_at": ours.claimed_at,
        "expires_at": ours.claimed_at + KEPT,
    }


def _did(session: Session, statement: Any) -> bool:
    """Whether the statement touched its row."""
    return session.execute(statement.returning(_C.key_hash)).first() is not None


def store(session: Session, ours: Claim, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Keep the answer beside the work. Raises Conflict `request_in_flight` when the claim was taken over meanwhile."""
    values = {"status": status, "headers": dict(headers), "body": body}
    if not _did(session, update(_TABLE).where(*_still(ours)).values(**values)):
        raise Conflict("request_in_flight", retry_after=1)


def release(session: Session, ours: Claim) -> None:
    """Give up a claim whose work was refused: the same key may be tried again."""
    session.execute(delete(_TABLE).where(*_still(ours)))


def _still(ours: Claim) -> tuple[ColumnElement[bool], ...]:
    return _C.key_hash == ours.key_hash, _C.claimed_at == ours.claimed_at, _C.status.is_(None)


def sweep(session: Session, now: datetime) -> int:
    """Forget answers past their time; how many."""
    return len(session.execute(delete(_TABLE).where(_C.expires_at <= now).returning(_C.key_hash)).all())


def forget(session: Session, word: str) -> int:
    """Forget the answers that hold a word, as the id of somebody who is erased; how many. A repeated request is done anew."""
    needle = literal(word.encode(), LargeBinary)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    at = func.instr(_C.body, needle) if is_sqlite else func.position(needle.op("IN")(_C.body))
    return len(session.execute(delete(_TABLE).where(at > 0).returning(_C.key_hash)).all())
