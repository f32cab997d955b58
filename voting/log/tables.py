"""Tables of what happened. `event` is append-only: triggers of both databases refuse UPDATE and DELETE. For a person's sake an
event may forget who acted, why, and what facts it told; the triggers let nothing else of it change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, text
from sqlmodel import Field, Index, SQLModel

from voting.store import Document, Instant


class Event(SQLModel, table=True):
    """One state change, written in the same transaction as the change. Casting writes none."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject", "subject_kind", "subject_id", "id"),
        Index("ix_event_community_id_id", "community_id", "id"),
    )

    id: str = Field(primary_key=True)
    community_id: str
    subject_kind: str
    """roll | contest | community | role …"""
    subject_id: str
    kind: str
    """Past tense: opened, closed, sealed …"""
    from_state: str | None = None
    to_state: str | None = None
    actor_id: str
    """Person, API client or `system`; `erased` once the person is."""
    at: datetime = Field(sa_type=Instant)
    reason: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Document)


class CastCommitment(SQLModel, table=True):
    """A cast commitment (32 bytes): waiting for the contest's log, or in it. Keyed by value: no order, no time of casting."""

    __tablename__ = "cast_commitment"
    __table_args__ = (
        Index(
            "ix_cast_commitment_waiting",
            "contest_id",
            "commitment",
            "integrate_by",
            sqlite_where=text("leaf_index IS NULL"),
            postgresql_where=text("leaf_index IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    contest_id: str = Field(primary_key=True)
    commitment: bytes = Field(primary_key=True)
    integrate_by: datetime = Field(sa_type=Instant)
    """The end of the cadence period: the same for everybody who cast in it."""
    leaf_index: int | None = Field(default=None, sa_type=BigInteger)
    """Where it stands in the log; empty while it waits."""


class Log(SQLModel, table=True):
    """An append-only log: of a contest (its id) or of a community (its id). Changed by whoever holds the row."""

    __tablename__ = "log"

    id: str = Field(primary_key=True)
    community_id: str = Field(index=True)
    kind: str
    """contest | community"""
    cadence: int = 0
    """Seconds between batches of commitments; 0: one batch at the close."""
    origin: str | None = None
    """The name it signs under, fixed by the first signature."""
    stage: str = "empty"
    """Where the order of a contest's events stands (`voting.core.evidence.event_order`)."""
    appended: int = Field(default=0, sa_type=BigInteger)
    """Events ever appended."""
    integrated: int = Field(default=0, sa_type=BigInteger)
    """Events that stand in the tree."""
    announced: int = Field(default=0, sa_type=BigInteger)
    """Events of a contest's log whose checkpoint stands in the community's journal."""
    size: int = Field(default=0, sa_type=BigInteger)
    root: bytes
    signed_size: int = Field(default=0, sa_type=BigInteger)
    signed_root: bytes | None = None
    checkpoint: bytes | None = None
    """The newest checkpoint's note, without cosignatures."""
    lease_holder: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)


class LogEvent(SQLModel, table=True):
    """An event that waits for the sequencer, by its number in the log (from 1). It goes when it stands in the tree."""

    __tablename__ = "log_event"

    log_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    data: bytes


class LogTile(SQLModel, table=True):
    """A tile, or an entry bundle (level −1), of a log. A partial one is replaced by the wider one of its place."""

    __tablename__ = "log_tile"

    log_id: str = Field(primary_key=True)
    level: int = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_type=BigInteger)
    width: int
    data: bytes


class LogCosignature(SQLModel, table=True):
    """The last cosignature of a witness: it is served as long as its tree is the newest."""

    __tablename__ = "log_cosignature"

    log_id: str = Field(primary_key=True)
    witness: str = Field(primary_key=True)
    """`name+key id`."""
    size: int = Field(sa_type=BigInteger)
    line: str


class JournalSalt(SQLModel, table=True):
    """What opens the salted hashes of an event in its community's journal; erased for a person's sake."""

    __tablename__ = "journal_salt"

    event_id: str = Field(primary_key=True)
    community_id: str
    number: int = Field(sa_type=BigInteger)
    """Among the entries of the journal, from 1: its leaf stands at number − 1."""
    actor_salt: bytes | None = None
    reason_salt: bytes | None = None

    __table_args__ = (Index("ix_journal_salt_community_id_number", "community_id", "number"),)
