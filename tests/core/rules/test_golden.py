"""The published cases pass as published: passed or not, and every test with both numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import shared_folder
from voting.core import rules

PUBLISHED = shared_folder() / "rules" / "golden.json"
CASES: list[dict[str, Any]] = json.loads(PUBLISHED.read_text(encoding="utf-8")) if PUBLISHED.is_file() else []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_published_case_is_decided_as_published(case: dict[str, Any]) -> None:
    answer = rules.evaluation_to_json(rules.evaluate(case["profile"], {"roll": case["roll"], "votes": case["votes"]}))
    tests = [{name: value for name, value in test.items() if name != "text"} for test in answer["tests"]]
    assert (answer["passed"], tests) == (case["expect"], case["tests"])


def test_703_of_1291_fail_strictly_and_pass_folded() -> None:
    counts = {"roll": 1291, "votes": {"for": 417, "against": 278, "abstain": 8, "silent": 584}}
    found = rules.evaluate("cn.civil-code-278.ordinary.follow-majority", counts)
    assert (found.strict, found.folded) == (False, True)
    assert (found.strict_tests[1].have, found.tests[1].have) == (703, 1287)
