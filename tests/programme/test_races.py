"""Two at once, on two connections: an activity has one set of minutes, and nothing is left open under a closed one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.access import world
from tests.access.moment import NOW
from tests.programme.settled import settle_programme
from voting.core.authority import Grant, Principal
from voting.errors import YishiError
from voting.programme import action_items, activities, minutes
from voting.programme.action_items import Draft
from voting.programme.tables import ActionItem, Activity, Minutes
from voting.store import reader, transact

OFFICER = Principal("person", "per_1", "com_1", (Grant("committee_officer", "community", "com_1"),))
TIMES = 4


@pytest.fixture
def held(engine: Engine) -> Engine:
    """An activity that took place (atv_held), and one with an item that is done (atv_published)."""

    def work(session: Session) -> None:
        world.settle(session)
        settle_programme(session)
        session.get_one(ActionItem, "aci_open").state = "dropped"

    transact(engine, work)
    return engine


def at_once(engine: Engine, *works: Callable[[Session], Any]) -> list[Any]:
    """What each was answered: its value or the refusal."""
    start = Barrier(len(works))

    def one(work: Callable[[Session], Any]) -> Any:
        start.wait(10)
        try:
            return transact(engine, work)
        except YishiError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_of_those_who_begin_minutes_at_once_one_does(held: Engine) -> None:
    def begin(session: Session) -> str:
        return minutes.draft(session, OFFICER, "atv_held", {"en": "x"}, now=NOW).minutes.id

    answers = at_once(held, *[begin] * TIMES)
    refused = [one for one in answers if isinstance(one, YishiError)]
    assert [error.code for error in refused] == ["minutes_exist"] * (TIMES - 1)
    with reader(held) as session:
        assert len(session.exec(select(Minutes).where(Minutes.activity_id == "atv_held")).all()) == 1


@pytest.mark.parametrize("other", ["reopen", "add"])
def test_nothing_is_left_open_under_an_activity_that_is_closed_meanwhile(held: Engine, other: str) -> None:
    def close(session: Session) -> None:
        activities.give(session, OFFICER, "atv_published", "close", now=NOW)

    def leave_open(session: Session) -> None:
        if other == "reopen":
            action_items.give(session, OFFICER, "aci_done", "reopen", reason="r", now=NOW)
        else:
            draft = Draft("t", date(2026, 4, 1), responsible_role="teller")
            action_items.create(session, OFFICER, "atv_published", draft, now=NOW)

    (refused,) = [one for one in at_once(held, close, leave_open) if isinstance(one, YishiError)]
    assert refused.code in ("action_items_open", "activity_closed", "illegal_move")
    with reader(held) as session:
        states = session.exec(select(ActionItem.state).where(ActionItem.activity_id == "atv_published")).all()
        closed = session.get_one(Activity, "atv_published").state == "closed"
        assert closed is ("open" not in states)
