"""What the service answers about proposals: their wordings, their support, their files, and what they come of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.answers import LocalText, Resource
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class Author(Record):
    """Who writes a proposal (`accepted`) or is asked to (`invited`)."""

    person_id: str
    state: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Support(Record):
    """Where the support of a proposal stands. `mine`: the caller's own, standing, unconfirmed, withdrawn or released."""

    needed: int
    standing: int
    unconfirmed: int
    opened_at: datetime
    until: datetime
    is_over: bool = False
    mine: str | None = None
    rule: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OfficialAnswer(Record):
    """What the officers say: texts by locale, cost in fen, deadline as a calendar day."""

    number: int
    text: LocalText
    at: datetime
    author_id: str | None = None
    cost_fen: int | None = None
    deadline: str | None = None
    erased: bool = False


@dataclass(frozen=True, kw_only=True)
class Proposal(Resource):
    """A proposal as it is worded now. `location` is a GeoJSON point in the datum `crs`."""

    community_id: str
    state: str
    title: LocalText
    body: LocalText
    number: int
    """The version of the text."""
    created_at: datetime
    tombstone: str | None = None
    """Why everybody else is not shown its text and authors; None where it is shown."""
    standing: str = "visible"
    rule_id: str | None = None
    hidden_until: datetime | None = None
    case_id: str | None = None
    minor: bool = False
    erased: bool = False
    category: str | None = None
    scope: str = "community"
    building_id: str | None = None
    unit_id: str | None = None
    location: dict[str, Any] | None = None
    crs: str = "wgs84"
    authors: tuple[Author, ...] = ()
    support: Support | None = None
    answer: OfficialAnswer | None = None
    outcome: OfficialAnswer | None = None
    """How the input changed the outcome."""
    contest_id: str | None = None
    submitted_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProposalVersion(Record):
    """One wording. `salt` (hexadecimal) and `text_hash` are what its entry in the journal is checked by."""

    proposal_id: str
    number: int
    title: LocalText
    body: LocalText
    minor: bool
    created_at: datetime
    text_hash: str
    author_id: str | None = None
    salt: str | None = None
    note: str | None = None
    erased_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ComparedStep(Record):
    """Paragraphs that stand against each other: equal, replaced, removed or added."""

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Compared(Record):
    """How one language changed."""

    locale: str
    steps: tuple[ComparedStep, ...]
    old_title: str | None = None
    new_title: str | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison(Record):
    """How one version became another, by language and paragraph."""

    old_number: int
    new_number: int
    languages: tuple[Compared, ...]


@dataclass(frozen=True, kw_only=True)
class Endorsement(Record):
    """Somebody's support, for those who review."""

    proposal_id: str
    number: int
    state: str
    since: datetime
    person_id: str | None = None
    entry_id: str | None = None
    from_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Amendment(Resource):
    """What somebody wants done to one paragraph of version `base`."""

    proposal_id: str
    state: str
    base: int
    locale: str
    action: str
    paragraph: int
    created_at: datetime
    author_id: str | None = None
    paragraph_text: str | None = None
    """The paragraph as it stood in that version."""
    text: str | None = None
    why: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    erased: bool = False
    tombstone: str | None = None
    standing: str = "visible"
    rule_id: str | None = None
    hidden_until: datetime | None = None
    case_id: str | None = None
    number: int | None = None
    """The version it became part of."""
    promoted_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attachment(Resource):
    """What is known of a file; `size` is in bytes as they are kept, `sha256` of these, until it is removed."""

    proposal_id: str
    name: str
    media_type: str
    size: int
    created_at: datetime
    sha256: str | None = None
    author_id: str | None = None
    width: int | None = None
    height: int | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Relative(Record):
    """One tie between proposals: merged_from, split_from or promoted_from."""

    child_id: str
    parent_id: str
    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Lineage(Record):
    """What a proposal came of, and what came of it."""

    parents: tuple[Relative, ...]
    children: tuple[Relative, ...]


@dataclass(frozen=True, kw_only=True)
class Found(Record):
    """Something that everybody of the community may read; `about_id`: what it stands under."""

    kind: str
    id: str
    href: str
    title: LocalText
    excerpt: LocalText
    at: datetime
    about_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hit(Found):
    """What a search found; `in_title`: its title has the whole query."""

    in_title: bool = False


@dataclass(frozen=True, kw_only=True)
class Alike(Found):
    """A proposal that resembles another: the share of the terms of both titles they have in common, as `3/5`."""

    likeness: str
