"""Written objections to a published result, within the period of its rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clients.python.answers import Resource
from clients.python.calls import Call, Page, one, page_of, path, present


@dataclass(frozen=True, kw_only=True)
class ResultObjection(Resource):
    """An objection of an elector: `in_app`, or `written` on a paper that an officer recorded."""

    contest_id: str
    entry_id: str
    form: str
    statement: str
    state: str
    filed_at: datetime
    document_sha256: str | None = None
    withdrawn_at: datetime | None = None


def file(
    contest_id: str, statement: str, *, entry_id: str | None = None, document_sha256: str | None = None
) -> Call[ResultObjection]:
    """Object to a result. An officer who records a paper names the elector's entry and the hash of the paper."""
    body = present(statement=statement, entry_id=entry_id, document_sha256=document_sha256)
    return Call("POST", path("contests", contest_id, "objections"), one(ResultObjection), json=body, creates=True)


def list_(contest_id: str) -> Call[Page[ResultObjection]]:
    """All for officers, one's own for everybody else; the order says nothing."""
    return Call("GET", path("contests", contest_id, "objections"), page_of(ResultObjection))


def get(result_objection_id: str) -> Call[ResultObjection]:
    """One objection."""
    return Call("GET", path("result-objections", result_objection_id), one(ResultObjection))


def withdraw(result_objection_id: str) -> Call[ResultObjection]:
    """Take it back, within the period."""
    return Call("POST", path("result-objections", result_objection_id, "withdraw"), one(ResultObjection))
