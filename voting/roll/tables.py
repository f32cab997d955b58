"""Tables of rolls. Nothing of a roll changes after its seal; triggers of both databases keep that."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from voting.store import Document, Instant, Versioned


class Roll(Versioned, table=True):
    """The list of electors of one basis and scope."""

    __tablename__ = "roll"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    name: str
    basis: str
    """person | household | owner"""
    scope: dict[str, Any] = Field(sa_type=Document)
    """`{"kind": "community"}` or `{"kind": "building" | "unit" | "dwellings", "ids": […]}`."""
    minimum_age: int | None = None
    """Completed years; whoever the register holds no birth date of is taken to be of age."""
    age_on: date | None = None
    """The day on which age and residency count; empty: the day of the compilation in the community's time zone."""
    state: str = "draft"
    electors: int = 0
    heads: int = 0
    area_cm2: int = Field(default=0, sa_type=BigInteger)
    root: bytes | None = None
    """RFC 6962 root of the salted, sorted leaves; set by the seal."""
    compiled_at: datetime | None = Field(default=None, sa_type=Instant)
    sealed_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    replaces_id: str | None = Field(default=None, foreign_key="roll.id")
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """Who is counted in and how long the roll is shown (`voting.roll.terms`)."""
    displayed_at: datetime | None = Field(default=None, sa_type=Instant)


class RollEntry(SQLModel, table=True):
    """One elector and what they weigh. `area_cm2` is summed over the elector's dwellings; 0 on a person's roll."""

    __tablename__ = "roll_entry"
    __table_args__ = (UniqueConstraint("roll_id", "elector"), Index("ix_roll_entry_roll_id_id", "roll_id", "id"))

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    roll_id: str = Field(foreign_key="roll.id")
    elector: str
    """Person id, household id or owner's merge key, by the roll's basis."""
    label: str
    """How the display shows the elector (name or dwelling)."""
    unit_id: str | None = None
    heads: int = 1
    area_cm2: int = Field(default=0, sa_type=BigInteger)
    salt: bytes


class RollVoter(SQLModel, table=True):
    """Who may act for an entry. One person acts for at most one entry of a roll."""

    __tablename__ = "roll_voter"
    __table_args__ = {"sqlite_with_rowid": False}

    roll_id: str = Field(primary_key=True, foreign_key="roll.id")
    person_id: str = Field(primary_key=True)
    entry_id: str = Field(foreign_key="roll_entry.id", index=True)


class RollVersion(SQLModel, table=True):
    """What a roll was after each compilation, correction and seal. Append-only: the lineage of every correction."""

    __tablename__ = "roll_version"
    __table_args__ = {"sqlite_with_rowid": False}

    roll_id: str = Field(primary_key=True, foreign_key="roll.id")
    number: int = Field(primary_key=True)
    """From 1."""
    community_id: str = Field(foreign_key="community.id")
    made_by: str
    """compile | correct | seal"""
    root: bytes
    """RFC 6962 root of the salted, sorted leaves."""
    electors: int
    heads: int
    area_cm2: int = Field(sa_type=BigInteger)
    added: list[str] = Field(default_factory=list, sa_type=Document)
    """Ids of entries that came with it; empty for a compilation, where all did."""
    removed: list[str] = Field(default_factory=list, sa_type=Document)
    objection_id: str | None = None
    """The upheld objection that it follows."""
    made_at: datetime = Field(sa_type=Instant)


class RollObjection(Versioned, table=True):
    """One objection to a displayed roll, and what became of it."""

    __tablename__ = "roll_objection"
    __table_args__ = (Index("ix_roll_objection_roll_id_id", "roll_id", "id"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    roll_id: str = Field(foreign_key="roll.id")
    filed_by: str
    """Person id."""
    kind: str
    """missing | not_entitled | wrong_weight | wrong_detail"""
    entry_id: str | None = None
    """The entry that it is about; empty where somebody is missing."""
    statement: str
    state: str = "filed"
    filed_at: datetime = Field(sa_type=Instant)
    decide_by: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str | None = None
    """The reason of the latest decision."""
    appeal: str | None = None
    """What the filer says against the dismissal."""


class Proxy(Versioned, table=True):
    """Whom an elector lets vote in their place, on every contest of a roll or on one."""

    __tablename__ = "proxy"
    __table_args__ = (
        Index("ix_proxy_roll_id_id", "roll_id", "id"),
        Index("ix_proxy_roll_id_agent_id", "roll_id", "agent_id"),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    roll_id: str = Field(foreign_key="roll.id")
    contest_id: str | None = None
    """The one contest it is for; empty: every contest on the roll."""
    entry_id: str = Field(foreign_key="roll_entry.id", index=True)
    """The elector who is voted for."""
    agent_id: str = Field(foreign_key="person.id")
    """The person who votes."""
    form: str
    """in_app: given by the elector here; written: recorded by an officer from a paper."""
    instruction: str | None = None
    """What the agent is told to vote; empty where the agent is free. Read by elector and agent alone."""
    document_hash: bytes | None = None
    """SHA-256 of the written authorisation."""
    state: str = "granted"
    """granted | revoked"""
    granted_at: datetime = Field(sa_type=Instant)
    granted_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
