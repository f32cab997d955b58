"""A community in figures: published contests alone, units above the floor alone, the same for everybody."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import Session, col, select

from tests.contests import world
from tests.contests.test_tallies import counted
from tests.contests.world import NOW
from voting.community.tables import Building, Unit
from voting.contests import summaries
from voting.contests.queries import Turnout
from voting.contests.summaries import Group
from voting.contests.tables import SealedParticipation
from voting.core.evidence import bundle
from voting.errors import NotFound
from voting.roll.tables import Roll, RollEntry
from voting.store import transact


def units(session: Session, sizes: dict[str, int], roll_id: str = "rol_units") -> None:
    """A sealed roll with so many electors of each unit."""
    session.add(Building(id="bld_1", community_id="com_1", label="1"))
    session.flush()
    session.add_all(Unit(id=unit, community_id="com_1", building_id="bld_1", label=unit) for unit in sizes)
    session.flush()
    world.roll(session, sum(sizes.values()), roll_id, state="corrected", start=100)
    entries = session.scalars(select(RollEntry).where(RollEntry.roll_id == roll_id).order_by(col(RollEntry.id))).all()
    homes = [unit for unit, size in sizes.items() for _ in range(size)]
    for entry, unit in zip(entries, homes, strict=True):
        entry.unit_id = unit
    session.flush()
    session.execute(update(Roll).where(col(Roll.id) == roll_id).values(state="sealed"))


def checked_off(session: Session, contest_id: str, cast: dict[str, int], roll_id: str = "rol_units") -> None:
    """Seal the participation of a contest: so many of each unit were checked off."""
    left = dict(cast)
    for entry in session.scalars(select(RollEntry).where(RollEntry.roll_id == roll_id)).all():
        voted = left.get(entry.unit_id or "", 0) > 0
        left[entry.unit_id or ""] = left.get(entry.unit_id or "", 0) - 1
        channel = "online" if voted else None
        session.add(SealedParticipation(contest_id=contest_id, entry_id=entry.id, channel=channel))
    session.flush()


def test_published_contests_are_summed_up_and_no_others(session: Session) -> None:
    counted(session, 1, method="plurality")
    counted(session, 2, state="certified")
    counted(session, 3, provisional_at=None, state="counted")
    counted(session, 4, community_id="com_2")
    world.open_contest(session, 6, "con_open")
    found = summaries.of(session, "com_1", now=NOW)
    assert (found.contests, found.turnout) == (2, Turnout(12, 6))
    assert found.states == {"certified": 1, "provisional": 1}
    assert found.outcomes == {"decided": 2}
    assert found.kinds == (Group("person", 2, Turnout(12, 6)),)
    assert found.methods == (Group("irv", 1, Turnout(6, 3)), Group("plurality", 1, Turnout(6, 3)))


def test_units_are_summed_over_the_contests_that_may_show_them(session: Session) -> None:
    units(session, {"unt_1": 15, "unt_2": 14, "unt_3": 13})
    counted(session, 1, roll="rol_units")
    checked_off(session, "con_1", {"unt_1": 12, "unt_2": 11, "unt_3": 10})
    counted(session, 2, roll="rol_units")
    checked_off(session, "con_2", {"unt_1": 15, "unt_2": 4, "unt_3": 7})
    found = summaries.of(session, "com_1", now=NOW)
    assert found.units == (
        Group("unt_1", 2, Turnout(30, 27)),
        Group("unt_2", 1, Turnout(14, 11)),
        Group("unt_3", 1, Turnout(13, 10)),
    )
    assert found.withheld == 2


def test_a_single_small_unit_takes_another_one_with_it(session: Session) -> None:
    units(session, {"unt_1": 20, "unt_2": 14, "unt_3": 13})
    counted(session, 1, roll="rol_units")
    checked_off(session, "con_1", {"unt_1": 20, "unt_2": 11, "unt_3": 3})
    found = summaries.of(session, "com_1", now=NOW)
    assert [group.key for group in found.units] == ["unt_1"]
    assert found.withheld == 2


def test_a_contest_that_is_not_published_moves_no_figure_of_a_unit(session: Session) -> None:
    units(session, {"unt_1": 15})
    counted(session, 1, roll="rol_units", provisional_at=None, state="counted")
    checked_off(session, "con_1", {"unt_1": 15})
    assert summaries.of(session, "com_1", now=NOW).units == ()


def test_a_community_without_contests_is_all_zeros_and_one_that_is_none_is_not_found(session: Session) -> None:
    assert summaries.of(session, "com_2", now=NOW).turnout == Turnout(0, 0)
    with pytest.raises(NotFound):
        summaries.of(session, "com_3", now=NOW)


def test_the_floor_is_the_one_that_bundles_name() -> None:
    assert bundle.privacy("full", "public", 1, ())["thresholds"]["sub_group"] == 10


@pytest.mark.anyio
async def test_a_stranger_reads_the_summary(app: FastAPI, client: httpx.AsyncClient) -> None:
    def work(session: Session) -> None:
        world.community(session)
        world.roll(session, 6)
        counted(session, 1)

    transact(app.state.services.engine, work)
    answer = await client.get("/v1/communities/com_1/summary")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["contests"], told["turnout"], told["floor"]) == (1, {"electors": 6, "cast": 3}, 10)
    assert told["by_method"] == [{"key": "irv", "contests": 1, "turnout": {"electors": 6, "cast": 3}}]
    assert (await client.get("/v1/communities/com_9/summary")).status_code == 404
