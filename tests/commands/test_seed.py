"""The demo's neighbourhood, planted through the services on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from tests.commands.conftest import NOW, Planted
from voting.access import principals
from voting.commands import before_the_vote, neighbourhood, seed
from voting.community.tables import Building, Dwelling, Person, Unit
from voting.contests import queries, results
from voting.contests.queries import View
from voting.core.authority import STRANGER, SYSTEM, Grant, Principal
from voting.deliberation import cases, comments, opinions, proposal_queries
from voting.deliberation.proposal_tables import Amendment, Proposal
from voting.errors import Conflict
from voting.log.tables import Event, JournalSalt
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


def test_a_proposal_that_was_accepted_is_on_the_ballot_and_another_gathers_support(
    engine: Engine, community_id: str
) -> None:
    _, parking = contests(engine, community_id)
    with reading(engine) as session:
        found = {row.state: row for row in session.exec(select(Proposal)).all()}
        assert found["on_ballot"].contest_id == parking.contest.id
        shed = proposal_queries.load(session, SYSTEM, found["gathering_support"].id, NOW)
        support = proposal_queries.view(session, SYSTEM, shed).support
        wanted = session.exec(select(Amendment.state).order_by(Amendment.id)).all()
    assert set(found) == {"on_ballot", "gathering_support"}
    assert shed.proposal.number == 3
    assert support is not None
    assert 0 < support.standing < (shed.proposal.support_needed or 0)
    assert sorted(wanted) == ["accepted", "proposed"]


def test_two_camps_have_one_statement_in_common(engine: Engine, community_id: str) -> None:
    with reading(engine) as session:
        told = before_the_vote.find(session, community_id, NOW)
        assert told is not None
        found = opinions.of_thread(session, SYSTEM, "proposal", told.shed_id, now=NOW)
    assert found.groups == (7, 6)
    assert found.bridges[0].view.comment.id == told.statement_id
    assert len(found.bridges) == len(before_the_vote.STATEMENTS)
    assert all(one.bridge < found.bridges[0].bridge / 2 for one in found.bridges[1:])


def test_a_rude_comment_is_hidden_with_an_appeal_open_and_an_advertisement_is_flagged(
    engine: Engine, community_id: str
) -> None:
    with reading(engine) as session:
        told = before_the_vote.find(session, community_id, NOW)
        assert told is not None
        known = {view.case.id: view for view in cases.of_community(session, SYSTEM, community_id, now=NOW)}
        rude = comments.get(
            session, Principal("person", "nobody", community_id), known[told.case_id].case.subject_id, now=NOW
        )
    assert sorted(view.case.state for view in known.values()) == ["appealed", "flagged"]
    assert (rude.text, rude.tombstone) == (None, "appealed")


def test_the_journal_of_the_community_was_written_in_the_order_of_time(engine: Engine, community_id: str) -> None:
    with reading(engine) as session:
        in_order = select(Event.at).join(JournalSalt, col(JournalSalt.event_id) == Event.id)
        told = session.exec(in_order.order_by(col(JournalSalt.number))).all()
    assert len(told) > 40
    assert list(told) == sorted(told)


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
