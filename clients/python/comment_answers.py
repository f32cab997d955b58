"""What the service answers about comments: threads, sides, summaries, opinions, and how a community moderates them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.answers import LocalText, Resource
from clients.python.records import Record

Counts = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Comment(Resource):
    """A comment, or its tombstone: where it is not shown it has neither text nor author.

    The text is plain text in one language; whoever shows it escapes it. `reactions` counts `support`, `oppose` and `pass`.
    """

    thread_kind: str
    thread_id: str
    depth: int
    state: str
    alignment: int
    edition: int
    created_at: datetime
    replies: int
    text: str | None = None
    author_id: str | None = None
    parent_id: str | None = None
    edited_at: datetime | None = None
    tombstone: str | None = None
    rule_id: str | None = None
    hidden_until: datetime | None = None
    case_id: str | None = None
    reactions: Counts = field(default_factory=dict)
    controversy: int = 0
    """(support + oppose) × smaller ÷ larger, in thousandths."""
    my_reaction: str | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TextVersion(Record):
    """What a comment or a summary said; the journal holds the hash of `text_salt` (hexadecimal) and the text."""

    edition: int
    text: str
    text_salt: str
    written_at: datetime
    alignment: int = 0


@dataclass(frozen=True, kw_only=True)
class Thread(Resource):
    """A thread in figures: `comments` counts those that are shown as `for`, `neither` and `against`."""

    kind: str
    community_id: str
    is_open: bool
    comments: Counts


@dataclass(frozen=True, kw_only=True)
class Side(Record):
    """What one side has said; `top` has the comments with most support."""

    side: str
    comments: int
    authors: int
    supports: int
    top: tuple[Comment, ...]


@dataclass(frozen=True, kw_only=True)
class Arguments(Record):
    """A thread's arguments by side."""

    sides: tuple[Side, ...]


@dataclass(frozen=True, kw_only=True)
class ThreadSummary(Resource):
    """What one side, or all, have said, signed by whoever wrote it."""

    thread_kind: str
    thread_id: str
    side: str
    edition: int
    created_at: datetime
    text: str | None = None
    author_id: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Bridge(Record):
    """A statement, and how every group stands on it: None where fewer than the floor of a group reacted."""

    comment_id: str
    groups: tuple[Counts | None, ...]
    bridge: str
    """The product over all groups of (support + 1) ÷ (reacted + 2), exact."""
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class OptionAgreement(Record):
    """How people speak of an option in its thread; empty where fewer than the floor have spoken."""

    option_id: str
    people: int | None = None
    supports: int | None = None
    opposes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Opinions(Record):
    """Groups of opinion by size, what bridges them, agreement by option. Never a person; no figure below `floor`."""

    floor: int
    groups: tuple[int, ...]
    bridges: tuple[Bridge, ...]
    options: tuple[OptionAgreement, ...]
    residents: int | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyRule(Record):
    """A rule that flags and decisions may name."""

    id: str
    title: LocalText


@dataclass(frozen=True, kw_only=True)
class Policy(Record):
    """How a community moderates."""

    community_id: str
    pre_check: bool
    flag_threshold: int
    review_hours: int
    appeal_days: int
    rules: tuple[PolicyRule, ...]
    etag: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseStep(Record):
    """A step of a case; `actor_id` for moderators alone."""

    kind: str
    rule_id: str
    at: datetime
    actor_id: str | None = None
    reason: str | None = None
    reason_salt: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case(Resource):
    """A case, for moderators and for whoever wrote what it is about; `flagged_by` is for moderators alone."""

    community_id: str
    subject_kind: str
    subject_id: str
    state: str
    flags: int
    opened_at: datetime
    author_id: str | None = None
    hidden_until: datetime | None = None
    moderator_id: str | None = None
    reviewer_id: str | None = None
    rule_id: str | None = None
    appeal_until: datetime | None = None
    steps: tuple[CaseStep, ...] = ()
    flagged_by: tuple[dict[str, Any], ...] = ()
    sanction_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RuleCounts(Record):
    """Steps of one rule in a month, by kind."""

    rule_id: str
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class MonthlyCounts(Record):
    """What was decided in a month, by rule."""

    community_id: str
    month: str
    begins_at: datetime
    ends_at: datetime
    rules: tuple[RuleCounts, ...]


@dataclass(frozen=True, kw_only=True)
class Sanction(Resource):
    """What a person may not do until `ends_at`: comment, react, flag."""

    community_id: str
    person_id: str
    rule_id: str
    acts: tuple[str, ...]
    state: str
    imposed_at: datetime
    ends_at: datetime
    case_id: str | None = None
    reason: str | None = None
    lifted_at: datetime | None = None
    lifted_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class Erased(Record):
    """What of a person was erased, by kind."""

    person_id: str
    counts: Counts
