"""Candidates are persons: whoever stands conducts nothing of that contest and holds no proxy in it."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from tests.access.world import a_role
from tests.contests import world
from tests.contests.people import ADMIN, OFFICER, holding
from tests.contests.test_drafts import DRAFT, faults
from tests.contests.test_moves import fill
from tests.contests.test_proxies import AGENT, ELECTOR, by_proxy
from tests.contests.test_writer import clock, codes, together, writer
from tests.contests.world import CONTEST, DAY, NOW, person, voter
from voting.access import roles
from voting.access.roles import Appointment
from voting.contests import drafts, moves, queries
from voting.contests.drafts import NewOption
from voting.contests.tables import Option
from voting.contests.writer import Writer
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, Invalid
from voting.roll import proxies
from voting.roll.proxies import Grant
from voting.store import transact

__all__ = ["clock", "writer"]

CANDIDATE = person(3)
ELECTION = replace(
    DRAFT, options=[NewOption({"en": "Song"}, person_id=CANDIDATE), NewOption({"en": "Ma"}, person_id=person(4))]
)
GRANTOR = Principal("person", ELECTOR, "com_1")


def standing(session: Session) -> str:
    return drafts.create(session, OFFICER, "com_1", ELECTION, now=NOW).contest.id


def stand(engine: Engine, who: str = AGENT) -> None:
    """Put somebody up behind everybody's back."""

    def work(session: Session) -> None:
        session.get_one(Option, "opt_b").person_id = who

    transact(engine, work)


def test_a_candidate_is_a_person_of_the_community_and_stands_once(session: Session) -> None:
    ghost, same = NewOption({"en": "x"}, person_id="per_none"), NewOption({"en": "y"}, person_id=CANDIDATE)
    options = [*ELECTION.options, ghost, same]
    assert faults(session, options=options) == [
        ("/options/2/person_id", "person_not_found"),
        ("/options/3/person_id", "candidate_twice"),
    ]


@pytest.mark.parametrize("role", ["returning_officer", "teller", "community_admin"])
def test_a_candidate_conducts_nothing_of_their_own_election(session: Session, role: str) -> None:
    contest_id = standing(session)
    mover = OFFICER if role == "teller" else holding(CANDIDATE, role)
    if mover is not OFFICER:
        with pytest.raises(Forbidden, match="candidate_never_officiates"):
            moves.notice(session, mover, contest_id, now=NOW)
    moves.notice(session, OFFICER, contest_id, now=NOW)
    moves.open_(session, OFFICER, contest_id, now=NOW)
    fill(session, contest_id, (0,))
    moves.close(session, OFFICER, contest_id, now=NOW + DAY)
    world.finish_closing(session, contest_id)
    candidate = holding(CANDIDATE, role)
    with pytest.raises(Forbidden, match="candidate_never_officiates"):
        moves.count(session, candidate, contest_id, now=NOW + DAY)
    shown = queries.view(session, candidate, queries.load(session, candidate, contest_id, NOW + DAY)).actions
    assert shown["count"] == "candidate_never_officiates"
    moves.count(session, holding(person(5), role), contest_id, now=NOW + DAY)


def test_an_officer_who_stands_conducts_other_contests(session: Session) -> None:
    standing(session)
    other = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW).contest.id
    moves.notice(session, holding(CANDIDATE, "returning_officer"), other, now=NOW)


@pytest.mark.parametrize("role", ["returning_officer", "teller", "scrutineer"])
def test_no_office_of_a_contest_is_given_to_its_candidate(session: Session, role: str) -> None:
    contest_id = standing(session)
    given = Appointment("person", CANDIDATE, role, "contest", contest_id)
    with pytest.raises(Conflict, match="candidate_never_officiates"):
        roles.assign(session, ADMIN, "com_1", given, now=NOW)
    roles.assign(session, ADMIN, "com_1", replace(given, holder_id=person(5)), now=NOW)


def test_who_has_an_office_of_the_contest_is_not_put_up(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW).contest.id
    roles.assign(session, ADMIN, "com_1", Appointment("person", CANDIDATE, "teller", "contest", contest_id), now=NOW)
    loaded = queries.load(session, OFFICER, contest_id, NOW)
    with pytest.raises(Invalid) as refused:
        drafts.edit(session, OFFICER, loaded, {"options": ELECTION.options})
    assert [fault.code for fault in refused.value.faults] == ["candidate_never_officiates"]


@pytest.mark.parametrize("for_one", [True, False])
def test_no_proxy_is_granted_to_a_candidate(session: Session, for_one: bool) -> None:
    contest_id = standing(session)
    wanted = Grant(CANDIDATE, contest_id=contest_id if for_one else None)
    with pytest.raises(Conflict, match="proxy_held_by_candidate"):
        proxies.grant(session, GRANTOR, "rol_1", wanted, now=NOW)
    other = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW).contest.id
    proxies.grant(session, GRANTOR, "rol_1", Grant(CANDIDATE, contest_id=other), now=NOW)


def test_a_proxy_of_somebody_put_up_later_casts_nothing_in_that_contest(engine: Engine, writer: Writer) -> None:
    world.build(engine, 5)
    proxy_id = transact(
        engine, lambda session: proxies.grant(session, GRANTOR, "rol_1", Grant(AGENT), now=NOW).proxy.id
    )
    stand(engine)
    assert codes(together(writer, [by_proxy(proxy_id)])) == {"proxy_held_by_candidate": 1}
    assert codes(together(writer, [voter(AGENT).cast("opt_b"), voter(ELECTOR).cast("opt_a")])) == {"accepted": 2}


@pytest.mark.anyio
async def test_who_stands_is_shown_to_those_who_draft_and_not_to_the_public(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    services = app.state.services
    world.build(services.engine)
    stand(services.engine)
    transact(services.engine, lambda session: session.add(a_role("rle_1", person(0), "social_worker")))

    async def seen(who: str | None) -> list[str | None]:
        token = services.issuer.issue_access(who, "com_1", services.clock()) if who else ""
        headers = {"Authorization": f"Bearer {token}"} if who else {}
        answer = await client.get(f"/v1/contests/{CONTEST}", headers=headers)
        return [option["person_id"] for option in answer.json()["options"]]

    assert await seen(person(0)) == [None, AGENT, None, None]
    assert [await seen(None), await seen(AGENT)] == [[None] * 4] * 2
