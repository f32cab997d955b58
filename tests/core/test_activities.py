"""What is pure about activities and their minutes: the machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from voting.core.activities import ACTIVITY, MINUTES, ActivityFacts, MinutesFacts
from voting.core.lifecycle import obstacle

NOW = datetime(2026, 3, 1, 11, tzinfo=UTC)


def test_every_state_is_reached_and_two_are_the_end() -> None:
    leaving = {state for (state, _), move in ACTIVITY.table.items() if move.to != state}
    reached = {ACTIVITY.initial} | {move.to for move in ACTIVITY.table.values()}
    assert reached == ACTIVITY.states
    assert ACTIVITY.states - leaving == {"closed", "cancelled"}
    assert ACTIVITY.commands == set(ACTIVITY.offered)


def test_every_guard_stands_somewhere_and_is_known() -> None:
    assert {guard for move in ACTIVITY.table.values() for guard in move.guards} == set(ACTIVITY.guards)


def test_only_a_cancellation_needs_a_reason() -> None:
    assert {command for (_, command), move in ACTIVITY.table.items() if move.needs_reason} == {"cancel"}


def test_nothing_took_place_before_it_began() -> None:
    early = ActivityFacts(NOW - timedelta(microseconds=1), NOW)
    assert obstacle(ACTIVITY, "announced", "hold", early) == "activity_not_begun"
    assert obstacle(ACTIVITY, "announced", "hold", ActivityFacts(NOW, NOW)) is None
    assert obstacle(ACTIVITY, "held", "cancel", early) == "wrong_state"


def test_an_activity_has_one_set_of_minutes_and_is_not_closed_over_a_draft() -> None:
    assert obstacle(ACTIVITY, "held", "draft_minutes", ActivityFacts()) is None
    assert obstacle(ACTIVITY, "held", "draft_minutes", ActivityFacts(minutes="draft")) == "minutes_exist"
    assert obstacle(ACTIVITY, "held", "close", ActivityFacts(minutes="draft")) == "minutes_unpublished"
    assert obstacle(ACTIVITY, "held", "close", ActivityFacts(minutes="published")) is None
    assert obstacle(ACTIVITY, "held", "close", ActivityFacts()) is None


def test_what_is_published_is_corrected_with_a_reason_and_never_edited() -> None:
    assert MINUTES.commands == set(MINUTES.offered)
    assert {command for (_, command), move in MINUTES.table.items() if move.needs_reason} == {"correct"}
    assert obstacle(MINUTES, "published", "edit", MinutesFacts()) == "wrong_state"
    assert obstacle(MINUTES, "draft", "publish", MinutesFacts(is_erased=True)) == "text_erased_already"
