"""The register of a community, in and out, and the one-time codes printed from it."""

from __future__ import annotations

from collections.abc import Sequence

from clients.python.answers import Code, ImportReport
from clients.python.calls import Answer, Call, one, path, present
from clients.python.errors import UnexpectedAnswer
from clients.python.records import read

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def media_type_of(content: bytes) -> str:
    """CSV, unless it begins as an XLSX does."""
    return XLSX if content.startswith(b"PK\x03\x04") else CSV


def import_file(
    community_id: str, content: bytes, *, media_type: str | None = None, dry_run: bool = False
) -> Call[ImportReport]:
    """Import a register (CSV or XLSX): all rows or none; again changes nothing. With `dry_run` nothing is written at all."""
    return Call(
        "POST",
        path("communities", community_id, "register", "import"),
        one(ImportReport),
        query={"dry_run": True} if dry_run else {},
        content=content,
        content_type=media_type or media_type_of(content),
        idempotent=True,
    )


def export(community_id: str) -> Call[bytes]:
    """The register as CSV (UTF-8 with BOM): importing it again gives the same register."""
    return Call("GET", path("communities", community_id, "register", "export"), lambda answer: answer.content,
                headers={"accept": "text/csv, application/problem+json"})  # fmt: skip


def print_codes(
    community_id: str, dwelling_ids: Sequence[str] | None = None, *, valid_days: int | None = None
) -> Call[tuple[Code, ...]]:
    """One new code for each adult of these dwellings (of all, when none are named). They are shown this once, and earlier
    codes of these people that nobody has used end."""
    body = present(dwelling_ids=None if dwelling_ids is None else list(dwelling_ids), valid_days=valid_days)
    return Call("POST", path("communities", community_id, "codes"), _codes, json=body, idempotent=True)


def _codes(answer: Answer) -> tuple[Code, ...]:
    document = answer.document()
    items = document.get("codes") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise UnexpectedAnswer(f"expected a list of codes, got {answer.content[:80]!r}")
    return tuple(read(Code, item) for item in items)
