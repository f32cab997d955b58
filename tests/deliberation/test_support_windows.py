"""Windows of support end with a day of the community, and what is over is found lapsed by the service, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlmodel import col, select

from tests.contests import processes
from tests.deliberation.conftest import settle
from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from voting.community.tables import Community
from voting.core.proposals import goes_on
from voting.deliberation import endorsements, lapsing, proposal_drafts, proposal_moves, proposal_queries
from voting.deliberation.endorsements import SupportRule
from voting.deliberation.lapsing import Lapser
from voting.deliberation.proposal_drafts import Draft
from voting.deliberation.proposal_tables import Proposal
from voting.log.tables import Event
from voting.store import Engine, Session, engine_for, reader, transact

TEXT = {"zh-CN": "一\n\n二"}
DAY = timedelta(days=1)

WINDOWS = [
    ("Asia/Shanghai", "2026-03-01T15:59:59", 1, "day", "2026-03-02", "2026-03-02T16:00:00"),
    ("Asia/Shanghai", "2026-03-01T16:00:00", 1, "day", "2026-03-03", "2026-03-03T16:00:00"),
    ("Asia/Shanghai", "2028-02-27T04:00:00", 2, "day", "2028-02-29", "2028-02-29T16:00:00"),
    ("Asia/Shanghai", "2027-02-28T04:00:00", 366, "day", "2028-02-29", "2028-02-29T16:00:00"),
    # Clocks go forward on 29 March, and back on 25 October.
    ("Europe/Berlin", "2026-03-27T12:00:00", 3, "day", "2026-03-30", "2026-03-30T22:00:00"),
    ("Europe/Berlin", "2026-03-27T12:00:00", 1, "day", "2026-03-28", "2026-03-28T23:00:00"),
    ("Europe/Berlin", "2026-10-23T12:00:00", 3, "day", "2026-10-26", "2026-10-26T23:00:00"),
    # There midnight is skipped: the day is over as the clock jumps.
    ("America/Santiago", "2026-09-04T12:00:00", 1, "day", "2026-09-05", "2026-09-06T04:00:00"),
    # A Friday before a weekend, by the national calendar.
    ("Asia/Shanghai", "2026-03-06T04:00:00", 1, "working_day", "2026-03-09", "2026-03-09T16:00:00"),
]


STOOD_STILL = [
    ("Asia/Shanghai", "2026-03-02T16:00:00", timedelta(hours=72), "2026-03-05", "2026-03-05T16:00:00"),
    ("Asia/Shanghai", "2026-03-02T16:00:00", timedelta(hours=1), "2026-03-03", "2026-03-03T16:00:00"),
    # The day of 23 hours does not hold 24.
    ("Europe/Berlin", "2026-03-28T23:00:00", timedelta(hours=24), "2026-03-30", "2026-03-30T22:00:00"),
    ("Europe/Berlin", "2026-10-24T22:00:00", timedelta(hours=24), "2026-10-25", "2026-10-25T23:00:00"),
]


@pytest.mark.parametrize(("zone", "until", "stood_still", "last_day", "ends"), STOOD_STILL)
def test_a_window_that_stood_still_goes_on_for_no_less(
    zone: str, until: str, stood_still: timedelta, last_day: str, ends: str
) -> None:
    before = datetime.fromisoformat(until).replace(tzinfo=UTC)
    found = goes_on(before, stood_still, ZoneInfo(zone))
    assert (found.last_day.isoformat(), found.at) == (last_day, datetime.fromisoformat(ends).replace(tzinfo=UTC))
    assert found.at - before >= stood_still


@pytest.fixture
def settled(engine: Engine) -> Engine:
    transact(engine, settle)
    return engine


def begun(session: Session, rule: SupportRule, now: datetime = NOW) -> str:
    """A proposal of Li's that gathers support by this rule from an instant on."""
    made = proposal_drafts.create(session, RESIDENT, "com_1", Draft(TEXT, TEXT), now=now).proposal.id
    proposal_moves.give(session, RESIDENT, made, "submit", now=now)
    proposal_moves.give(session, OFFICER, made, "publish", now=now)
    endorsements.gather(session, OFFICER, made, rule, now=now)
    return made


@pytest.mark.parametrize(("zone", "begins", "days", "unit", "last_day", "ends"), WINDOWS)
def test_a_window_ends_with_the_last_of_its_days_where_the_community_is(
    settled: Engine, zone: str, begins: str, days: int, unit: str, last_day: str, ends: str
) -> None:
    def work(session: Session) -> Proposal:
        session.get_one(Community, "com_1").time_zone = zone
        now = datetime.fromisoformat(begins).replace(tzinfo=UTC)
        return session.get_one(Proposal, begun(session, SupportRule(days, 6, unit=unit), now))

    proposal = transact(settled, work)
    assert proposal.support_rule == {"number": 6, "days": days, "unit": unit, "last_day": last_day}
    assert proposal.support_until == datetime.fromisoformat(ends).replace(tzinfo=UTC)


def lapses(engine: Engine) -> dict[str, list[str]]:
    """Proposal → who found it lapsed, as often as that was said."""
    with reader(engine) as session:
        found = session.exec(select(Event.subject_id, Event.actor_id).where(col(Event.kind) == "lapsed"))
        told: dict[str, list[str]] = {}
        for proposal, actor in found:
            told.setdefault(proposal, []).append(actor)
    return told


def test_the_service_finds_it_lapsed_when_the_window_is_over_and_not_before(settled: Engine) -> None:
    made = transact(settled, lambda session: begun(session, SupportRule(9, 2)))
    end = datetime(2026, 3, 10, 16, tzinfo=UTC)
    assert Lapser(settled, lambda: end - timedelta(microseconds=1)).turn() == 0
    with reader(settled) as session:
        view = proposal_queries.view(session, RESIDENT, proposal_queries.load(session, RESIDENT, made, end))
    assert (view.proposal.state, view.now) == ("gathering_support", end)
    assert [Lapser(settled, lambda: end).turn() for _ in range(2)] == [1, 0]
    assert lapses(settled) == {made: ["system"]}


def test_a_demo_community_lives_by_its_own_clock(settled: Engine) -> None:
    made = transact(settled, lambda session: begun(session, SupportRule(9, 2)))

    def ahead(session: Session) -> None:
        community = session.get_one(Community, "com_1")
        community.demo, community.clock_offset_seconds = True, 10 * 86_400

    assert Lapser(settled, lambda: NOW).turn() == 0
    transact(settled, ahead)
    assert Lapser(settled, lambda: NOW).turn() == 1
    assert list(lapses(settled)) == [made]


def test_of_many_who_look_at_once_exactly_one_finds_it(settled: Engine) -> None:
    made = [transact(settled, lambda session: begun(session, SupportRule(1, 2))) for _ in range(3)]
    later, barrier, done = NOW + 3 * DAY, Barrier(4), []

    def look(one: Callable[[], int]) -> None:
        barrier.wait(timeout=30)
        done.append(one())

    threads = [Thread(target=look, args=(Lapser(settled, lambda: later).turn,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(done) == len(made)
    assert lapses(settled) == {one: ["system"] for one in made}


def test_one_that_cannot_be_moved_does_not_keep_the_others(settled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (transact(settled, lambda session: begun(session, SupportRule(1, 2))) for _ in range(2))
    found = lapsing.lapse

    def failing(engine: Engine, proposal_id: str, now: datetime) -> bool:
        if proposal_id == first:
            raise RuntimeError("the database went away")
        return found(engine, proposal_id, now)

    monkeypatch.setattr(lapsing, "lapse", failing)
    assert Lapser(settled, lambda: NOW + 3 * DAY).turn() == 1
    assert list(lapses(settled)) == [second]


@pytest.mark.anyio
async def test_several_processes_find_each_proposal_lapsed_once(database_url: str, tmp_path: Path) -> None:
    engine = engine_for(database_url)
    transact(engine, settle)
    made = [transact(engine, lambda session: begun(session, SupportRule(1, 2))) for _ in range(5)]
    place = processes.place(database_url, tmp_path)
    async with httpx.AsyncClient(timeout=60, headers=place.bearer("per_li")) as client:
        with place.server() as here, place.server() as there:
            await processes.ready(here, there)
            until = time.monotonic() + processes.PATIENCE
            states: set[str] = set()
            while states != {"lapsed"} and time.monotonic() < until:
                answers = [await client.get(f"{here.url}/v1/proposals/{one}") for one in made]
                states = {answer.json()["state"] for answer in answers}
                assert all(answer.json()["support"]["is_over"] for answer in answers)
    assert states == {"lapsed"}
    assert lapses(engine) == {one: ["system"] for one in made}
    engine.dispose()
