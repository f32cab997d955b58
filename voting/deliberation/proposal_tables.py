"""Tables of proposals. Texts lie here with their salts, where both can be erased; the journal holds salted hashes only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import text as sql
from sqlmodel import Field, Index, SQLModel

from voting.deliberation.moderation_tables import Moderated
from voting.store import Document, Instant, Versioned

NOBODY = "nobody"
"""What the id of an endorsement's giver begins with where the person is erased."""


class Proposal(Moderated, Versioned, table=True):
    """What somebody wants done: its newest text is the version of number `number`."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index("ix_proposal_community_id_id", "community_id", "id"),
        Index("ix_proposal_community_id_state_id", "community_id", "state", "id"),
        Index(
            "ix_proposal_gathering",
            "support_until",
            "id",
            sqlite_where=sql("state = 'gathering_support'"),
            postgresql_where=sql("state = 'gathering_support'"),
        ),
    )

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    state: str = "draft"
    category: str | None = None
    scope: str = "community"
    """community | building | unit: whom it concerns"""
    building_id: str | None = Field(default=None, foreign_key="building.id")
    unit_id: str | None = Field(default=None, foreign_key="unit.id")
    """Both are set where the scope is a unit."""
    longitude_e7: int | None = None
    latitude_e7: int | None = None
    """Where it is about: WGS-84, in 10⁻⁷ degrees."""
    number: int = 1
    """The newest version of its text."""
    major: int = 1
    """The newest version that was not called minor: whoever endorsed an older one is asked again."""
    support_needed: int | None = None
    """Endorsements that qualify it."""
    support_rule: dict[str, Any] | None = Field(default=None, sa_type=Document)
    """Where that number comes from, {"number": n} or {"fraction": "p/q", "roll_id": id}, and how long it may be gathered:
    {"days": n, "unit": "day" | "working_day", "last_day": "YYYY-MM-DD"}."""
    support_from: datetime | None = Field(default=None, sa_type=Instant)
    support_until: datetime | None = Field(default=None, sa_type=Instant)
    contest_id: str | None = None
    """The contest it was put into."""
    created_at: datetime = Field(sa_type=Instant)
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    """Empty as long as nobody but authors and reviewers may know of it."""


class ProposalVersion(SQLModel, table=True):
    """One wording of a proposal. Never changed, but it may be erased: then the texts and the salt are gone."""

    __tablename__ = "proposal_version"

    proposal_id: str = Field(primary_key=True, foreign_key="proposal.id")
    number: int = Field(primary_key=True)
    community_id: str
    title: dict[str, str] = Field(sa_type=Document)
    body: dict[str, str] = Field(sa_type=Document)
    """Locale → text."""
    minor: bool = False
    """Whether its author says that nothing of substance changed."""
    note: str | None = None
    """What was changed, in its author's words."""
    author_id: str | None = None
    """Empty once the person is erased; the text stays where others write it too."""
    created_at: datetime = Field(sa_type=Instant)
    salt: bytes | None
    text_hash: bytes
    """H("text", salt ‖ canonical {"body", "title"}), as the journal has it."""
    erased_at: datetime | None = Field(default=None, sa_type=Instant)


class ProposalAuthor(SQLModel, table=True):
    """Who writes a proposal, or is asked to."""

    __tablename__ = "proposal_author"

    proposal_id: str = Field(primary_key=True, foreign_key="proposal.id")
    person_id: str = Field(primary_key=True, foreign_key="person.id", index=True)
    community_id: str
    state: str
    """invited | accepted | left"""
    since: datetime = Field(sa_type=Instant)


class Endorsement(SQLModel, table=True):
    """Somebody's support of one wording of a proposal. It stands while that wording is no older than the last major one.

    Where the endorser is erased the row counts on, under an id that is nobody's."""

    __tablename__ = "endorsement"

    proposal_id: str = Field(primary_key=True, foreign_key="proposal.id")
    person_id: str = Field(primary_key=True, index=True)
    community_id: str
    entry_id: str | None = None
    """The entry of the roll it counts for: two owners of one flat are one."""
    number: int
    """The version that was endorsed, or confirmed last."""
    state: str
    """standing | withdrawn | released: asked where it shall go, after a merge or a split | moved: it was said"""
    from_id: str | None = None
    """The proposal it was moved from, by the endorser's consent."""
    since: datetime = Field(sa_type=Instant)

    @property
    def endorser_id(self) -> str | None:
        """Who gave it; nothing once the person is erased."""
        return None if self.person_id.startswith(f"{NOBODY}_") else self.person_id


class OfficialAnswer(SQLModel, table=True):
    """What the officers say to a proposal: the answer of the review, or how the input changed the outcome. Newest counts."""

    __tablename__ = "official_answer"

    proposal_id: str = Field(primary_key=True, foreign_key="proposal.id")
    kind: str = Field(primary_key=True)
    """answer | outcome"""
    number: int = Field(primary_key=True)
    community_id: str
    text: dict[str, str] = Field(sa_type=Document)
    cost_fen: int | None = Field(default=None, sa_type=BigInteger)
    """What it will cost, in fen."""
    deadline: date | None = None
    """By when it will be done."""
    author_id: str
    at: datetime = Field(sa_type=Instant)
    salt: bytes | None
    """Empty once the text is erased."""
    text_hash: bytes
    """H("text", salt ‖ canonical {"text"}), as the journal has it."""


class Lineage(SQLModel, table=True):
    """What a proposal came of."""

    __tablename__ = "proposal_lineage"

    child_id: str = Field(primary_key=True, foreign_key="proposal.id")
    parent_id: str = Field(primary_key=True, foreign_key="proposal.id", index=True)
    community_id: str
    kind: str
    """merged_from | split_from | promoted_from"""
    at: datetime = Field(sa_type=Instant)


class Amendment(Moderated, Versioned, table=True):
    """One change of one paragraph that a resident suggests to the authors of a proposal."""

    __tablename__ = "amendment"
    __table_args__ = (Index("ix_amendment_proposal_id_id", "proposal_id", "id"),)

    id: str = Field(primary_key=True)
    community_id: str
    proposal_id: str = Field(foreign_key="proposal.id")
    author_id: str | None = Field(default=None, foreign_key="person.id")
    """Empty once the person is erased."""
    state: str = "proposed"
    base: int
    """The version it was written for."""
    locale: str
    action: str
    """replace | insert_before | insert_after | delete"""
    paragraph: int
    """From 1, in that version."""
    text: str | None = None
    why: str | None = None
    salt: bytes | None
    """Empty once text and why are erased."""
    text_hash: bytes
    """H("text", salt ‖ canonical {"text", "why"}, each left out where there is none), as the journal has it."""
    created_at: datetime = Field(sa_type=Instant)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str | None = None
    """Why it was rejected."""
    number: int | None = None
    """The version it became part of."""
    promoted_id: str | None = None
    """The proposal it became."""


class Attachment(SQLModel, table=True):
    """What is known of an attached file. Its bytes lie elsewhere (`voting.deliberation.attachment_store`), under its id."""

    __tablename__ = "attachment"

    id: str = Field(primary_key=True)
    """Random: it does not tell when it came."""
    community_id: str
    proposal_id: str = Field(foreign_key="proposal.id", index=True)
    author_id: str | None = None
    """Empty once the person is erased."""
    name: str
    """Empty once the person who uploaded it is erased."""
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    sha256: bytes
    salt: bytes | None
    text_hash: bytes
    """H("text", salt ‖ sha256 in hexadecimal), as the journal has it."""
    created_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
