"""The schemas are valid themselves, take nothing they do not name, and fit what the service writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.conftest import shared_folder
from tests.core.evidence.test_events import EXAMPLES
from voting.contests import counting
from voting.core.count import case_from_json, tally_to_json
from voting.core.evidence import bundle, bundle_schemas, canonical, events
from voting.core.evidence.bundle_schemas import SCHEMAS
from voting.core.evidence.events import Event, Opened

CASES = sorted((shared_folder() / "conformance/counting/cases").glob("*.json"))
HASH, ID = "0" * 64, "con_1"


def fits(name: str, value: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(SCHEMAS[name]).is_valid(value)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object within a schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_of_draft_2020_12(name: str) -> None:
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert jsonschema_rs.meta.is_valid(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_object_takes_only_what_it_names(name: str) -> None:
    """Members by option or locale have a schema of their own instead; rule values are those of the method."""
    loose = [
        found
        for found in objects({key: value for key, value in SCHEMAS[name].items() if key != "rules"})
        if found.get("additionalProperties") is not False
        and "propertyNames" not in found
        and found != {"type": "object"}
    ]
    assert loose == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_one_spelling(name: str) -> None:
    assert canonical.parse(canonical.encode(SCHEMAS[name])) == SCHEMAS[name]


def test_every_file_of_ours_has_a_schema() -> None:
    assert set(bundle_schemas.FILES.values()) | {"cvr-line.json", "event.json"} == set(SCHEMAS)
    assert [member.path for member in bundle_schemas.members()] == [f"schema/{name}" for name in sorted(SCHEMAS)]


def test_the_result_of_every_published_case_fits() -> None:
    checker = jsonschema_rs.Draft202012Validator(SCHEMAS["result.json"])
    wrong, seen = [], set()
    for path in CASES:
        case = case_from_json(json.loads(path.read_bytes()))
        if sum(case.ballots.values()) > 2000:
            continue
        names = {name: f"opt_{place}" for place, name in enumerate(case.options)}
        result = renamed(counting.without_null(tally_to_json(case.count())), names)
        turnout = {"electors": 9, "cast": 9, "floor": "1/2", "floor_met": True}
        wrong += [
            (path.name, error.message) for error in checker.iter_errors({"contest": ID, "turnout": turnout, **result})
        ]
        seen.add(case.method)
    assert wrong == []
    assert len(seen) > 15 or not CASES


def renamed(value: Any, names: dict[str, str]) -> Any:
    """The document with option names replaced, wherever they stand."""
    if isinstance(value, dict):
        return {names.get(member, member): renamed(inner, names) for member, inner in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_a_privacy_report_fits_and_says_what_was_counted() -> None:
    told = bundle.privacy("patterns", "public", 12, (4, 1, 1, 2))
    assert (told["ballots"], told["patterns"], told["unique_patterns"]) == (8, 4, 2)
    assert fits("privacy.json", told)


@pytest.mark.parametrize(
    ("mode", "tier", "box", "patterns"),
    [
        ("full", "public", True, True),
        ("patterns", "public", False, True),
        ("restricted", "public", False, False),
        ("full", "auditor", True, True),
        ("patterns", "auditor", True, True),
        ("restricted", "auditor", True, True),
    ],
)
def test_a_bundle_shows_what_its_mode_and_tier_allow(mode: str, tier: bundle.Tier, box: bool, patterns: bool) -> None:
    assert bundle.shows(mode, tier) == (box, patterns)


@pytest.mark.parametrize("event", EXAMPLES, ids=events.type_of)
def test_an_event_fits_and_one_member_more_or_less_does_not(event: Event) -> None:
    whole = json.loads(events.encode(event))
    assert fits("event.json", whole)
    assert fits("contest.json", whole) is isinstance(event, Opened)
    assert not fits("event.json", whole | {"more": 1})
    assert not fits("event.json", {name: value for name, value in whole.items() if name != "at"})


@pytest.mark.parametrize("line", [{"ranking": [["a"]], "seq": 1.5, "slot": HASH}, {"ranking": [], "slot": HASH}, {}])
def test_a_line_that_no_box_has_does_not_fit(line: Any) -> None:
    assert not fits("cvr-line.json", line)
