"""Answers about what is published of a box, and about one's own part in a contest. Hashes are hexadecimal."""

from __future__ import annotations

from dataclasses import dataclass

from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class UnitTurnout(Record):
    """Turnout of a unit; without an id, of all units too small to stand alone."""

    unit_id: str | None = None
    electors: int
    cast: int


@dataclass(frozen=True, kw_only=True)
class TurnoutByUnit(Record):
    """Turnout by unit; no unit stands alone with fewer ballots than the floor."""

    contest_id: str
    floor: int
    units: tuple[UnitTurnout, ...]


@dataclass(frozen=True, kw_only=True)
class Privacy(Record):
    """How many rankings are expected to be unique (a share `p/q`), and the publish mode that follows."""

    contest_id: str
    electors: int
    legal_ballots: str
    expected_unique_share: str
    chosen_mode: str
    publish_mode: str


@dataclass(frozen=True, kw_only=True)
class BallotLine(Record):
    """One counted ballot of a published box. `slot` is hexadecimal."""

    ranking: tuple[tuple[str, ...], ...]
    seq: int
    slot: str


@dataclass(frozen=True, kw_only=True)
class BoxProof(Record):
    """Where a slot's line stands in the box, with the RFC 6962 proof. Hashes are hexadecimal."""

    contest_id: str
    slot: str
    index: int
    size: int
    root: str
    proof: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Pattern(Record):
    """How many ballots bear a ranking."""

    count: int
    ranking: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Patterns(Record):
    """Every different ranking of a box."""

    contest_id: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, kw_only=True)
class Pairwise(Record):
    """How many ballots prefer the row's option to the column's; rows and columns in the order of `options`."""

    contest_id: str
    ballots: int
    options: tuple[str, ...]
    votes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class OwnRecord(Record):
    """The caller's leaf of the roll and the place of their bit. Hashes and salt are hexadecimal; tell nobody the salt."""

    contest_id: str
    roll_id: str
    elector: str
    salt: str
    leaf: str
    index: int
    size: int
    root: str
    proof: tuple[str, ...]
    checked_off: bool
    unit_id: str | None = None
    channel: str | None = None


@dataclass(frozen=True, kw_only=True)
class Signer(Record):
    """An official who has signed; the name is that of the key."""

    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Statement(Record):
    """A text that officials sign, and who has. `note` is the signed note of it."""

    contest_id: str
    name: str
    text: str
    note: str
    needed: int
    signed_by: tuple[Signer, ...]
    is_signed: bool
