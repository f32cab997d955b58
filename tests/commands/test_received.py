"""What a replay takes for agreement, and what it takes for a difference."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from voting.commands.received import disagreement, renamed
from voting.core.count import case_from_json, tally_to_json

IDS = {"甲": "opt_3", "乙": "opt_1", "丙": "opt_2"}
NAMES = {identifier: name for name, identifier in IDS.items()}
DOCUMENT: dict[str, Any] = {
    "method": "irv",
    "seats": 1,
    "candidates": ["甲", "乙", "丙"],
    "rules": {},
    "ballots": [
        {"count": 4, "ranking": [["甲"]]},
        {"count": 3, "ranking": [["乙"]]},
        {"count": 2, "ranking": [["丙"], ["乙"]]},
    ],
    "expected": {"winners": ["乙"], "rounds": []},
}


def received(**changes: Any) -> Any:
    """What a service with other ids would answer."""
    return json.loads(json.dumps(renamed(tally_to_json(case_from_json(DOCUMENT).count()), IDS))) | changes


def test_a_result_under_other_ids_agrees() -> None:
    assert disagreement(case_from_json(DOCUMENT), received(), NAMES) is None


def test_members_that_only_the_service_has_are_no_difference() -> None:
    assert disagreement(case_from_json(DOCUMENT), received(contest="con_1", turnout={"cast": 9}), NAMES) is None


def _one_vote_more(result: Any) -> None:
    result["rounds"][1]["tallies"]["opt_1"] += 1


def _round_dropped(result: Any) -> None:
    result["rounds"].pop()


def _winner_swapped(result: Any) -> None:
    result["winners"] = ["opt_3"]


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (_one_vote_more, "rounds[1].tallies.乙: expected 5; got 6"),
        (_round_dropped, "result.rounds"),
        (_winner_swapped, "winners"),
    ],
)
def test_a_damaged_result_is_named_where_it_differs(damage: Callable[[Any], None], place: str) -> None:
    result = received()
    damage(result)
    assert place in (disagreement(case_from_json(DOCUMENT), result, NAMES) or "")


def test_a_result_that_the_case_does_not_expect_is_a_difference() -> None:
    case = case_from_json({**DOCUMENT, "expected": {"winners": ["甲"]}})
    assert disagreement(case, received(), NAMES) == "winners: expected ['甲']; got ['乙']"
