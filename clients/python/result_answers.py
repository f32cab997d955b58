"""What the service answers about a count: its explanation, counts by other rules, named ballots, and the methods there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.answers import LocalText, Turnout
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class Explanation(Record):
    """A count in plain sentences of one language."""

    contest_id: str
    locale: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Counted(Record):
    """One count of a comparison; `sentence` says what differs from the published one. Options by id."""

    method: str
    seats: int
    winners: tuple[str, ...]
    outcome: str
    rules: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    sentence: str = ""
    rounds: tuple[Any, ...] = ()
    tally: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Recount(Record):
    """The published count beside others. Advice: it can never be certified."""

    contest_id: str
    published: Counted
    alternatives: tuple[Counted, ...]


@dataclass(frozen=True, kw_only=True)
class NamedBallot(Record):
    """Whose ballot says what, in an open vote."""

    entry_id: str
    elector: str
    ranking: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class RuleForm(Record):
    """One rule of a method: its legal values in words, and as JSON Schema."""

    name: str
    legal: tuple[str, ...] = ()
    value_schema: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MethodForm(Record):
    """One counting method. `most_seats` is None where there may be as many as options."""

    method: str
    names: LocalText
    ballot: str
    least_seats: int
    most_seats: int | None = None
    rules: tuple[RuleForm, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Winner(Record):
    """An option that won, and what it is called."""

    id: str
    label: LocalText


@dataclass(frozen=True, kw_only=True)
class ListedTally(Record):
    """A published tally and the contest it is of. `kind`: who decided, person, household or owner."""

    id: str
    contest_id: str
    community_id: str
    question: LocalText
    kind: str
    method: str
    seats: int
    state: str
    outcome: str
    winners: tuple[Winner, ...]
    turnout: Turnout
    closes_at: datetime
    counted_at: datetime
    result_hash: str
    published_at: datetime | None = None
    scope: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Group(Record):
    """Contests that share something, and their turnout together."""

    key: str
    contests: int
    turnout: Turnout


@dataclass(frozen=True, kw_only=True)
class CommunitySummary(Record):
    """What a community has decided, in figures; `withheld` figures of units are below `floor` ballots."""

    community_id: str
    contests: int
    turnout: Turnout
    by_state: dict[str, int]
    by_outcome: dict[str, int]
    by_kind: tuple[Group, ...]
    by_method: tuple[Group, ...]
    by_unit: tuple[Group, ...]
    withheld: int
    floor: int
