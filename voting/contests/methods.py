"""What a contest may be counted by: every method with its rule values, seats and ballot, and what is wrong with a choice.

The count itself is asked: method, seats and rule values are tried on an empty box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from voting.core import ballot
from voting.core import count as engine
from voting.core.ballot import Paper, paper
from voting.core.count import rules as kinds
from voting.core.count.chart_words import NAMES
from voting.core.count.methods import METHODS
from voting.core.count.resolutions import Resolutions
from voting.errors import Fact, Fault
from voting.near import nearest

_DICE = ("tie_break_seed", "tie_break_contest")
"""Rule members of a lot: they follow from the contest and its `lot_seed`."""
_ONE_SEAT = frozenset(("irv", "yes-no"))
_DECIDES_ITSELF = frozenset(
    ("irv-bottoms-up-threshold", "smith-set", "schwartz-set", "condorcet-winner", "condorcet-loser")
)
_MOST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One rule member: what it may hold, in words for people and as a JSON schema for programs."""

    name: str
    legal: tuple[str, ...]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MethodForm:
    """One method. `names` by locale; `most_seats` is empty where there may be as many as options."""

    method: str
    names: Mapping[str, str]
    paper: Paper
    least_seats: int
    most_seats: int | None
    rules: tuple[RuleForm, ...]


@cache
def catalogue() -> tuple[MethodForm, ...]:
    """Every method a contest may use, in the order of the table."""
    return tuple(_method(name) for name in METHODS)


def _method(name: str) -> MethodForm:
    chinese, english = NAMES[name]
    least, most = seats_of(name)
    members = sorted(METHODS[name].members.items())
    rules = tuple(RuleForm(member, kind.legal, schema_of(kind)) for member, kind in members if member not in _DICE)
    return MethodForm(name, {"zh-CN": chinese, "en": english}, paper(name), least, most, rules)


def seats_of(method: str) -> tuple[int, int | None]:
    """The fewest and the most seats of a method; no limit is as many as there are options. 0: the method decides."""
    if method in _DECIDES_ITSELF:
        return 0, 1
    return 1, 1 if method in _ONE_SEAT else None


def schema_of(kind: kinds.Kind) -> dict[str, Any]:
    """What a rule member may hold as JSON Schema."""
    match kind:
        case kinds.Choice():
            return {"type": "string", "enum": list(kind.values)}
        case kinds.Flag():
            return {"type": "boolean"}
        case kinds.Never():
            return {"const": False}
        case kinds.Nothing():
            return {"type": "null"}
        case kinds.Whole():
            return {"type": "integer", "minimum": kind.least, "maximum": kind.most}
        case kinds.FlagOrWhole():
            return {"anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0}]}
        case kinds.Number():
            decimal = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?$"}
            return {"anyOf": [decimal, {"type": "integer", "minimum": 1}]}
        case kinds.Threshold():
            percentage = {"type": "string", "pattern": r"^percent_of_active:[0-9]+(\.[0-9]+)?$"}
            return {"anyOf": [{"type": "string", "enum": list(kind.values)}, percentage]}
        case kinds.Fixed():
            return {"type": "string", "pattern": "^fixed"}
        case kinds.Names():
            return {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
        case Resolutions():
            return {"type": "array", "items": {"type": "object"}}
        case _:
            return {"type": ["string", "integer"]}


def most_ballots(method: str, options: int, seats: int, rules: Mapping[str, Any]) -> int:
    """How many electors' ballots a method counts even if no two are alike."""
    marks = ballot.form(method, [str(place) for place in range(options)], seats=seats, rules=rules).marks
    return engine.most_rankings(method, options, seats, equal=marks > 1)


def faults(
    method: str,
    option_ids: Sequence[str],
    seats: int,
    rules: Mapping[str, Any],
    at: str = "",
    record: bool = False,
    electors: int = 0,
) -> tuple[Fault, ...]:
    """What is wrong with counting so, with pointers behind `at`; nothing if it can be done.

    A `record` of another election fills what seats it filled there, as far as the count takes them. `electors` may all cast.
    """
    found = tuple(_faults(method, option_ids, seats, rules, at, record))
    if found:
        return found
    most = most_ballots(method, len(option_ids), seats, rules)
    facts: dict[str, Fact] = {"method": method, "most": most, "got": electors}
    return (Fault(f"{at}/method", "method_takes_fewer_ballots", facts),) if electors > most else ()


def _faults(
    method: str, option_ids: Sequence[str], seats: int, rules: Mapping[str, Any], at: str, record: bool
) -> Iterator[Fault]:
    dice = [member for member in _DICE if member in rules]
    if dice:
        yield Fault(f"{at}/rules/{dice[0]}", "lot_seed_elsewhere", {"member": dice[0]})
        return
    try:
        engine.count(method, tuple(option_ids), {}, seats, rules)
    except engine.UnknownMethod as error:
        yield _unknown(f"{at}/method", "unknown_method", method, error.legal, {"got": method[:_MOST_SHOWN]})
        return
    except engine.CountError as error:
        yield refusal(error, at)
    least, most = seats_of(method)
    if not record and (seats < least or (most is not None and seats > most)):
        yield Fault(
            f"{at}/seats",
            "seats_of_method",
            {"method": method, "least": least, "most": most or len(option_ids), "got": seats},
        )


def refusal(error: engine.CountError, at: str = "") -> Fault:
    """What the count refuses, where it stands in the request."""
    match error:
        case engine.UnknownRule():
            facts: dict[str, Fact] = {"method": error.method, "got": error.member[:_MOST_SHOWN]}
            return _unknown(f"{at}/rules{_steps(error.member)}", "unknown_rule", error.member, error.legal, facts)
        case engine.IllegalRule():
            got = str(error.value)[:_MOST_SHOWN]
            here = f"{at}/rules{_steps(error.member, *error.at)}"
            return _unknown(here, "illegal_rule", got, error.legal, {"got": got})
        case engine.UnknownOption():
            here = f"{at}/rules{_steps(error.member, *error.at)}"
            return Fault(here, "unknown_option", {"option": error.option[:_MOST_SHOWN]})
        case engine.TooLarge():
            here = error.what if error.what in ("seats", "options") else "method"
            return Fault(
                f"{at}/{here}", "method_takes_fewer", {"method": error.method, "most": error.limit, "got": error.size}
            )
        case _:
            return Fault(f"{at}/rules", "rules_do_not_fit", {"why": str(error)})


def _steps(*steps: str | int) -> str:
    """Steps as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1")[:_MOST_SHOWN] for step in steps)


def _unknown(pointer: str, code: str, word: str, legal: tuple[str, ...], facts: Mapping[str, Fact]) -> Fault:
    """The fault with what is legal, and the nearest of it if one is near."""
    guess = nearest(word, legal)
    if guess is None:
        return Fault(pointer, code, {**facts, "legal": legal})
    return Fault(pointer, f"{code}_did_you_mean", {**facts, "legal": legal, "nearest": guess})
