"""Rule values: the vocabulary of the conformance cases, read into one frozen value. Unknown members are refused by name.

Each method lists the members it takes (`methods.py`); a member it does not list does not exist for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Protocol

from voting.core.count.errors import IllegalPart, IllegalRule, UnknownRule
from voting.core.count.resolutions import Resolution, Resolutions


class Kind(Protocol):
    """What a rule member may hold: reads a value (ValueError if illegal) and says what is legal."""

    def read(self, value: object) -> object:
        """The value as a method uses it."""
        ...

    @property
    def legal(self) -> tuple[str, ...]:
        """The legal values in words, for people."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]

    def read(self, value: object) -> str:
        """The word itself."""
        if value not in self.values:
            raise ValueError(value)
        return str(value)

    @property
    def legal(self) -> tuple[str, ...]:
        """The words."""
        return self.values


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: object) -> bool:
        """The flag itself."""
        if not isinstance(value, bool):
            raise ValueError(value)
        return value

    @property
    def legal(self) -> tuple[str, ...]:
        """The two values."""
        return ("true", "false")


@dataclass(frozen=True, slots=True)
class Never:
    """A rule this method cannot follow: only false is taken."""

    def read(self, value: object) -> bool:
        """False."""
        if value is not False:
            raise ValueError(value)
        return False

    @property
    def legal(self) -> tuple[str, ...]:
        """The one value."""
        return ("false",)


@dataclass(frozen=True, slots=True)
class Nothing:
    """A member that other methods have and this one names only to say that it has none: only null is taken."""

    def read(self, value: object) -> object:
        """No value is legal."""
        raise ValueError(value)

    @property
    def legal(self) -> tuple[str, ...]:
        """The one value."""
        return ("null",)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between `least` and `most`."""

    least: int
    most: int = 10**9

    def read(self, value: object) -> int:
        """The number itself."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise ValueError(value)
        return value

    @property
    def legal(self) -> tuple[str, ...]:
        """The bounds."""
        return (f"a whole number from {self.least} to {self.most}",)


@dataclass(frozen=True, slots=True)
class FlagOrWhole:
    """True, false, or a whole number of votes."""

    def read(self, value: object) -> bool | int:
        """The flag or the number."""
        if not isinstance(value, int) or value < 0:
            raise ValueError(value)
        return value

    @property
    def legal(self) -> tuple[str, ...]:
        """The kinds of value."""
        return ("true", "false", "a whole number of votes")


@dataclass(frozen=True, slots=True)
class Number:
    """A positive decimal number, written as an integer or a decimal string."""

    def read(self, value: object) -> Fraction:
        """The exact number."""
        try:
            number = Fraction(Decimal(str(value)))
        except (InvalidOperation, ValueError, OverflowError) as fault:
            raise ValueError(value) from fault
        if isinstance(value, bool) or number <= 0:
            raise ValueError(value)
        return number

    @property
    def legal(self) -> tuple[str, ...]:
        """The form."""
        return ("a positive decimal number",)


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""

    def read(self, value: object) -> str:
        """The text; a number is taken as its digits."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(value)
        return str(value)

    @property
    def legal(self) -> tuple[str, ...]:
        """The form."""
        return ("a text",)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Fixed-point arithmetic, and nothing else; a text that begins so may go on."""

    def read(self, value: object) -> str:
        """The one word."""
        if not isinstance(value, str) or not value.startswith("fixed"):
            raise ValueError(value)
        return "fixed"

    @property
    def legal(self) -> tuple[str, ...]:
        """The one value."""
        return ("fixed",)


@dataclass(frozen=True, slots=True)
class Names:
    """A list of option ids without repetition."""

    def read(self, value: object) -> tuple[str, ...]:
        """The ids in order."""
        if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
            raise ValueError(value)
        if len(set(value)) != len(value):
            raise ValueError(value)
        return tuple(value)

    @property
    def legal(self) -> tuple[str, ...]:
        """The form."""
        return ("a list of option ids, each once",)


@dataclass(frozen=True, slots=True)
class Threshold:
    """One of a few words, or `percent_of_active:N` with 0 < N ≤ 100."""

    values: tuple[str, ...]

    def read(self, value: object) -> str:
        """The word, or the percentage as given."""
        if value in self.values:
            return str(value)
        prefix, _, number = str(value).partition(":")
        if prefix != "percent_of_active" or not 0 < Number().read(number) <= 100:
            raise ValueError(value)
        return str(value)

    @property
    def legal(self) -> tuple[str, ...]:
        """The words and the form of the percentage."""
        return (*self.values, "percent_of_active:N with 0 < N <= 100")


Members = Mapping[str, Kind]
"""The rule members of a method, by name."""

TIE_BREAKS = (
    "candidate_order",
    "order",
    "given_elimination_order",
    "generated_permutation",
    "random",
    "previous_rounds_then_random",
    "backwards_then_lot",
    "backwards_then_order",
    "ask",
)

FEWEST_PAIRWISE_WINS = "loser_by_fewest_pairwise_wins"
"""A tie-break of instant-runoff alone; those it cannot tell apart leave, or win, together."""

TIES: Members = {
    "tie_break": Choice(TIE_BREAKS),
    "tie_break_order": Names(),
    "tie_break_seed": Text(),
    "tie_break_contest": Text(),
    "tie_break_note": Text(),
    "tie_break_resolutions": Resolutions(),
}

OPTIONS: Members = {"excluded_candidates": Names(), "undeclared_write_in": Nothing(), "note": Text()}

WRITE_IN: Members = {"undeclared_write_in": Text()}
"""For a method that knows an option which stands for nobody in particular, and so cannot be elected by its votes."""

OVERVOTES = (
    "exhaust_immediately",
    "skip_to_next_rank",
    "exhaust_if_multiple_continuing",
    "rejected_before_count",
    "not_applicable",
)

RANKS: Members = {
    "overvote": Choice(OVERVOTES),
    "skipped_ranks": Choice(("unlimited", "exhaust_when_more_than_n_consecutive")),
    "max_skipped_ranks": Whole(0),
    "max_rankings": Whole(1),
    "duplicate": Choice(("skip", "exhaust")),
}

COMMON: Members = {**RANKS, **TIES, **OPTIONS}

UNRANKED: Members = {"unranked": Choice(("ranked_last_equal", "not_compared"))}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule values of one count. A member that was not given has the value below; an overvote then ends a ballot."""

    overvote: str | None = None
    skipped_ranks: str = "unlimited"
    max_skipped_ranks: int | None = None
    max_rankings: int | None = None
    duplicate: str = "skip"
    tie_break: str | None = None
    tie_break_order: tuple[str, ...] = ()
    tie_break_seed: str | None = None
    tie_break_contest: str | None = None
    tie_break_note: str | None = None
    tie_break_resolutions: tuple[Resolution, ...] = ()
    excluded_candidates: tuple[str, ...] = ()
    undeclared_write_in: str | None = None
    note: str | None = None
    winner_mode: str | None = None
    threshold: str | None = None
    threshold_basis: str | None = None
    batch_elimination: bool = False
    cutoff_elimination: bool | int = False
    continue_until_two: bool = False
    stop_after_round: int | None = None
    decimal_places: int | None = None
    arithmetic: str | None = None
    surplus: str | None = None
    elected_order: str | None = None
    zero_surplus_stage: bool = False
    stop_when_last_vacancies_filled: bool = False
    omega: Fraction | None = None
    equal_ranks: str | None = None
    unranked: str | None = None
    strength: str | None = None
    max_score: int | None = None
    points: str | None = None

    @property
    def skip_limit(self) -> int | None:
        """How many consecutive skipped ranks a ballot survives; `None` any number."""
        return None if self.skipped_ranks == "unlimited" else self.max_skipped_ranks

    @property
    def passes_equal_ranks(self) -> bool:
        """Whether a rank of several options is passed over: by the rule, or in weak orders, where it prefers nobody."""
        weak = self.overvote is None and self.unranked is not None
        return weak or self.overvote == "skip_to_next_rank"


def read(method: str, members: Members, values: Mapping[str, Any]) -> Rules:
    """Read rule values for `method`; `None` is a member not given.

    Raises `UnknownRule` or `IllegalRule`, which carry what is legal.
    """
    given: dict[str, Any] = {}
    for member, value in values.items():
        kind = members.get(member)
        if kind is None:
            raise UnknownRule(method, member, tuple(sorted(members)))
        if value is None:
            continue
        try:
            given[member] = kind.read(value)
        except IllegalPart as part:
            raise IllegalRule(method, member, part.value, part.legal, part.at) from part
        except ValueError as fault:
            raise IllegalRule(method, member, value, kind.legal) from fault
    return Rules(**given)


def given(rules: Rules) -> dict[str, Any]:
    """The members that differ from their default, for the record of a tally."""
    values = {field.name: getattr(rules, field.name) for field in fields(rules)}
    return {name: value for name, value in values.items() if value != getattr(Rules(), name)}
