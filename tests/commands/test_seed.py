"""The demo's neighbourhood, planted through the services on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from tests.commands.conftest import NOW, Planted
from voting.access import principals
from voting.commands import neighbourhood, seed
from voting.community.tables import Building, Dwelling, Person, Unit
from voting.contests import queries, results
from voting.contests.queries import View
from voting.core.authority import STRANGER, SYSTEM, Grant, Principal
from voting.errors import Conflict
from voting.store import engine_for, reading, transact


@pytest.fixture
def engine(planted: Planted) -> Iterator[Engine]:
    """An engine on the database with Community B."""
    made = engine_for(planted.url)
    yield made
    made.dispose()


@pytest.fixture
def community_id(planted: Planted) -> str:
    """Community B."""
    return planted.community_id


def contests(engine: Engine, community_id: str) -> tuple[View, View]:
    """The election and the ranking, as a stranger sees them."""
    with reading(engine) as session:
        leader, parking = queries.page(session, STRANGER, community_id, now=NOW)
        return leader, parking


def test_it_has_three_buildings_nine_units_120_dwellings_and_about_260_people(
    engine: Engine, community_id: str
) -> None:
    with reading(engine) as session:
        counts = [session.exec(select(func.count()).select_from(kind)).one() for kind in (Building, Unit, Dwelling)]
        people = session.exec(select(func.count()).where(col(Person.external_ref).startswith("B"))).one()
        areas = session.exec(select(func.min(col(Dwelling.area_cm2)))).one()
    assert counts == [3, 9, 120]
    assert 250 <= people <= 270
    assert areas > 0


def test_the_election_is_certified_with_a_winner_that_was_not_first_in_round_one(
    engine: Engine, community_id: str
) -> None:
    leader, _ = contests(engine, community_id)
    with reading(engine) as session:
        result = results.of(session, STRANGER, leader.contest.id, now=NOW)[1].result
    first_round = result["rounds"][0]["tallies"]
    assert leader.contest.state == "certified"
    assert max(first_round, key=lambda option: first_round[option]) not in result["winners"]


def test_the_ranking_is_open_with_four_options_and_the_status_quo(engine: Engine, community_id: str) -> None:
    _, parking = contests(engine, community_id)
    assert parking.contest.state == "open"
    assert [option.status_quo for option in parking.options] == [False] * 4 + [True]
    assert all({"en", "zh-CN"} <= option.label.keys() for option in parking.options)


def test_nothing_of_the_ranking_is_known_but_its_turnout(engine: Engine, community_id: str) -> None:
    _, parking = contests(engine, community_id)
    with reading(engine) as session:
        assert 0 < queries.turnout(session, parking.contest).cast < parking.contest.electors
        with pytest.raises(Conflict, match="not_counted_yet"):
            results.of(session, SYSTEM, parking.contest.id, now=NOW)


def test_every_officer_holds_one_role_and_no_home(engine: Engine, community_id: str) -> None:
    with reading(engine) as session:
        staff = session.exec(select(Person).where(col(Person.external_ref).startswith("S-"))).all()
    assert {person.external_ref for person in staff} == set(seed.OFFICERS)


def test_a_new_integrator_key_ends_the_one_before(engine: Engine, community_id: str) -> None:
    def new_key() -> str:
        return transact(engine, lambda session: seed.integrator_key(session, community_id, NOW))

    first, second = new_key(), new_key()
    with reading(engine) as session:
        holder = principals.of_client_key(session, second, NOW)
        assert Grant("community_admin", "community", community_id) in holder.grants
        with pytest.raises(Exception, match="client_key_invalid"):
            principals.of_client_key(session, first, NOW)


def test_the_resident_left_for_the_visitor_may_still_cast(engine: Engine, community_id: str) -> None:
    _, parking = contests(engine, community_id)
    with reading(engine) as session:
        person = session.exec(select(Person.id).where(Person.external_ref == seed.RESIDENT)).one()
        voter = Principal("person", person, community_id)
        loaded = queries.load(session, voter, parking.contest.id, NOW + timedelta(hours=1))
        assert queries.view(session, voter, loaded).actions["cast"] is None


def test_the_register_is_the_same_every_time() -> None:
    assert neighbourhood.register_csv() == neighbourhood.register_csv()
