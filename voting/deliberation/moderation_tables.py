"""Tables of moderation: the community's rules for it, flags, cases with their decisions, sanctions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel

from voting.store import Document, Instant, Versioned


class Moderated(SQLModel):
    """How moderation stands with a thing that lives a life of its own: columns of its row."""

    standing: str = "visible"
    """As `voting.core.moderation.STANDING`: visible, or the state of the newest case about it."""
    hidden_until: datetime | None = Field(default=None, sa_type=Instant)
    """Hidden by flags alone until then, unless somebody decides before."""
    rule_id: str | None = None
    """The rule by which it is hidden or removed."""
    case_id: str | None = None
    """The newest case about it."""


class ModerationPolicy(Versioned, table=True):
    """How a community moderates. Without a row the defaults of `voting.deliberation.moderation_policy` hold."""

    __tablename__ = "moderation_policy"

    community_id: str = Field(primary_key=True, foreign_key="community.id")
    pre_check: bool = False
    """Whether every text waits for a content-safety service before it is shown."""
    flag_threshold: int
    review_hours: int
    appeal_days: int
    rules: list[dict[str, Any]] = Field(sa_type=Document)
    """id and title {locale: text} of each rule that a flag or a decision may name."""


class ModerationCase(Versioned, table=True):
    """What flags on one thing led to. At most one case about a thing is undecided."""

    __tablename__ = "moderation_case"
    __table_args__ = (
        Index("ix_moderation_case_subject", "subject_kind", "subject_id"),
        Index("ix_moderation_case_community_id_state", "community_id", "state", "id"),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    subject_kind: str
    """As its kind is named in `voting.deliberation.moderated`: comment, proposal …"""
    subject_id: str
    author_id: str | None = None
    """Who wrote what it is about; of a proposal, the wording that was flagged."""
    state: str = "flagged"
    flags: int = 0
    hidden_until: datetime | None = Field(default=None, sa_type=Instant)
    """Until when flags alone hide it; set at most once."""
    moderator_id: str | None = None
    """Who has taken it, and then who decided it."""
    reviewer_id: str | None = None
    """Who decided the appeal."""
    rule_id: str | None = None
    """The rule of the decision."""
    opened_at: datetime = Field(sa_type=Instant)
    appeal_until: datetime | None = Field(default=None, sa_type=Instant)


class ModerationFlag(SQLModel, table=True):
    """One person's flag in one case."""

    __tablename__ = "moderation_flag"

    case_id: str = Field(primary_key=True, foreign_key="moderation_case.id")
    person_id: str = Field(primary_key=True)
    rule_id: str
    note: str | None = None
    flagged_at: datetime = Field(sa_type=Instant)


class ModerationStep(SQLModel, table=True):
    """A decision, or an appeal, with its rule and reason. The reason can be erased."""

    __tablename__ = "moderation_step"
    __table_args__ = (Index("ix_moderation_step_community_id_at", "community_id", "at"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    case_id: str | None = Field(default=None, foreign_key="moderation_case.id", index=True)
    """Empty where a text was withheld before anybody saw it."""
    kind: str
    """Past tense: flagged, dismissed, hidden, removed, appealed, reinstated, upheld, withheld"""
    subject_kind: str = "comment"
    """What it is about, as in its case."""
    rule_id: str
    actor_id: str | None = None
    reason: str | None = None
    salt: bytes | None = None
    at: datetime = Field(sa_type=Instant)


class Sanction(Versioned, table=True):
    """What one person may not do until a date."""

    __tablename__ = "sanction"
    __table_args__ = (Index("ix_sanction_person_id_ends_at", "person_id", "ends_at"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    person_id: str
    case_id: str | None = Field(default=None, foreign_key="moderation_case.id", index=True)
    rule_id: str
    reason: str | None = None
    salt: bytes | None = None
    acts: list[str] = Field(sa_type=Document)
    """comment, react, flag, propose"""
    imposed_by: str
    imposed_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    lifted_for: str | None = None
    """appeal | decision"""
