"""Any walk through an activity, its minutes and one action item, over HTTP and on both databases.

A legal move succeeds and leaves exactly one event; an illegal one is 409 and leaves none; a dry run answers the same and leaves
nothing; what `allowed_actions` offers is what is taken. What is legal is said here once more, in the words of the domain.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col, func, select

from tests.programme.conftest import REASON, Hall
from voting.log.tables import Event
from voting.store import reader

FEW = settings(max_examples=5, stateful_step_count=14, suppress_health_check=list(HealthCheck), print_blob=True)
MANY = settings(FEW, max_examples=80, stateful_step_count=30)
MOVES = (
    *(("activity", one) for one in ("edit", "hold", "cancel", "draft_minutes", "add_action_item", "close")),
    *(("minutes", one) for one in ("edit", "publish", "correct")),
    *(("item", one) for one in ("edit", "complete", "drop", "reopen")),
)
_NUMBERS = count(1)


def walk_of(hall: Hall) -> type[RuleBasedStateMachine]:
    """The machine that walks through this service."""

    class Walk(RuleBasedStateMachine):
        @initialize()
        def announce(self) -> None:
            self.ids = {"activity": hall.activity()}
            self.states = {"activity": "announced"}
            self.events = 1

        def path(self, thing: str) -> str:
            places = {"activity": "activities", "minutes": "minutes", "item": "action-items"}
            return f"/{places[thing]}/{self.ids[thing]}"

        def legal(self, thing: str, command: str) -> bool:
            """Whether the domain lets an officer make the move now. The activity began two hours ago."""
            state, about = self.states[thing], self.states["activity"]
            if thing == "activity":
                if command in ("edit", "hold", "cancel"):
                    return state == "announced"
                if command == "draft_minutes":
                    return state == "held" and "minutes" not in self.states
                if command == "add_action_item":
                    return state == "held"
                return state == "held" and self.states.get("minutes") != "draft" and self.states.get("item") != "open"
            if thing == "minutes":
                return state == ("published" if command == "correct" else "draft")
            return (state != "open" and about != "closed") if command == "reopen" else state == "open"

        def call(self, thing: str, command: str, query: str) -> Any:
            path, fresh = self.path(thing), f"{next(_NUMBERS)}"
            if command in ("edit", "correct"):
                bodies = {
                    "activity": {"place": fresh},
                    "minutes": {"body": {"en": fresh}} | (REASON if command == "correct" else {}),
                    "item": {"due_on": f"2026-04-{int(fresh) % 28 + 1:02}"},
                }
                return hall.sun.ask("PATCH", path + query, bodies[thing], **{"If-Match": "*"})
            if command == "draft_minutes":
                return hall.sun.ask("POST", f"{path}/minutes{query}", {"body": {"en": fresh}})
            if command == "add_action_item":
                body = {"text": fresh, "due_on": "2026-03-31", "responsible_role": "teller"}
                return hall.sun.ask("POST", f"{path}/action-items{query}", body)
            body = REASON if command in ("cancel", "drop", "reopen") else {}
            return hall.sun.ask("POST", f"{path}/{command}{query}", body)

        @rule(chosen=st.sampled_from(MOVES))
        def move(self, chosen: tuple[str, str]) -> None:
            """Try a move: first dry, then in earnest."""
            thing, command = chosen
            if thing not in self.ids or (command == "add_action_item" and "item" in self.ids):
                return
            # A PATCH is the one of both that the state of minutes makes it.
            if thing == "minutes" and command in ("edit", "correct") and not self.legal(thing, command):
                return
            legal = self.legal(thing, command)
            offered = {one["action"]: one["allowed"] for one in hall.sun.get(self.path(thing))["allowed_actions"]}
            assert offered[command] is legal, (chosen, self.states)
            for query in ("?dry_run=true", ""):
                answer = self.call(thing, command, query)
                creates = command in ("draft_minutes", "add_action_item")
                assert answer.status_code == ((201 if creates else 200) if legal else 409), (chosen, answer.text)
                if legal and not query:
                    self.events += 1
                    self.took(thing, command, answer.json())
                assert self.recorded() == self.events, (chosen, query)

        def took(self, thing: str, command: str, told: Any) -> None:
            made = {"draft_minutes": "minutes", "add_action_item": "item"}
            if command in made:
                self.ids[made[command]] = told["id"]
                self.states[made[command]] = "draft" if command == "draft_minutes" else "open"
                return
            to = {"hold": "held", "cancel": "cancelled", "close": "closed", "publish": "published"}
            to |= {"complete": "done", "drop": "dropped", "reopen": "open"}
            self.states[thing] = to.get(command, self.states[thing])

        def recorded(self) -> int:
            with reader(hall.service.engine) as session:
                found = select(func.count()).select_from(Event).where(col(Event.subject_id).in_(self.ids.values()))
                return session.exec(found).one()

        @invariant()
        def stands_where_it_should(self) -> None:
            for thing, state in self.states.items():
                assert hall.sun.get(self.path(thing))["state"] == state
            if self.states.get("minutes") == "draft":
                assert hall.wang.refused(self.path("minutes"), method="GET")[0] == 404

    return Walk


def test_any_walk_leaves_one_event_for_each_legal_move_and_none_for_any_other(hall: Hall) -> None:
    run_state_machine_as_test(walk_of(hall), settings=FEW)


@pytest.mark.prove
def test_many_walks_leave_one_event_for_each_legal_move_and_none_for_any_other(hall: Hall) -> None:
    run_state_machine_as_test(walk_of(hall), settings=MANY)


WAY = (
    *(("activity", "close"), ("activity", "edit"), ("activity", "hold"), ("activity", "cancel")),
    *(("activity", "draft_minutes"), ("activity", "draft_minutes"), ("minutes", "edit"), ("activity", "close")),
    *(("minutes", "publish"), ("minutes", "correct"), ("activity", "add_action_item"), ("activity", "close")),
    *(("item", "edit"), ("item", "complete"), ("item", "reopen"), ("item", "drop"), ("item", "complete")),
    *(("activity", "close"), ("item", "reopen"), ("minutes", "correct"), ("activity", "edit")),
)


def test_the_longest_way_ends_with_a_correction_of_what_is_closed(hall: Hall) -> None:
    walk: Any = walk_of(hall)()
    walk.announce()
    for step in WAY:
        walk.move(step)
        walk.stands_where_it_should()
    assert walk.states == {"activity": "closed", "minutes": "published", "item": "dropped"}
