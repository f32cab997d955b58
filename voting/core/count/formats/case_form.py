"""The case form: method, seats, candidates, rules and ballots in one JSON object. `case.py` says what it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from voting.core.count import rules as rule_values
from voting.core.count.case import Case, case_from_json
from voting.core.count.errors import CountError, IllegalCase, IllegalRule, UnknownMethod, UnknownRule
from voting.core.count.formats import json_text
from voting.core.count.numbers import written
from voting.core.count.poll import strangers
from voting.core.count.resolutions import Resolution

FORM = "case"


def read(text: str) -> Case:
    """Read a case. Raises `IllegalFile` with line and column of the member that is wrong."""
    document = json_text.parse(FORM, text, float)
    try:
        case = case_from_json(document)
    except IllegalCase as fault:
        raise json_text.at(FORM, text, pointer_of(fault.where, document), fault.reason) from fault
    except UnknownRule as fault:
        raise json_text.at(FORM, text, ("rules", fault.member), str(fault)) from fault
    except IllegalRule as fault:
        raise json_text.at(FORM, text, ("rules", fault.member, *fault.at), str(fault)) from fault
    except UnknownMethod as fault:
        raise json_text.at(FORM, text, ("method",), str(fault)) from fault
    except CountError as fault:
        raise json_text.at(FORM, text, (), str(fault)) from fault
    for stranger in strangers(case.rules, set(case.options)):
        raise json_text.at(FORM, text, ("rules", stranger.member, *stranger.at), str(stranger))
    return case


def write(case: Case) -> str:
    """Write a case, without what somebody else found (`expected`)."""
    document = {
        "name": case.name,
        "method": case.method,
        "seats": case.seats,
        "candidates": list(case.options),
        "rules": {name: plain(value) for name, value in rule_values.given(case.rules).items()},
        "ballots": [
            {"count": count, "ranking": [list(rank) for rank in ranking]} for ranking, count in case.ballots.items()
        ],
    }
    return json_text.dump(document) + "\n"


def pointer_of(where: str, document: object) -> tuple[str | int, ...]:
    """The place a refusal names, as steps; empty if it is the case itself."""
    steps = tuple(int(step) if step.isdigit() else step for step in where.split("/"))
    return steps if isinstance(document, Mapping) and steps != ("case",) else ()


def plain(value: Any) -> Any:
    """A rule value as JSON carries it."""
    if isinstance(value, Fraction):
        return str(written(value))
    if isinstance(value, Resolution):
        lot = {
            "round": value.round,
            "tied": sorted(value.tied),
            "selected": value.selected,
            "selecting": value.selecting,
        }
        return {**lot, "how": value.how, **({} if value.passing is None else {"pass": value.passing})}
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value
