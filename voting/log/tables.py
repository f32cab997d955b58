"""Tables of what happened. `event` is append-only: triggers of both databases refuse UPDATE and DELETE."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
    """Person, API client or `system`."""
    at: datetime = Field(sa_type=Instant)
    reason: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Document)


class PendingCommitment(SQLModel, table=True):
    """A cast commitment (32 bytes) not yet in the contest's log. Keyed by value alone: no order, no time of casting."""

    __tablename__ = "pending_commitment"
    __table_args__ = {"sqlite_with_rowid": False}

    contest_id: str = Field(primary_key=True)
    commitment: bytes = Field(primary_key=True)
    integrate_by: datetime = Field(sa_type=Instant)
    """The end of the cadence period: the same for everybody who cast in it."""
