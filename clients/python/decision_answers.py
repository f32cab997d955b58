"""What the service answers about decisions: rules, what they make of counts, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.answers import Action, LocalText, Resource
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class DecisionRule(Resource):
    """A decision rule of the catalogue; `document` is the whole of it as data."""

    version: int
    title: LocalText
    clause: LocalText
    certainty: str
    document: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RuleTest(Record):
    """One test with both numbers, exactly as texts, and its sentence in `zh` and `en`."""

    kind: str
    basis: str
    have_value: str
    of_value: str
    op: str
    fraction: str
    result: bool
    text: LocalText


@dataclass(frozen=True, kw_only=True)
class Evaluation(Record):
    """What a rule makes of counts; `raw` holds rounds, folds, proxies and the fall-back as well."""

    passed: bool
    outcome: str
    strict: bool
    folded: bool | None = None
    tests: tuple[RuleTest, ...] = ()
    strict_tests: tuple[RuleTest, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision(Record):
    """What the rule of a contest makes of its tally; `raw` holds the rule, the next round and the challenge window."""

    contest_id: str
    rule_id: str
    outcome: str
    elected: tuple[str, ...] = ()
    evaluation: Evaluation | None = None
    next_contest_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExternalResult(Record):
    """A vote held on an official system, as it was recorded here; `raw` holds one's own and the agreed record."""

    contest_id: str
    state: str
    needed: int
    records: int
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Bound(Record):
    """An instant before which a step cannot be taken, and the clause that says so."""

    what: str
    at: datetime
    clause: LocalText
    certain: bool = True


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """One step of a contest: `done`, `next`, `later` or `dropped`."""

    name: str
    state: str
    at: datetime | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Timeline(Record):
    """What happens next in a contest, when, and by which clause."""

    contest_id: str
    state: str
    time_zone: str
    steps: tuple[Step, ...] = ()
    allowed_actions: tuple[Action, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Strictest(Record):
    """Which of several rules bind; `raw` holds how every two of them stand."""

    strictest: str | None = None
    binding: tuple[str, ...] = ()
    text: LocalText = field(default_factory=dict)
