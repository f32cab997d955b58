"""Tables of problem reports. Texts lie here with their salts, where both can be erased; the journal holds salted hashes."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Index, SQLModel

from voting.deliberation.moderation_tables import Moderated
from voting.store import Instant, Versioned


class ProblemReport(Versioned, Moderated, table=True):
    """A problem that a resident has seen at a place: what it says is the version of number `number`."""

    __tablename__ = "problem_report"
    __table_args__ = (
        Index("ix_problem_report_community_id_id", "community_id", "id"),
        Index("ix_problem_report_community_id_state_id", "community_id", "state", "id"),
        Index("ix_problem_report_community_id_category_id", "community_id", "category", "id"),
        Index("ix_problem_report_author_id_id", "author_id", "id"),
        Index("ix_problem_report_place", "community_id", "latitude_e7", "longitude_e7"),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    state: str = "open"
    since: datetime = Field(sa_type=Instant)
    """When it came into its state."""
    reason: str | None = None
    """Why it came into its state, where a reason was asked for: everybody of the community reads it."""
    author_id: str | None = Field(default=None, foreign_key="person.id")
    """Told to those who deal with it, and to nobody else."""
    category: str | None = None
    building_id: str | None = Field(default=None, foreign_key="building.id")
    unit_id: str | None = Field(default=None, foreign_key="unit.id")
    """The building is set as well where a unit is."""
    longitude_e7: int
    latitude_e7: int
    """Where it is: WGS-84, in 10⁻⁷ degrees."""
    observed_at: datetime = Field(sa_type=Instant)
    number: int = 1
    """The newest version of what it says."""
    duplicate_of: str | None = Field(default=None, foreign_key="problem_report.id", index=True)
    """The report it was found to repeat, while it is `duplicate`."""
    confirmations: int = 0
    """Residents besides its reporter who have the problem: `voting.core.problem_reports.counted`."""
    created_at: datetime = Field(sa_type=Instant)


class ProblemReportVersion(SQLModel, table=True):
    """What a report said once. Never changed, but it may be erased: then the observation and the salt are gone."""

    __tablename__ = "problem_report_version"

    report_id: str = Field(primary_key=True, foreign_key="problem_report.id")
    number: int = Field(primary_key=True)
    community_id: str
    observation: str | None
    category: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    longitude_e7: int
    latitude_e7: int
    observed_at: datetime = Field(sa_type=Instant)
    author_id: str | None
    created_at: datetime = Field(sa_type=Instant)
    salt: bytes | None
    text_hash: bytes
    """H("text", salt ‖ canonical document), as the journal has it: `problem_report_texts.document`."""
    erased_at: datetime | None = Field(default=None, sa_type=Instant)


class ProblemConfirmation(SQLModel, table=True):
    """Somebody's word that they have the problem too. Counted, and shown to nobody but themselves."""

    __tablename__ = "problem_confirmation"

    report_id: str = Field(primary_key=True, foreign_key="problem_report.id")
    person_id: str = Field(primary_key=True, foreign_key="person.id", index=True)
