"""A result as it came over HTTP, laid beside the count of the same ballots from the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voting.core.count import Case, difference, tally_to_json


def disagreement(case: Case, result: Mapping[str, Any], names: Mapping[str, str]) -> str | None:
    """The first difference between a received result and what the case expects; None if there is none.

    `names` maps the service's option ids to the case's names. The result must be, member by member, what the file's own
    count gives, and that must be what the case expects.
    """
    tally = case.count()
    counted = tally_to_json(tally)
    received = renamed({member: result.get(member) for member in counted}, names)
    return first_mismatch(_settled(counted), _settled(received), "result") or difference(case, tally)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The document with every option id, as a member name or as a value, replaced by the option's name."""
    if isinstance(value, Mapping):
        return {names.get(member, member): renamed(inner, names) for member, inner in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def first_mismatch(expected: Any, got: Any, place: str) -> str | None:
    """Where two documents first differ, and how."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for member in [*expected, *(name for name in got if name not in expected)]:
            found = first_mismatch(expected.get(member), got.get(member), f"{place}.{member}")
            if found is not None:
                return found
        return None
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        mismatches = (first_mismatch(one, other, f"{place}[{n}]") for n, (one, other) in pairs)
        return next((mismatch for mismatch in mismatches if mismatch is not None), None)
    return None if expected == got else f"{place}: expected {expected!r}; got {got!r}"


def _settled(value: Any) -> Any:
    """Lists of names in one order (the service sorts by id, the file by name) and members without value absent."""
    if isinstance(value, Mapping):
        return {member: _settled(inner) for member, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, str) for item in value) else [_settled(item) for item in value]
    return value
