"""Any walk through the machines of a roll and its objections, on both databases.

A legal command succeeds and leaves exactly one event; an illegal one is refused and leaves none; after the seal the entries
are those of the seal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from tests.roll.test_objections import OTHER_OFFICER
from voting.core.authority import Principal
from voting.errors import Forbidden, IllegalMove
from voting.log.tables import Event
from voting.roll import entries, objections, service
from voting.roll.service import Scope
from voting.roll.tables import Roll, RollObjection
from voting.roll.terms import RollTerms
from voting.store import writer

ROLL_COMMANDS = ("compile", "display", "file", "close_objections", "correct", "seal", "supersede")
OBJECTION_COMMANDS = ("withdraw", "uphold", "dismiss", "appeal")
WHO = {"officer": OFFICER, "other": OTHER_OFFICER, "resident": RESIDENT}
TERMS = RollTerms(display_days=2, objection_days=1)
ONWARD = {
    "draft": "compile",
    "compiled": "display",
    "displayed": "close_objections",
    "objections_closed": "seal",
    "corrected": "seal",
    "sealed": "supersede",
}
"""State → what leads on from it. A walk gives that as often as anything else, so that it comes far."""
COMMANDS = st.one_of(st.sampled_from(ROLL_COMMANDS + OBJECTION_COMMANDS), st.just("onward"))
STEP = st.tuples(COMMANDS, st.sampled_from(sorted(WHO)), st.integers(0, 3))
WALKS = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Walk:
    """A roll, the objections to it, and the community's time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.days = 0
        view = service.create(
            session, OFFICER, "com_1", name="全体", basis="person", scope=Scope("community"), now=NOW, terms=TERMS
        )
        self.roll_id = view.roll.id
        self.sealed: bytes | None = None

    def give(self, command: str, who: Principal, days: int) -> bool:
        """Let days pass and give a command; whether it was taken."""
        self.days += days
        if command == "onward":
            command = ONWARD.get(self.session.get_one(Roll, self.roll_id).state, "seal")
        before, promised = self._events(), self._promised(command, who)
        try:
            with self.session.begin_nested():
                self._act(command, who)
            taken = True
        except IllegalMove:
            taken = False
        assert self._events() == before + taken
        assert promised in (None, taken)
        return taken

    def _promised(self, command: str, who: Principal) -> bool | None:
        """Whether `allowed_actions` offer the command; nothing where the caller does not read the objection."""
        now = NOW + timedelta(days=self.days)
        if command in OBJECTION_COMMANDS:
            found = self._objection()
            if found is None:
                return False
            try:
                shown = objections.get(self.session, self._actor(command, who), found, now=now)
            except Forbidden:
                return None
            return {action.action: action.allowed for action in shown.actions}[command]
        caller = who if command == "file" else OFFICER
        offered = {
            action.action: action.allowed for action in service.get(self.session, caller, self.roll_id, now=now).actions
        }
        return offered["object" if command == "file" else command]

    def _objection(self) -> str | None:
        """The newest objection."""
        newest = select(RollObjection.id).where(RollObjection.roll_id == self.roll_id)
        return self.session.exec(newest.order_by(RollObjection.id.desc())).first()  # type: ignore[attr-defined]  # a column

    @staticmethod
    def _actor(command: str, who: Principal) -> Principal:
        return OTHER_OFFICER if command in ("uphold", "dismiss") and who is RESIDENT else who

    def _act(self, command: str, who: Principal) -> None:
        now = NOW + timedelta(days=self.days)
        session, roll_id = self.session, self.roll_id
        if command in OBJECTION_COMMANDS:
            found = self._objection()
            if found is None:
                raise IllegalMove("illegal_move")
            objections.decide(session, self._actor(command, who), found, command, reason="r", now=now)
        elif command == "file":
            objections.file(session, who, roll_id, kind="missing", statement="s", now=now)
        elif command == "correct":
            service.correct(session, OFFICER, roll_id, reason="r", add=["per_li"], now=now)
        else:
            acts: dict[str, Callable[..., service.RollView]] = {
                "compile": service.compile_entries,
                "display": service.display,
                "close_objections": service.close_objections,
                "seal": service.seal,
                "supersede": service.supersede,
            }
            acts[command](session, OFFICER, roll_id, now=now)

    def _events(self) -> int:
        return self.session.exec(select(func.count()).select_from(Event)).one()

    def check(self) -> None:
        """The seal is final, and a sealed roll has no open objection."""
        roll = self.session.get_one(Roll, self.roll_id)
        if roll.state not in service.FINAL:
            return
        assert entries.root(self.session, roll.id) == roll.root
        self.sealed = self.sealed or roll.root
        assert roll.root == self.sealed
        states = select(RollObjection.state).where(RollObjection.roll_id == roll.id)
        assert not {"filed", "appealed"} & set(self.session.exec(states))


@WALKS
@given(steps=st.lists(STEP, max_size=14))
def test_any_walk_leaves_one_event_for_each_move_and_a_final_seal(
    settled: Engine, steps: list[tuple[str, str, int]]
) -> None:
    with writer(settled) as session:
        walk = Walk(session)
        for command, who, days in steps:
            walk.give(command, WHO[who], days)
            walk.check()
        session.rollback()


@pytest.mark.parametrize("last", ROLL_COMMANDS + OBJECTION_COMMANDS)
def test_after_the_whole_way_only_the_end_of_the_roll_is_left(settled: Engine, last: str) -> None:
    way = [("compile", 0), ("display", 0), ("file", 0), ("close_objections", 3), ("dismiss", 0), ("appeal", 0)]
    way += [("uphold", 0), ("correct", 0), ("seal", 0)]
    who = {"file": RESIDENT, "appeal": RESIDENT, "uphold": OTHER_OFFICER}
    with writer(settled) as session:
        walk = Walk(session)
        assert [walk.give(command, who.get(command, OFFICER), days) for command, days in way] == [True] * len(way)
        assert walk.give(last, OFFICER, 0) is (last == "supersede")
        walk.check()
        session.rollback()
