"""What the service answers, as records. Areas are cm², counts whole numbers, instants aware; texts by locale are dicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.records import Record

LocalText = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ServiceDescription(Record):
    """What the service is; `raw` holds its limits and links as well."""

    name: str
    version: str
    locales: tuple[str, ...] = ()
    demo: bool = False


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
    clock_offset_seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Building(Resource):
    """楼栋."""

    label: str


@dataclass(frozen=True, kw_only=True)
class Unit(Resource):
    """单元."""

    label: str
    building_id: str


@dataclass(frozen=True, kw_only=True)
class Dwelling(Resource):
    """专有部分."""

    label: str
    building: str
    unit: str
    unit_id: str
    area_cm2: int


@dataclass(frozen=True, kw_only=True)
class Person(Resource):
    """Someone of the register."""

    name: str
    phone: str | None = None
    born_on: str | None = None
    external_ref: str | None = None


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


_NONE = Changes()


@dataclass(frozen=True, kw_only=True)
class ImportReport(Record):
    """What an import did, or would do: by kind of row, and the rows that a person should look at."""

    rows_read: int
    buildings: Changes = _NONE
    units: Changes = _NONE
    dwellings: Changes = _NONE
    households: Changes = _NONE
    persons: Changes = _NONE
    residencies: Changes = _NONE
    ownerships: Changes = _NONE
    rows: tuple[RowNote, ...] = ()
    rows_total: int = 0
    dry_run: bool = False

    @property
    def counts(self) -> dict[str, Changes]:
        """The changes by kind of row."""
        kinds = ("buildings", "units", "dwellings", "households", "persons", "residencies", "ownerships")
        return {kind: getattr(self, kind) for kind in kinds}


@dataclass(frozen=True, kw_only=True)
class Code(Record):
    """A one-time code, shown once: print it and hand it to this person."""

    code: str
    person_id: str
    person_name: str
    dwelling_id: str
    building: str
    unit: str
    dwelling: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Tokens(Record):
    """An access token, and the refresh token that fetches the next. `expires_in` is seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_at: datetime
    person_id: str
    community_id: str
    household_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class HeldRole(Record):
    """A role of the caller and what it lets them do."""

    role: str
    scope_kind: str
    scope_id: str
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Me(Record):
    """The caller as the service knows them."""

    kind: str
    id: str
    community_id: str | None = None
    scopes: tuple[str, ...] = ()
    roles: tuple[HeldRole, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Roll(Resource):
    """The list of electors of one basis and scope."""

    name: str
    basis: str
    state: str
    electors: int
    heads: int
    area_cm2: int
    root: str | None = None
    """Merkle root of the salted leaves in hexadecimal, once sealed."""


@dataclass(frozen=True, kw_only=True)
class RollEntry(Record):
    """One elector of a roll."""

    id: str
    elector: str
    label: str
    heads: int
    area_cm2: int
    voters: int
    unit_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Eligibility(Record):
    """Whether the caller may act on a roll, with the reason either way."""

    eligible: bool
    code: str
    reason: str = ""
    clause: str | None = None
    """The term of the roll, or the entry of the register, that decides."""


@dataclass(frozen=True, kw_only=True)
class Option(Record):
    """One thing that can be chosen."""

    id: str
    position: int
    label: LocalText
    description: LocalText = field(default_factory=dict)
    status_quo: bool = False


@dataclass(frozen=True, kw_only=True)
class Official(Record):
    """Somebody who signs with a key of their own."""

    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Contest(Resource):
    """One question put to one roll."""

    community_id: str
    roll_id: str
    question: LocalText
    options: tuple[Option, ...]
    method: str
    seats: int
    state: str
    electors: int
    opens_at: datetime
    closes_at: datetime
    rules: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    secrecy: str = ""
    publish_mode: str = ""
    lot_seed: str | None = None
    officials: tuple[Official, ...] = ()
    k: int = 0
    """How many officials must sign the close and the result."""
    rule_id: str | None = None
    effects: tuple[str, ...] = ()
    follows_id: str | None = None
    ballot_form: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Turnout(Record):
    """How many of the electors have cast."""

    cast: int
    electors: int
    etag: str = ""


@dataclass(frozen=True, kw_only=True)
class Result(Record):
    """Who won, by which count, from how many ballots. `winners` are option ids; `tally` is what was hashed, without rounds."""

    contest_id: str
    state: str
    method: str
    seats: int
    winners: tuple[str, ...]
    outcome: str
    turnout: Turnout
    counted_at: datetime
    result_hash: str
    tally: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rounds(Record):
    """Every round of a count, in the form of the published cases, options by id."""

    contest_id: str
    method: str
    rounds: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Event(Record):
    """One state change."""

    id: str
    kind: str
    at: datetime
    actor_id: str
    from_state: str | None = None
    to_state: str | None = None
    reason: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


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
class Role(Resource):
    """A role of a person or API client."""

    role: str
    holder_kind: str
    holder_id: str
    scope_kind: str
    scope_id: str
    source: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ClientKey(Resource):
    """A new API client with its key, which is shown this once."""

    name: str
    key: str
    scopes: tuple[str, ...] = ()
