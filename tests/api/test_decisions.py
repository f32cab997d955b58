"""Decisions and timelines over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from tests.access.world import a_role
from tests.contests import world
from tests.contests.people import OFFICER
from tests.contests.test_decision import OPENS, QUESTION, VOTE, ballots, decided
from tests.contests.world import DAY, NOW
from voting.community.tables import Person
from voting.contests import drafts, moves
from voting.store import transact

pytestmark = pytest.mark.anyio


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """What the database does is tested below the routes."""
    return sqlite_alone


@pytest.fixture
def made(app: FastAPI) -> dict[str, str]:
    """A decided question, a decided election without a majority, and a noticed question; the clock is theirs."""

    def work(session: Session) -> dict[str, str]:
        world.community(session)
        world.roll(session, 6)
        question = decided(session, (0,), (0,), (0,), (1,))
        election = decided(session, *ballots(2, 2, 1), draft=VOTE)
        noticed = drafts.create(session, OFFICER, "com_1", QUESTION, now=NOW).contest.id
        moves.notice(session, OFFICER, noticed, now=NOW)
        return {"question": question, "election": election, "noticed": noticed}

    services = app.state.services
    services.clock = lambda: OPENS + DAY + timedelta(hours=1)
    return transact(services.engine, work)


async def get(client: httpx.AsyncClient, contest_id: str, what: str, **headers: str) -> Any:
    answer = await client.get(f"/v1/contests/{contest_id}/{what}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_decision_needs_no_account_and_shows_every_number(
    client: httpx.AsyncClient, made: dict[str, str]
) -> None:
    answer = await get(client, made["question"], "decision")
    assert (answer["outcome"], answer["rule_id"]) == ("passed", "cn.residents-meeting")
    tests = answer["evaluation"]["tests"]
    assert [(test["have_value"], test["of_value"], test["result"]) for test in tests] == [
        ("4", "6", True),
        ("3", "4", True),
    ]
    assert "3 × 2 = 6" in tests[1]["text"]["en"]


async def test_an_election_names_the_round_that_follows(client: httpx.AsyncClient, made: dict[str, str]) -> None:
    answer = await get(client, made["election"], "decision")
    assert (answer["outcome"], answer["next_round"]["kind"], answer["next_round"]["seats"]) == (
        "inconclusive",
        "second_round",
        1,
    )
    assert len(answer["next_round"]["options"]) == 2


async def test_a_timeline_names_dates_and_clauses(client: httpx.AsyncClient, made: dict[str, str]) -> None:
    answer = await get(client, made["noticed"], "timeline")
    opening = next(step for step in answer["steps"] if step["name"] == "open")
    assert (answer["time_zone"], opening["state"], opening["from_at"]) == (
        "Asia/Shanghai",
        "next",
        OPENS.isoformat().replace("+00:00", "Z"),
    )
    notice = next(bound for bound in opening["bounds"] if bound["what"] == "notice")
    assert notice["at"] == "2026-03-11T16:00:00Z"
    assert "ten days" in notice["clause"]["en"]
    assert any(action["action"] == "open" and not action["allowed"] for action in answer["allowed_actions"])


async def test_a_step_before_its_time_is_409_with_the_date(
    app: FastAPI, client: httpx.AsyncClient, made: dict[str, str]
) -> None:
    app.state.services.clock = lambda: NOW + DAY

    token = app.state.services.issuer.issue_access(OFFICER.id, "com_1", NOW + DAY)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh-CN"}
    transact(app.state.services.engine, _appoint)
    answer = await client.post(f"/v1/contests/{made['noticed']}/open", headers=headers)
    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert (problem["code"], "2026-03-11T16:00:00Z" in problem["detail"]) == ("rule_lets_open_later", True)


def _appoint(session: Session) -> None:
    session.add(Person(id=OFFICER.id, community_id="com_1", name="主任"))
    session.flush()
    session.add(a_role("rle_officer", OFFICER.id, "committee_officer"))
