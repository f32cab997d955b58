"""Tables of the programme. Texts lie here with their salts, where both can be erased; the journal holds salted hashes."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, Index, SQLModel

from voting.store import Document, Instant, Versioned


class Activity(Versioned, table=True):
    """Something that people come together for, at a place and a time."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_community_id_starts_at_id", "community_id", "starts_at", "id"),
        Index("ix_activity_community_id_state_starts_at_id", "community_id", "state", "starts_at", "id"),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    state: str = "announced"
    since: datetime = Field(sa_type=Instant)
    """When it came into its state."""
    reason: str | None = None
    """Why it was cancelled: everybody of the community reads it."""
    kind: str
    level: int
    """The level of participation it is to deliver, 1 to 5."""
    title: dict[str, str] = Field(sa_type=Document)
    """Empty once it is erased."""
    place: str | None = None
    building_id: str | None = Field(default=None, foreign_key="building.id")
    unit_id: str | None = Field(default=None, foreign_key="unit.id")
    """The building is set as well where a unit is."""
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    salt: bytes | None
    text_hash: bytes
    """H("text", salt ‖ canonical document), as the journal has it: `activities.document`."""
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class Minutes(Versioned, table=True):
    """What was said and decided at an activity: what they say is the version of number `number`."""

    __tablename__ = "minutes"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    activity_id: str = Field(foreign_key="activity.id", unique=True)
    state: str = "draft"
    since: datetime = Field(sa_type=Instant)
    """When they came into their state."""
    number: int = 1
    """The newest version."""
    published_number: int | None = None
    """The version that was published first: what was drafted before is read by those who organise alone."""
    created_at: datetime = Field(sa_type=Instant)


class MinutesVersion(SQLModel, table=True):
    """What minutes said once. Never changed, but it may be erased: then the text and the salt are gone."""

    __tablename__ = "minutes_version"

    minutes_id: str = Field(primary_key=True, foreign_key="minutes.id")
    number: int = Field(primary_key=True)
    community_id: str
    body: dict[str, str] = Field(sa_type=Document)
    """Empty once it is erased."""
    reason: str | None = None
    """Why it was corrected."""
    author_id: str
    created_at: datetime = Field(sa_type=Instant)
    salt: bytes | None
    text_hash: bytes
    """H("text", salt ‖ canonical {"body"}), as the journal has it."""
    erased_at: datetime | None = Field(default=None, sa_type=Instant)


class ActionItem(Versioned, table=True):
    """What is to be done after an activity, by whom and until when."""

    __tablename__ = "action_item"
    __table_args__ = (
        Index("ix_action_item_community_id_id", "community_id", "id"),
        Index("ix_action_item_activity_id_id", "activity_id", "id"),
        Index("ix_action_item_responsible_person_id_id", "responsible_person_id", "id"),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    activity_id: str = Field(foreign_key="activity.id")
    state: str = "open"
    since: datetime = Field(sa_type=Instant)
    """When it came into its state."""
    reason: str | None = None
    """Why it was dropped or opened again: everybody of the community reads it."""
    text: str | None
    """Empty once it is erased."""
    responsible_person_id: str | None = Field(default=None, foreign_key="person.id")
    responsible_role: str | None = None
    """One of both is set."""
    due_on: date
    salt: bytes | None
    text_hash: bytes
    """H("text", salt ‖ text), as the journal has it."""
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
