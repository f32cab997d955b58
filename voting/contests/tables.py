"""Tables of contests. The box knows no person, the participation no ballot, and neither a time or an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from voting.store import Document, Instant, Versioned


class Contest(Versioned, table=True):
    """One question put to one roll. Everything a result depends on is frozen when it opens."""

    __tablename__ = "contest"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id", index=True)
    roll_id: str = Field(foreign_key="roll.id", index=True)
    question: dict[str, str] = Field(sa_type=Document)
    """Locale → text."""
    method: str
    seats: int = 1
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """Rule values of the method (`voting.core.count`)."""
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    """Procedure: notice_days, objection_days, extension_max_days, turnout_floor ("p/q" or absent), revoting,
    ballots (valid_only | as_marked)."""
    secrecy: str = "secret"
    """secret | open"""
    publish_mode: str = "full"
    lot_seed: str | None = None
    """Public dice digits that decide ties (evidence: ties)."""
    officials: list[dict[str, str]] = Field(default_factory=list, sa_type=Document)
    """Who signs: name and verifier key (`voting.contests.officials`)."""
    k: int = 0
    """How many of them must sign the close and the result."""
    channel: str = "here"
    """here | external: on an official system, whose result two officials record"""
    rule_id: str | None = None
    """The decision rule (`voting.core.rules`) that says whether it passed."""
    effects: list[str] = Field(default_factory=list, sa_type=Document)
    """What the decision brings about, by which the law picks the rule."""
    rule: dict[str, Any] | None = Field(default=None, sa_type=Document)
    """The rule as it was when the vote opened."""
    follows_id: str | None = Field(default=None, index=True)
    """The contest whose rule asked for this one."""
    state: str = "draft"
    opens_at: datetime = Field(sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant)
    noticed_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    provisional_at: datetime | None = Field(default=None, sa_type=Instant)
    electors: int = 0
    """Electors at opening."""
    created_at: datetime = Field(sa_type=Instant)


class Option(SQLModel, table=True):
    """One thing that can be chosen. `position` is its place on the ballot and its byte in a stored ballot."""

    __tablename__ = "contest_option"
    __table_args__ = (UniqueConstraint("contest_id", "position"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    contest_id: str = Field(foreign_key="contest.id")
    position: int
    label: dict[str, str] = Field(sa_type=Document)
    description: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    status_quo: bool = False
    person_id: str | None = Field(default=None, index=True)
    """The person who stands here, where options are candidates: kept apart from office and from proxies. Not published."""


class Participation(SQLModel, table=True):
    """Whether an elector has been checked off, and by which channel. Filled at opening, one row per elector."""

    __tablename__ = "participation"
    __table_args__ = {"sqlite_with_rowid": False}

    contest_id: str = Field(primary_key=True, foreign_key="contest.id")
    entry_id: str = Field(primary_key=True)
    channel: str | None = None
    """online | paper; empty until the check-off."""


class BoxRow(SQLModel, table=True):
    """One ballot in the box: its pseudonym, its revision, its marks. No person, no time, no order."""

    __tablename__ = "ballot_box"
    __table_args__ = {"sqlite_with_rowid": False}

    contest_id: str = Field(primary_key=True)
    slot: bytes = Field(primary_key=True)
    seq: int = 0
    ballot: bytes


class OpenBallotLink(SQLModel, table=True):
    """Whose ballot lies in which slot, where the contest is an open vote. Written with the check-off. Append-only."""

    __tablename__ = "open_ballot_link"
    __table_args__ = {"sqlite_with_rowid": False}

    contest_id: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True)
    slot: bytes


class SealedBallot(SQLModel, table=True):
    """A ballot of a closed contest. Written once, sorted by slot, in a transaction that touches nothing else. Append-only."""

    __tablename__ = "sealed_ballot"
    __table_args__ = {"sqlite_with_rowid": False}

    contest_id: str = Field(primary_key=True)
    slot: bytes = Field(primary_key=True)
    seq: int
    ballot: bytes


class SealedParticipation(SQLModel, table=True):
    """Whether an elector of a closed contest was checked off. Written once, sorted by entry. Append-only."""

    __tablename__ = "sealed_participation"
    __table_args__ = {"sqlite_with_rowid": False}

    contest_id: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True)
    channel: str | None


class Closing(SQLModel, table=True):
    """How far the closing of a contest has come, and what it fixed: one row from the moment the box is closed."""

    __tablename__ = "contest_closing"

    contest_id: str = Field(primary_key=True, foreign_key="contest.id")
    community_id: str
    step: str = Field(index=True)
    """What is to be done next (`voting.contests.closing.STEPS`), or `done`."""
    checked: int
    """Electors checked off by any channel."""
    online: int
    paper: int
    """Ballots in the box, by channel."""
    box_root: bytes | None = None
    """Root of the sealed box, once it is."""
    participation: bytes | None = None
    """Hash of the participation's bits, once it is sealed."""
    log_size: int | None = Field(default=None, sa_type=BigInteger)
    log_root: bytes | None = None
    """The log's tree whose last entry is `closed`, once that is signed."""
    storage: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    """What the database let the sealing do to its files: part → how far (`voting.contests.scrubbing`)."""
    scrubbed: bool = False
    """Whether another attempt at that would do no better."""

    @property
    def box_size(self) -> int:
        """Ballots in the box."""
        return self.online + self.paper


class ExternalRecord(SQLModel, table=True):
    """What one official read off the official system. Append-only: a correction is another record."""

    __tablename__ = "external_record"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    contest_id: str = Field(foreign_key="contest.id", index=True)
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Instant)
    content: dict[str, Any] = Field(sa_type=Document)
    """system, reference, counts and documents, as they were given."""
    digest: bytes
    """SHA-256 over the canonical content: two records are the same when these are."""


class Delivery(SQLModel, table=True):
    """Proof that the papers of a contest reached one elector (`voting.contests.deliveries`)."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_contest_id_entry_id", "contest_id", "entry_id"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    contest_id: str = Field(foreign_key="contest.id")
    entry_id: str = Field(foreign_key="roll_entry.id")
    dwelling_id: str | None = None
    """Where it was delivered, if that is how the elector was named."""
    method: str
    """in_person | post | electronic | left_at_home"""
    delivered_at: datetime = Field(sa_type=Instant)
    delivered_by: str
    document_hash: bytes
    """SHA-256 of the proof."""
    warned: bool
    """Whether the paper said what becomes of silence."""
    recorded_by: str
    recorded_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_reason: str | None = None


class ResultObjection(Versioned, table=True):
    """An elector's written objection to a published result (`voting.contests.objecting`)."""

    __tablename__ = "result_objection"
    __table_args__ = (UniqueConstraint("contest_id", "entry_id"),)

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    contest_id: str = Field(foreign_key="contest.id")
    entry_id: str = Field(foreign_key="roll_entry.id")
    filed_by: str
    form: str
    """in_app: by the elector here; written: recorded by an officer from a paper."""
    statement: str
    document_hash: bytes | None = None
    """SHA-256 of the paper."""
    state: str = "filed"
    """filed | withdrawn"""
    filed_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class PaperBatch(Versioned, table=True):
    """The papers of one table or ballot bag: given out, taken back, keyed by two tellers, and put into the box."""

    __tablename__ = "paper_batch"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    contest_id: str = Field(foreign_key="contest.id", index=True)
    label: str
    state: str = "issuing"
    """issuing | returned | keying | discrepant | matched | entered"""
    issued: int = 0
    replaced: int = 0
    """Papers given out in place of a spoiled one; they are among the issued."""
    spoiled: int = 0
    unreturned: int = 0
    discrepancies: int = 0
    """Ballots in which the first two keyings differed."""
    number: int | None = None
    """From 1, in the order in which batches entered the box."""
    count: int | None = None
    salt: bytes | None = None
    hash: bytes | None = None
    note: bytes | None = None
    """The batch statement with the signatures it entered the box with."""
    created_at: datetime = Field(sa_type=Instant)


class PaperKeying(SQLModel, table=True):
    """What one teller keyed of a batch. Gone when the batch is in the box: it would be a second box."""

    __tablename__ = "paper_keying"

    batch_id: str = Field(primary_key=True, foreign_key="paper_batch.id")
    teller_id: str = Field(primary_key=True)
    community_id: str
    ballots: list[str] = Field(sa_type=Document)
    """The ballots as the box keeps them, hexadecimal, in the order of their numbers."""
    resolved: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    """Number → ballot, as this teller recorded it after the two looked together."""


class StatementSignature(SQLModel, table=True):
    """A signature of an official under a statement, as it was verified when it came. Append-only."""

    __tablename__ = "statement_signature"

    contest_id: str = Field(primary_key=True, foreign_key="contest.id")
    text_hash: bytes = Field(primary_key=True)
    """SHA-256 of the statement's text."""
    public_key: bytes = Field(primary_key=True)
    """Two names with one key are one signature."""
    community_id: str
    statement: str
    """close | result | the id of a paper batch"""
    line: str
    """The signature line of a C2SP note, with its line feed."""
    received_at: datetime = Field(sa_type=Instant)


class Tally(SQLModel, table=True):
    """What a count found, with every round. Append-only."""

    __tablename__ = "tally"

    id: str = Field(primary_key=True)
    community_id: str = Field(foreign_key="community.id")
    contest_id: str = Field(foreign_key="contest.id", index=True)
    counted_at: datetime = Field(sa_type=Instant)
    result: dict[str, Any] = Field(sa_type=Document)
    result_hash: bytes
