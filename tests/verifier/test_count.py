"""The verifier counts as the service does, though they share no code: the published cases, and polls at random."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.verifier import verify
from tests.conftest import shared_folder
from tests.verifier.polls import NAMES, Box, boxes, rules_of, strict_boxes
from voting.core.count import METHODS, CountError, Ranking, case_from_json, count, tally_to_json
from voting.core.count import rules as rule_values
from voting.core.count.formats.case_form import plain

FOLDER = Path(os.environ.get("YISHI_CONFORMANCE", shared_folder() / "conformance")) / "counting" / "cases"
CASES = sorted(FOLDER.glob("*.json"))


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_null(member) for name, member in value.items() if member is not None}
    return [without_null(member) for member in value] if isinstance(value, list) else value


def ours(method: str, options: tuple[str, ...], box: Box, seats: int, rules: Any) -> Any:
    try:
        return verify.count(method, options, box, seats, rules)
    except verify.Uncountable:
        return "refused"


def theirs(method: str, options: tuple[str, ...], box: Box, seats: int, rules: Any) -> Any:
    try:
        return without_null(tally_to_json(count(method, options, box, seats, rules)))
    except CountError:
        return "refused"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_published_case_is_counted_by_both_alike(path: Path) -> None:
    case = case_from_json(json.loads(path.read_bytes()))
    rules = {name: plain(value) for name, value in rule_values.given(case.rules).items()}
    box: dict[Ranking, int] = {ranking: number for ranking, number in case.ballots.items() if number}
    assert ours(case.method, case.options, box, case.seats, rules) == theirs(
        case.method, case.options, box, case.seats, case.rules
    )


@pytest.mark.parametrize("method", METHODS)
def test_polls_at_random_are_counted_by_both_alike(method: str) -> None:
    @settings(
        max_examples=int(os.environ.get("YISHI_POLLS", "20")),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(box=st.one_of(boxes, strict_boxes), rules=rules_of(method), seats=st.integers(0, 4))
    def alike(box: Box, rules: Any, seats: int) -> None:
        assert ours(method, NAMES, box, seats, rules) == theirs(method, NAMES, box, seats, rules)

    alike()
