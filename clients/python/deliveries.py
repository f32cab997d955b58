"""Deliveries: how the papers of a contest reached an elector. For officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clients.python.answers import Resource
from clients.python.calls import Call, Page, one, page_of, path, present
from clients.python.records import Record
from clients.python.register import media_type_of


@dataclass(frozen=True, kw_only=True)
class Delivery(Resource):
    """One delivery, with the hash of its proof."""

    contest_id: str
    entry_id: str
    method: str
    delivered_at: datetime
    delivered_by: str
    document_sha256: str
    warned: bool
    recorded_at: datetime
    dwelling_id: str | None = None
    revoked_at: datetime | None = None
    revoked_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryReport(Record):
    """What a file recorded, and how many electors are reached with proof and warning now."""

    recorded: int
    reached: int


def record(
    contest_id: str,
    *,
    method: str,
    delivered_at: datetime,
    delivered_by: str,
    document_sha256: str,
    warned: bool,
    entry_id: str | None = None,
    dwelling_id: str | None = None,
) -> Call[Delivery]:
    """Record one, to an elector named by entry or by a dwelling of theirs: in_person, post, electronic, left_at_home.

    `warned`: the paper said what becomes of silence.
    """
    body = present(
        entry_id=entry_id,
        dwelling_id=dwelling_id,
        method=method,
        delivered_at=delivered_at.isoformat(),
        delivered_by=delivered_by,
        document_sha256=document_sha256,
        warned=warned,
    )
    return Call("POST", path("contests", contest_id, "deliveries"), one(Delivery), json=body, creates=True)


def list_(contest_id: str) -> Call[Page[Delivery]]:
    """The deliveries of a contest; the order says nothing."""
    return Call("GET", path("contests", contest_id, "deliveries"), page_of(Delivery))


def get(delivery_id: str) -> Call[Delivery]:
    """One delivery."""
    return Call("GET", path("deliveries", delivery_id), one(Delivery))


def revoke(delivery_id: str, reason: str) -> Call[Delivery]:
    """Take back one that was recorded wrongly, before the close. It stays on record."""
    return Call("POST", path("deliveries", delivery_id, "revoke"), one(Delivery), json={"reason": reason})


def import_file(
    contest_id: str, content: bytes, *, media_type: str | None = None, dry_run: bool = False
) -> Call[DeliveryReport]:
    """Record those of a CSV or XLSX file, all or none. With `dry_run` nothing is written."""
    return Call(
        "POST",
        path("contests", contest_id, "deliveries", "import"),
        one(DeliveryReport),
        query={"dry_run": True} if dry_run else {},
        content=content,
        content_type=media_type or media_type_of(content),
    )
