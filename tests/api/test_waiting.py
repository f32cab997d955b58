"""A GET that waits: answered at a change, held without a connection, ended by the clock, by the caller or by the service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from api.app import create_app
from tests.api.seats import asleep
from tests.contests import world
from tests.contests.world import CONTEST
from tests.statements import counting_statements
from voting.clock import system_now
from voting.contests import moves
from voting.core.authority import SYSTEM
from voting.log import journal
from voting.settings import Settings
from voting.store import transact

pytestmark = pytest.mark.anyio
PATH = f"/v1/contests/{CONTEST}"
SOON = 0.2


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """A service with few connections that looks often."""
    made = create_app(settings.model_copy(update={"watch_every_ms": 40, "pool_size": 4, "max_waiting": 240}))
    async with made.router.lifespan_context(made):
        world.build(made.state.services.engine, closes_at=system_now() + timedelta(days=9))
        yield made


def change(app: FastAPI, **values: object) -> None:
    """What another process might do."""
    world.change(app.state.services.engine, **values)


def cast(app: FastAPI, number: int) -> Awaitable[object]:
    """A ballot through the writer."""
    writer = app.state.services.writer
    return asyncio.gather(
        asyncio.to_thread(writer.forms.load, CONTEST), writer.cast(world.voter(world.person(number)).cast("opt_a"))
    )


async def etag_of(client: httpx.AsyncClient, path: str) -> str:
    return str((await client.get(path)).json()["etag"])


async def waits(
    app: FastAPI, client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None
) -> asyncio.Task[httpx.Response]:
    """A request that is held back: what it reads has not changed since the etag it sends."""
    etag = (await client.get(path, headers=headers)).json().get("etag", "")
    held = asyncio.create_task(client.get(path, params={"wait": 30, "etag": etag}, headers=headers))
    await asleep(app)
    return held


async def test_a_change_answers_who_waits(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, PATH)
    change(app, lot_seed="3" * 20)
    answer = await asyncio.wait_for(held, 15)
    assert (answer.status_code, answer.json()["lot_seed"]) == (200, "3" * 20)
    assert answer.headers["etag"] == answer.json()["etag"] == await etag_of(client, PATH)


async def test_a_ballot_answers_who_waits_for_turnout(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, f"{PATH}/turnout")
    await cast(app, 0)
    assert (await asyncio.wait_for(held, 15)).json()["cast"] == 1


async def test_a_ballot_does_not_wake_who_waits_for_the_contest(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, PATH)
    with counting_statements(app.state.services.engine) as sent:
        await cast(app, 0)
        await asyncio.sleep(SOON)
    assert not held.done()
    assert [statement for statement in sent if "contest_option" in statement and "SELECT" in statement][1:] == []
    held.cancel()


async def test_an_event_of_the_community_answers_who_waits_for_a_list(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, "/v1/communities/com_1/contests")

    def another(session: Session) -> None:
        world.open_contest(session, 5, "con_2")
        journal.record(
            session, community_id="com_1", subject_kind="contest", subject_id="con_2", kind="opened", actor_id="x",
            now=system_now(),
        )  # fmt: skip

    transact(app.state.services.engine, another)
    assert len((await asyncio.wait_for(held, 15)).json()["items"]) == 2


async def test_who_waits_for_a_result_gets_it_when_it_is_published(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, f"{PATH}/result")
    await cast(app, 0)

    change(app, closes_at=system_now())

    def count(session: Session) -> None:
        moves.close(session, SYSTEM, CONTEST, now=system_now())
        world.finish_closing(session)
        moves.count(session, SYSTEM, CONTEST, now=system_now())

    transact(app.state.services.engine, count)
    await asyncio.sleep(SOON)
    assert not held.done()
    transact(app.state.services.engine, lambda session: moves.publish(session, SYSTEM, CONTEST, now=system_now()))
    answer = await asyncio.wait_for(held, 15)
    assert (answer.status_code, answer.json()["winners"]) == (200, ["opt_a"])


async def test_without_a_change_it_is_a_304_after_the_seconds(client: httpx.AsyncClient) -> None:
    etag, began = await etag_of(client, PATH), time.monotonic()
    answer = await client.get(PATH, params={"wait": 1, "etag": etag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert 0.9 < time.monotonic() - began < 5


async def test_a_result_that_does_not_come_is_the_refusal_after_the_seconds(client: httpx.AsyncClient) -> None:
    began = time.monotonic()
    answer = await client.get(f"{PATH}/result?wait=1")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_counted_yet")
    assert time.monotonic() - began > 0.9


async def test_time_alone_changes_what_an_elector_waits_for(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    client.headers["Authorization"] = (
        f"Bearer {services.issuer.issue_access(world.person(0), 'com_1', services.clock())}"
    )
    change(app, closes_at=system_now() + timedelta(minutes=20))
    held = await waits(app, client, PATH)
    services.clock = lambda: system_now() + timedelta(minutes=30)
    actions = {one["action"]: one for one in (await asyncio.wait_for(held, 15)).json()["allowed_actions"]}
    assert actions["cast"]["reason"] == "voting_is_over"


@pytest.mark.parametrize("etag", ["other", '"other"', ""])
async def test_who_has_something_else_is_answered_at_once(client: httpx.AsyncClient, etag: str) -> None:
    answer = await asyncio.wait_for(client.get(PATH, params={"wait": 20, "etag": etag}), 15)
    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["{}", '"{}"', 'W/"{}"'])
async def test_an_etag_in_the_address_is_a_condition_without_a_header(client: httpx.AsyncClient, form: str) -> None:
    etag = form.format((await etag_of(client, PATH)).strip('"'))
    assert (await client.get(PATH, params={"etag": etag})).status_code == 304


async def test_if_none_match_is_as_good_as_the_address(app: FastAPI, client: httpx.AsyncClient) -> None:
    headers = {"If-None-Match": await etag_of(client, PATH)}
    held = asyncio.create_task(client.get(f"{PATH}?wait=20", headers=headers))
    await asleep(app)
    change(app, lot_seed="3" * 20)
    assert (await asyncio.wait_for(held, 15)).status_code == 200


@pytest.mark.parametrize("wait", ["51", "-1", "x", "", "1.5", "9" * 30, "\u0662"])
async def test_a_wait_out_of_bounds_is_a_problem(client: httpx.AsyncClient, wait: str) -> None:
    answer = await client.get(PATH, params={"wait": wait, "etag": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/wait")


async def test_a_draft_is_nothing_to_wait_for_by_strangers(app: FastAPI, client: httpx.AsyncClient) -> None:
    change(app, state="draft")
    assert (await asyncio.wait_for(client.get(f"{PATH}?wait=20"), 15)).status_code == 404


async def test_more_may_wait_than_there_are_connections(app: FastAPI, client: httpx.AsyncClient) -> None:
    path, etag = f"{PATH}/turnout", await etag_of(client, f"{PATH}/turnout")
    held = [asyncio.create_task(client.get(path, params={"wait": 30, "etag": etag})) for _ in range(30)]
    await asleep(app, 30)
    assert app.state.services.watch.waiting == 30
    assert app.state.services.engine.pool.checkedout() <= 1
    with counting_statements(app.state.services.engine) as sent:
        async with asyncio.timeout(20):
            while not any("FROM participation" in statement for statement in sent):
                await asyncio.sleep(0.1)
    looks = [statement for statement in sent if "FROM participation" in statement]
    assert len(looks) < 30, "one look a tick, however many wait"
    assert (await asyncio.wait_for(client.get(PATH), 15)).status_code == 200
    await cast(app, 1)
    answers = await asyncio.wait_for(asyncio.gather(*held), 10)
    assert {answer.json()["cast"] for answer in answers} == {1}
    assert app.state.services.watch.waiting == 0


async def test_a_caller_who_takes_too_many_seats_is_told_when_to_come_back(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    etag = await etag_of(client, PATH)
    held = [asyncio.create_task(client.get(PATH, params={"wait": 20, "etag": etag})) for _ in range(30)]
    await asleep(app, 30)
    answer = await client.get(PATH, params={"wait": 20, "etag": etag})
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_waiting")
    assert int(answer.headers["retry-after"]) == answer.json()["retry_after"] > 0
    for one in held:
        one.cancel()


async def test_a_service_that_stops_answers_who_waits(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, PATH)
    app.state.services.end_waiting()
    assert (await asyncio.wait_for(held, 15)).status_code == 304
    late = await client.get(PATH, params={"wait": 20, "etag": await etag_of(client, PATH)})
    assert (late.status_code, late.json()["code"], late.json()["retry_after"]) == (503, "stopping", 5)


async def test_a_token_that_ends_while_it_waits_is_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    token = services.issuer.issue_access(world.person(0), "com_1", services.clock())
    headers = {"Authorization": f"Bearer {token}"}
    held = await waits(app, client, PATH, headers)
    services.clock = lambda: system_now() + timedelta(days=1)
    change(app, lot_seed="3" * 20)
    assert (await asyncio.wait_for(held, 15)).status_code == 401


async def test_time_that_was_waited_is_not_counted_as_work(app: FastAPI, client: httpx.AsyncClient) -> None:
    await client.get(PATH, params={"wait": 2, "etag": await etag_of(client, PATH)})
    figures = (await client.get("/metrics")).text
    spent = next(line for line in figures.splitlines() if "seconds_sum" in line and 'contest_id}"' in line)
    assert float(spent.rpartition(" ")[2]) < 1.9
