"""Tables of a community and its register. Area is exclusive area in cm²; every row carries its community."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel, UniqueConstraint

from voting.store import Document, Instant, Versioned


class Community(Versioned, table=True):
    """小区: one neighbourhood, the border that nothing crosses."""

    __tablename__ = "community"

    id: str = Field(primary_key=True)
    name: dict[str, str] = Field(sa_type=Document)
    """Locale → text."""
    time_zone: str
    """IANA name."""
    origins: list[str] = Field(default_factory=list, sa_type=Document)
    """Allow-list of browser origins (CORS)."""
    demo: bool = False
    clock_offset_seconds: int = 0
    """How far a demo community's clock runs ahead; 0 elsewhere."""
    created_at: datetime = Field(sa_type=Instant)


class CommunityDocument(Versioned, table=True):
    """What a community lays down for itself as data: its working days, its bylaws. Absent: nothing of its own."""

    __tablename__ = "community_document"

    community_id: str = Field(primary_key=True, foreign_key="community.id")
    kind: str = Field(primary_key=True)
    """calendar | bylaws"""
    document: dict[str, Any] = Field(sa_type=Document)
    changed_at: datetime = Field(sa_type=Instant)


class Building(Versioned, table=True):
    """楼栋."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("community_id", "label"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    label: str


class Unit(Versioned, table=True):
    """单元: one staircase of a building."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("building_id", "label"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    building_id: str = Field(foreign_key="building.id")
    label: str


class Dwelling(Versioned, table=True):
    """专有部分: a flat with its exclusive area."""

    __tablename__ = "dwelling"
    __table_args__ = (UniqueConstraint("unit_id", "label"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    unit_id: str = Field(foreign_key="unit.id")
    label: str
    area_cm2: int = Field(sa_type=BigInteger)


class Household(SQLModel, table=True):
    """The people of one dwelling, and who speaks for them."""

    __tablename__ = "household"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    dwelling_id: str = Field(foreign_key="dwelling.id", unique=True)
    representative_id: str | None = Field(default=None, foreign_key="person.id")


class Person(Versioned, table=True):
    """Someone of the register. The id is random: it must not tell who came first."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    name: str
    phone: str | None = None
    born_on: date | None = None
    external_ref: str | None = None
    """The register's own key of this person, kept for export."""


class Residency(SQLModel, table=True):
    """Who lives where, as what, from when to when."""

    __tablename__ = "residency"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    dwelling_id: str = Field(foreign_key="dwelling.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    kind: str
    """owner_occupier | tenant | household_member"""
    from_on: date | None = None
    to_on: date | None = None
    """The last day; both days belong to the residency."""


class Ownership(SQLModel, table=True):
    """Who owns which dwelling. All dwellings of one `merge_key` are one head (Civil Code 278 and its interpretation)."""

    __tablename__ = "ownership"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    dwelling_id: str = Field(foreign_key="dwelling.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    owner_name: str
    merge_key: str
    is_voter: bool = True
    """Whether this co-owner casts for the dwelling."""


class BindCode(SQLModel, table=True):
    """A one-time code printed per dwelling: whoever shows it is that person of that household."""

    __tablename__ = "bind_code"

    code_hash: bytes = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    dwelling_id: str = Field(foreign_key="dwelling.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
