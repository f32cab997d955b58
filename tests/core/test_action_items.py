"""What is pure about action items: the machine."""

from __future__ import annotations

from voting.core.action_items import ACTION_ITEM, ItemFacts
from voting.core.activities import ACTIVITY, ActivityFacts
from voting.core.lifecycle import obstacle


def test_every_guard_stands_somewhere_and_every_command_is_offered() -> None:
    assert {guard for move in ACTION_ITEM.table.values() for guard in move.guards} == set(ACTION_ITEM.guards)
    assert ACTION_ITEM.commands == set(ACTION_ITEM.offered)
    assert {command for (_, command), move in ACTION_ITEM.table.items() if move.needs_reason} == {"drop", "reopen"}


def test_it_is_done_when_those_concerned_say_so() -> None:
    assert obstacle(ACTION_ITEM, "open", "complete", ItemFacts()) == "responsible_only"
    assert obstacle(ACTION_ITEM, "open", "complete", ItemFacts(is_responsible=True)) is None
    assert obstacle(ACTION_ITEM, "open", "complete", ItemFacts(organises=True)) is None


def test_nothing_is_left_open_under_a_closed_activity() -> None:
    assert obstacle(ACTIVITY, "held", "close", ActivityFacts(open_items=1)) == "action_items_open"
    assert obstacle(ACTION_ITEM, "done", "reopen", ItemFacts(activity="closed")) == "activity_closed"
    assert obstacle(ACTION_ITEM, "dropped", "reopen", ItemFacts()) is None
