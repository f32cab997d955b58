"""What the service answers, as records. Areas are cm², counts whole numbers, instants aware; texts by locale are dicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.records import Record

LocalText = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Document(Record):
    """An answer whose members the caller reads from `raw`."""


@dataclass(frozen=True, kw_only=True)
class Action(Record):
    """One thing that this caller could ask for next, and why not where it is not allowed."""

    action: str
    method: str = "POST"
    href: str = ""
    allowed: bool = True
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resource(Record):
    """What every single resource carries."""

    id: str
    etag: str = ""
    allowed_actions: tuple[Action, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Community(Resource):
    """小区."""

    name: LocalText
    time_zone: str = ""
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Building(Resource):
    """楼栋."""

    label: str


@dataclass(frozen=True, kw_only=True)
class Unit(Resource):
    """单元."""

    label: str
    building_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Dwelling(Resource):
    """专有部分."""

    label: str
    unit_id: str = ""
    area_cm2: int = 0


@dataclass(frozen=True, kw_only=True)
class Person(Resource):
    """Someone of the register."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class RowNote(Record):
    """What a person should look at: the row as the spreadsheet numbers it, the column by its name."""

    row: int
    column: str | None = None
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Changes(Record):
    """How many rows of one kind an import adds, changes, ends and leaves as they are."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True)
class ImportReport(Record):
    """What an import did, or would do: by kind of row, and what is worth a look."""

    rows_read: int
    counts: dict[str, Changes]
    notes: tuple[RowNote, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Code(Record):
    """A one-time code, shown once: print it and hand it to this person."""

    code: str
    person_id: str = ""
    person: str = ""
    building: str = ""
    unit: str = ""
    dwelling: str = ""
    dwelling_id: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Tokens(Record):
    """An access token, and the refresh token that fetches the next."""

    access_token: str
    refresh_token: str = ""
    expires_in: int = 0
    person_id: str = ""
    community_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Roll(Resource):
    """The list of electors of one basis and scope."""

    name: str = ""
    basis: str = ""
    state: str = ""
    electors: int = 0
    area_cm2: int = 0


@dataclass(frozen=True, kw_only=True)
class RollEntry(Record):
    """One elector of a roll."""

    id: str
    elector: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Option(Record):
    """One thing that can be chosen."""

    id: str
    label: LocalText
    position: int = 0
    status_quo: bool = False


@dataclass(frozen=True, kw_only=True)
class Contest(Resource):
    """One question put to one roll."""

    community_id: str = ""
    roll_id: str = ""
    question: LocalText = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    method: str = ""
    seats: int = 1
    rules: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    state: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Turnout(Record):
    """How many of the electors have cast."""

    cast: int
    electors: int


@dataclass(frozen=True, kw_only=True)
class Event(Record):
    """One state change."""

    id: str
    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CastAnswer(Record):
    """The acknowledgement of a ballot."""

    receipt: str
    commitment: str
    integrate_by: datetime


@dataclass(frozen=True, kw_only=True)
class Refusal(Record):
    """One of a batch that was refused."""

    code: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Role(Record):
    """A role of a person or API client."""

    id: str
    role: str
    holder_kind: str = ""
    holder_id: str = ""
    scope_kind: str = ""
    scope_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ClientKey(Record):
    """A new API client with its key."""

    id: str
    key: str
