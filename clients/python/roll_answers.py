"""What the service answers about a displayed roll: lines, objections, versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clients.python.answers import Resource
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class DisplayedEntry(Record):
    """One line of a displayed roll; names of others are masked."""

    id: str
    label: str
    heads: int
    area_cm2: int
    own: bool
    unit_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Objection(Resource):
    """An objection to a displayed roll."""

    roll_id: str
    kind: str
    statement: str
    state: str
    filed_at: datetime
    overdue: bool = False
    entry_id: str | None = None
    decide_by: datetime | None = None
    decision: str | None = None
    appeal: str | None = None


@dataclass(frozen=True, kw_only=True)
class RollVersion(Record):
    """What a roll was after a compilation, a correction or the seal."""

    number: int
    made_by: str
    root: str
    electors: int
    heads: int
    area_cm2: int
    made_at: datetime
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    objection_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Proxy(Resource):
    """Who votes for whom."""

    roll_id: str
    entry_id: str
    agent_id: str
    form: str
    state: str
    granted_at: datetime
    contest_id: str | None = None
    instruction: str | None = None
    document_sha256: str | None = None
    revoked_at: datetime | None = None
