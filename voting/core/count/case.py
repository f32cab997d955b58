"""The case form: one JSON object with method, seats, candidates, rules, ballots and (for a conformance case) `expected`.

Words by which a case says that its source leaves a rule open (`unspecified`, `n/a`, …) are read as a rule not given. A legal
word with a remark behind it is the word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voting.core.count.ballots import OVERVOTE, Ranking
from voting.core.count.errors import IllegalCase
from voting.core.count.methods import count, legal_rules, validate_rules
from voting.core.count.rules import Rules
from voting.core.count.tally import Tally

OPEN_WORDS = ("n/a", "unspecified", "not_representable_in_blt")
OPEN_PHRASES = ("library specific",)

NEEDED = ("method", "seats", "candidates", "rules", "ballots")
ABOUT = ("source", "licence", "attribution", "name", "title", "description", "note", "url", "date", "cvr_format")
"""Members that say where a case comes from; they change nothing."""

KNOWN = {*NEEDED, *ABOUT, "expected"}


@dataclass(frozen=True, slots=True)
class Case:
    """One poll to be counted, with what somebody else found. `open` names the rules its source leaves open."""

    method: str
    seats: int
    options: tuple[str, ...]
    rules: Rules
    ballots: Mapping[Ranking, int]
    expected: Mapping[str, Any]
    open: tuple[str, ...] = ()
    name: str = ""

    def count(self) -> Tally:
        """Count the case."""
        return count(self.method, self.options, self.ballots, self.seats, self.rules)


def case_from_json(document: Any) -> Case:
    """Read a parsed case. Raises `IllegalCase` with the place, or the error of the rule that is wrong."""
    if not isinstance(document, Mapping):
        raise IllegalCase("case", f"expected an object; got {type(document).__name__}")
    missing = [member for member in NEEDED if member not in document]
    if missing:
        raise IllegalCase(missing[0], "expected this member; it is missing")
    stranger = next((member for member in document if member not in KNOWN), None)
    if stranger is not None:
        raise IllegalCase(str(stranger), f"no such member; a case has {', '.join(sorted(KNOWN))}")
    values = _typed(document, "rules", Mapping)
    legal = legal_rules(_typed(document, "method", str))
    values = {member: _word(value, legal.get(member, ())) for member, value in values.items()}
    left_open = tuple(member for member, value in values.items() if is_open(value))
    kept = {member: value for member, value in values.items() if member not in left_open}
    seats = _typed(document, "seats", int)
    if seats < 0:
        raise IllegalCase("seats", f"expected a whole number, not negative; got {seats}")
    options = _options(_typed(document, "candidates", list))
    return Case(
        method=document["method"],
        seats=seats,
        options=options,
        rules=validate_rules(document["method"], kept),
        ballots=_ballots(_typed(document, "ballots", list), {*options, OVERVOTE}),
        expected=document.get("expected", {}),
        open=left_open,
        name=str(document.get("name", "")),
    )


def is_open(value: object) -> bool:
    """Whether a rule value says that the source leaves the rule open."""
    return isinstance(value, str) and (value in OPEN_WORDS or any(phrase in value for phrase in OPEN_PHRASES))


def _word(value: object, legal: tuple[str, ...]) -> object:
    """The legal word a text begins with, if a space and a remark follow; else the value as it is."""
    word = value.partition(" ")[0] if isinstance(value, str) else ""
    return word if word in legal else value


def _typed(document: Mapping[str, Any], member: str, kind: type) -> Any:
    """The member, if it is of its type."""
    value = document[member]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise IllegalCase(member, f"expected {kind.__name__}; got {type(value).__name__}")
    return value


def _options(names: list[Any]) -> tuple[str, ...]:
    """The options, each once."""
    if not names:
        raise IllegalCase("candidates", "expected at least one; got none")
    for place, name in enumerate(names):
        if not isinstance(name, str):
            raise IllegalCase(f"candidates/{place}", f"expected a name; got {name!r}")
        if name in names[:place]:
            raise IllegalCase(f"candidates/{place}", f"expected each option once; got {name!r} again")
    return tuple(names)


def _ballots(entries: list[Any], known: set[str]) -> dict[Ranking, int]:
    """The ballots, equal rankings added up. `known` are the options and the word for an overvote."""
    ballots: dict[Ranking, int] = {}
    for place, entry in enumerate(entries):
        where = f"ballots/{place}"
        if not isinstance(entry, Mapping) or set(entry) != {"count", "ranking"}:
            raise IllegalCase(where, "expected an object with count and ranking")
        number, ranks = entry["count"], entry["ranking"]
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise IllegalCase(f"{where}/count", f"expected a whole number, not negative; got {number!r}")
        if not isinstance(ranks, list) or not all(
            isinstance(rank, list) and all(isinstance(option, str) for option in rank) for rank in ranks
        ):
            raise IllegalCase(f"{where}/ranking", "expected a list of ranks, each a list of option ids")
        for number_of, rank in enumerate(ranks):
            if not known.issuperset(rank):
                place_of = next(at for at, option in enumerate(rank) if option not in known)
                raise IllegalCase(f"{where}/ranking/{number_of}/{place_of}", f"no option {rank[place_of]!r} stands")
        ranking = tuple(tuple(rank) for rank in ranks)
        ballots[ranking] = ballots.get(ranking, 0) + number
    return ballots
