"""The form of a decision rule: sets, tests, folds, elections, fall-backs and vetoes, as values.

Source: the domain's "Decision rules are data". Operator and fraction are kept apart and exact: 以上 is `>=`, 超过 and 过半 are
`>`. Figures are counted in the unit of their basis: heads, cm², shares, unit entitlements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

FORMAT = 1
"""The number of this form; a document of another number is refused."""

BASES = ("count", "area", "share", "entitlement")
"""`count` is one for each elector, whatever they own; the others weigh."""

BALLOTS = ("for", "against", "abstain", "invalid", "silent")
"""What an elector of the roll did, each exactly one. `silent`: the paper was delivered and nothing came back."""

SIGNS = ("sign", "object")
"""Figures of other papers than the ballot: a petition signed, an objection written."""

STATES = BALLOTS + SIGNS
SUMS = ("participating", "roll")
KINDS = ("petition", "quorum", "pass", "block", "floor", "elect")
OPERATORS = (">=", ">", "<=", "<")
CERTAINTIES = ("statute_read", "secondary", "practice", "memory")
ELECTORATES = ("owner", "person", "household", "delegate")
NEEDS = ("second_vote", "new_meeting")
CLOCKS = ("notice", "roll_display", "roll_objection", "roll_decision", "window", "publicity", "objection", "recall")
UNITS = ("day", "working_day", "month", "year")
BOUNDS = ("min", "max")

Words = Mapping[str, str]
"""Language (`zh`, `en`) → text."""

Figure = tuple[str, ...]
"""A figure of the counts: one of `SUMS` alone, or states that are added up."""


@dataclass(frozen=True, slots=True)
class Test:
    """`have op fraction · of`, on one basis."""

    kind: str
    basis: str
    have: Figure
    of: Figure
    op: str
    fraction: Fraction


@dataclass(frozen=True, slots=True)
class Fold:
    """Ballots of one state are added to another: to a named state, or to the `majority` of those who said something."""

    state: str
    to: str


@dataclass(frozen=True, slots=True)
class SecondRound:
    """Seats left open are voted on again among the first of those who failed, `extra` more of them than seats."""

    extra: int
    floor: Test | None


@dataclass(frozen=True, slots=True)
class Elect:
    """Who is elected: whoever meets `first_round`, most votes first; without it, whoever has most votes."""

    first_round: Test | None
    second_round: SecondRound | None


@dataclass(frozen=True, slots=True)
class Fallback:
    """When the rule fails and every test of `when` holds, another rule decides a second vote or a new meeting."""

    when: tuple[Test, ...]
    then: str
    needs: str


@dataclass(frozen=True, slots=True)
class Objection:
    """After the vote, objections within some days may still bring the decision down."""

    days: int
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class ProxyRule:
    """What a proxy may hold. `allowed` false: nobody votes for another. Caps that are absent do not bind."""

    allowed: bool = True
    max_per_proxy: int | None = None
    max_share_of_roll: Fraction | None = None
    written: bool = False
    candidate_may_hold: bool = True
    publish_list: bool = False


@dataclass(frozen=True, slots=True)
class Weight:
    """Votes of a holder with this tag weigh `multiply` where the holder has enough of the roll and the scheme enough lots."""

    tag: str
    basis: str
    op: str
    fraction: Fraction
    lots_more_than: int
    multiply: Fraction
    clause: Words


@dataclass(frozen=True, slots=True)
class Clock:
    """A period the law sets: at least (`min`) or at most (`max`) so many of a unit."""

    what: str
    bound: str
    length: int
    unit: str
    clause: Words
    certainty: str
    extends: bool = False
    """A last day that is not worked moves to the next that is."""


@dataclass(frozen=True, slots=True)
class Extension:
    """How far, how often and below which turnout the end of the vote may be moved."""

    length: int
    unit: str
    times: int = 1
    turnout_below: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """The clause of the assembly's own rules by which silence follows the majority, and the warning the paper must carry."""

    clause: Words
    warning: Words


@dataclass(frozen=True, slots=True)
class Rule:
    """One decision rule of one version. `document` is what it was read from."""

    id: str
    version: int
    title: Words
    clause: Words
    certainty: str
    electorate: str
    participating: tuple[str, ...]
    fold: tuple[Fold, ...]
    tests: tuple[Test, ...]
    document: Mapping[str, Any]
    note: Words | None = None
    petition: tuple[Test, ...] = ()
    elect: Elect | None = None
    fallback: Fallback | None = None
    objection: Objection | None = None
    min_participants: int | None = None
    proxy: ProxyRule | None = None
    weights: tuple[Weight, ...] = ()
    clocks: tuple[Clock, ...] = ()
    extension: Extension | None = None
    effects: tuple[str, ...] = ()
    official_channel_required: bool = False
    calendar: str = "weekends"
    """By which working days its periods are counted."""
    silence: Silence | None = None
    """What allows its fold of silence; without it, in a contest, nobody is silent."""
    measured: Mapping[str, str] = field(default_factory=dict)
    """Bases that the law defines by another which a roll carries: shares by exclusive area."""

    @property
    def bases(self) -> tuple[str, ...]:
        """Every basis that some test looks at, in the order of `BASES`; heads where none does."""
        named = {test.basis for test in self.every_test()} | {weight.basis for weight in self.weights}
        if self.min_participants is not None:
            named.add("count")
        return tuple(basis for basis in BASES if basis in named) or ("count",)

    @property
    def folds_silence(self) -> bool:
        """Whether owners who were reached and did not answer are counted with others."""
        return any(fold.state == "silent" for fold in self.fold)

    @property
    def hears_objections(self) -> bool:
        """Whether objections that were written after the vote may bring the decision down."""
        return self.objection is not None or any("object" in test.have for test in self.tests)

    @property
    def looks_at_ballots(self) -> bool:
        """Whether ballots decide; where not, the resolution was taken elsewhere and only objections are heard."""
        return bool(set(self.participating) & set(BALLOTS))

    def every_test(self) -> tuple[Test, ...]:
        """The tests of all parts: petition, vote, election, fall-back, objection."""
        elect = self.elect
        first = (elect.first_round,) if elect and elect.first_round else ()
        second = elect.second_round.floor if elect and elect.second_round else None
        floor = (second,) if second else ()
        after = self.objection.tests if self.objection else ()
        return (*self.petition, *self.tests, *first, *floor, *(self.fallback.when if self.fallback else ()), *after)


def written(figure: Figure) -> str:
    """A figure as the document has it: `for+against`."""
    return "+".join(figure)
