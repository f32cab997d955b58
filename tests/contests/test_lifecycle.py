"""The machines of contests and rolls: what leads where, what stands in the way, and what a refusal says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import lifecycle
from voting.core.contests import CONTEST, ContestFacts
from voting.core.lifecycle import Machine
from voting.core.rolls import ROLL, RollFacts
from voting.errors import IllegalMove, Invalid

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
READY = ContestFacts(now=NOW, opens_at=NOW, closes_at=NOW + DAY, roll_state="sealed", noticed_at=NOW, electors=3)

MACHINES: list[tuple[Machine[Any], Any]] = [(CONTEST, READY), (ROLL, RollFacts(electors=5))]
days = st.integers(min_value=-3, max_value=3).map(lambda n: n * DAY)
facts_of_contests = st.builds(
    ContestFacts,
    now=st.just(NOW),
    opens_at=days.map(lambda d: NOW + d),
    closes_at=days.map(lambda d: NOW + d),
    roll_state=st.sampled_from(["draft", "sealed"]),
    noticed_at=st.none() | days.map(lambda d: NOW + d),
    notice_days=st.integers(0, 3),
    extension_max_days=st.integers(0, 3),
    provisional_at=st.none() | days.map(lambda d: NOW + d),
    objection_days=st.integers(0, 3),
    electors=st.integers(0, 2),
    cast=st.integers(0, 2),
    revoting=st.booleans(),
)


@pytest.mark.parametrize(("machine", "_facts"), MACHINES)
def test_every_guard_named_in_a_table_exists_and_is_used(machine: Machine[Any], _facts: Any) -> None:
    assert {name for move in machine.table.values() for name in move.guards} == set(machine.guards)


@pytest.mark.parametrize(("machine", "_facts"), MACHINES)
def test_every_offered_command_stands_in_the_table(machine: Machine[Any], _facts: Any) -> None:
    assert set(machine.offered) <= machine.commands


@pytest.mark.parametrize(("machine", "_facts"), MACHINES)
def test_every_state_is_reached_from_the_first(machine: Machine[Any], _facts: Any) -> None:
    reached, frontier = {machine.initial}, {machine.initial}
    while frontier:
        frontier = {move.to for (state, _), move in machine.table.items() if state in frontier} - reached
        reached |= frontier
    assert reached == machine.states


@given(state=st.sampled_from(sorted(CONTEST.states)), command=st.sampled_from(CONTEST.offered), facts=facts_of_contests)
def test_a_contest_moves_exactly_when_the_survey_allows_it(state: str, command: str, facts: ContestFacts) -> None:
    found = lifecycle.survey(CONTEST, state, facts)
    assert set(found.allowed) | set(found.blocked) == set(CONTEST.offered)
    if command in found.allowed:
        assert lifecycle.move(CONTEST, state, command, facts, "why") == CONTEST.table[state, command].to
        return
    with pytest.raises(IllegalMove) as refused:
        lifecycle.move(CONTEST, state, command, facts, "why")
    assert refused.value.allowed == found.allowed
    assert refused.value.blocked == found.blocked
    assert command in refused.value.blocked


@given(facts=facts_of_contests)
def test_a_certified_contest_is_only_added_to(facts: ContestFacts) -> None:
    assert set(lifecycle.survey(CONTEST, "certified", facts).allowed) <= {"correct", "annul"}


def test_a_contest_goes_from_draft_to_certified() -> None:
    over = replace(READY, now=NOW + DAY, provisional_at=NOW)
    path = [("notice", READY), ("open", READY), ("close", over), ("count", over), ("publish", over), ("certify", over)]
    state, seen = CONTEST.initial, []
    for command, facts in path:
        state = lifecycle.move(CONTEST, state, command, facts)
        seen.append(state)
    assert seen == ["noticed", "open", "closed", "counted", "provisional", "certified"]


@pytest.mark.parametrize(
    ("state", "command", "change", "code"),
    [
        ("noticed", "open", {"roll_state": "corrected"}, "roll_not_sealed"),
        ("noticed", "open", {"notice_days": 1}, "notice_period_running"),
        ("noticed", "open", {"opens_at": NOW + DAY}, "before_opens_at"),
        ("noticed", "open", {"closes_at": NOW}, "window_is_over"),
        ("open", "close", {}, "window_still_open"),
        ("open", "close", {"cast": 3, "revoting": True}, "window_still_open"),
        ("open", "extend", {}, "extension_not_allowed"),
        ("open", "extend", {"extension_max_days": 2, "closes_at": NOW}, "window_is_over"),
        ("provisional", "certify", {"provisional_at": NOW, "objection_days": 5}, "objection_period_running"),
        ("open", "count", {}, "illegal_move"),
    ],
)
def test_a_guard_names_its_reason(state: str, command: str, change: dict[str, Any], code: str) -> None:
    with pytest.raises(IllegalMove) as refused:
        lifecycle.move(CONTEST, state, command, replace(READY, **change), "why")
    assert refused.value.code == code


def test_a_contest_in_which_everybody_has_cast_may_close_early() -> None:
    assert lifecycle.move(CONTEST, "open", "close", replace(READY, cast=3)) == "closed"


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_annulling_without_a_reason_is_refused(reason: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        lifecycle.move(CONTEST, "open", "annul", READY, reason)
    assert refused.value.faults[0].pointer == "/reason"


def test_an_empty_roll_is_not_displayed() -> None:
    with pytest.raises(IllegalMove, match="roll_is_empty"):
        lifecycle.move(ROLL, "compiled", "display", RollFacts(electors=0))


def test_a_roll_with_an_undecided_objection_is_not_sealed() -> None:
    with pytest.raises(IllegalMove, match="objections_undecided"):
        lifecycle.move(ROLL, "objections_closed", "seal", RollFacts(electors=5, undecided=1))
