"""What the service answers about a count: its explanation, counts by other rules, named ballots, and the methods there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from clients.python.answers import LocalText
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
