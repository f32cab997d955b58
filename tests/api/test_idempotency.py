"""One key, one work: whoever repeats a request gets the first answer, and whoever changes it is refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, text

from api.app import create_app
from api.deps import Now, Who, Writing
from api.route import YishiRoute
from api.schemas.base import Request
from voting.access import idempotency
from voting.access.idempotency import Claim, Stored
from voting.errors import Conflict, Invalid
from voting.ids import timed_id
from voting.log import journal
from voting.settings import Settings
from voting.store import reader, transact

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = {"Idempotency-Key": "4b1d3ae0-aaaa-bbbb"}


class Note(Request):
    text: str


class Hold:
    """Lets a test keep the first request inside its route."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.leave = threading.Event()
        self.leave.set()


def routes(hold: Hold) -> APIRouter:
    router = APIRouter(prefix="/v1/notes", route_class=YishiRoute)

    @router.post("", status_code=201, openapi_extra={"x-creates": True})
    def note(body: Note, session: Writing, who: Who, now: Now) -> str:
        if body.text == "wrong":
            raise Invalid.at("/text", "not_allowed_value", reason="wrong")
        identifier = timed_id("evt", now)
        journal.record(
            session,
            community_id="com_1",
            subject_kind="note",
            subject_id=identifier,
            kind=body.text,
            actor_id=who.id,
            now=now,
        )
        hold.entered.set()
        assert hold.leave.wait(10)
        return identifier

    return router


@pytest.fixture
def hold() -> Hold:
    return Hold()


@pytest.fixture
async def app(settings: Settings, hold: Hold) -> AsyncIterator[FastAPI]:
    made = create_app(settings)
    made.include_router(routes(hold))
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def client(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers["Authorization"] = f"Bearer {bearer(app, 'per_1')}"
    return client


def bearer(app: FastAPI, person_id: str) -> str:
    services = app.state.services
    token: str = services.issuer.issue_access(person_id, "com_1", services.clock())
    return token


def notes(app: FastAPI) -> int:
    with reader(app.state.services.engine) as session:
        return int(session.execute(text("SELECT count(*) FROM event")).scalar_one())


@pytest.mark.anyio
async def test_a_repeated_request_gets_the_first_answer_and_works_once(app: FastAPI, client: httpx.AsyncClient) -> None:
    first = await client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    again = await client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert notes(app) == 1


@pytest.mark.anyio
async def test_the_same_key_with_another_body_is_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    await client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    other = await client.post("/v1/notes", json={"text": "b"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert notes(app) == 1


@pytest.mark.anyio
async def test_another_caller_may_use_the_same_key(app: FastAPI, client: httpx.AsyncClient) -> None:
    await client.post("/v1/notes", json={"text": "a"}, headers=KEY)
    theirs = {"Authorization": f"Bearer {bearer(app, 'per_2')}"}
    other = await client.post("/v1/notes", json={"text": "b"}, headers=KEY | theirs)
    assert other.status_code == 201
    assert notes(app) == 2


@pytest.mark.anyio
async def test_a_refused_request_frees_its_key(app: FastAPI, client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/notes", json={"text": "wrong"}, headers=KEY)).status_code == 422
    assert (await client.post("/v1/notes", json={"text": "right"}, headers=KEY)).status_code == 201
    assert notes(app) == 1


@pytest.mark.anyio
async def test_a_dry_run_keeps_no_answer(app: FastAPI, client: httpx.AsyncClient) -> None:
    await client.post("/v1/notes?dry_run=true", json={"text": "a"}, headers=KEY)
    assert (await client.post("/v1/notes", json={"text": "a"}, headers=KEY)).status_code == 201
    assert notes(app) == 1


@pytest.mark.anyio
async def test_a_request_in_flight_is_a_409_that_says_when_to_come_back(
    app: FastAPI, client: httpx.AsyncClient, hold: Hold
) -> None:
    hold.leave.clear()
    first = asyncio.create_task(client.post("/v1/notes", json={"text": "a"}, headers=KEY))
    await asyncio.to_thread(hold.entered.wait, 10)
    if app.state.services.engine.dialect.name == "sqlite":
        # The first request holds the one write lock of SQLite: the second waits for it and then finds the answer.
        hold.leave.set()
        second = await client.post("/v1/notes", json={"text": "a"}, headers=KEY)
        assert second.status_code in {201, 409}
    else:
        second = await client.post("/v1/notes", json={"text": "a"}, headers=KEY)
        hold.leave.set()
        assert (second.status_code, second.json()["code"]) == (409, "request_in_flight")
        assert second.headers["retry-after"] == str(second.json()["retry_after"]) == "1"
    assert (await first).status_code == 201
    assert notes(app) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["short", "with space in it", "schlüssel-schlüssel", "x" * 129])
async def test_an_unusable_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post("/v1/notes", json={"text": "a"}, headers={"Idempotency-Key": key.encode()})
    assert answer.json()["errors"][0] | {"detail": "", "fix": ""} == {
        "pointer": "/Idempotency-Key",
        "in": "header",
        "code": "idempotency_key_invalid",
        "detail": "",
        "fix": "",
    }


@pytest.mark.anyio
async def test_forty_requests_of_one_key_through_two_processes_work_once(settings: Settings, hold: Hold) -> None:
    """Two applications on one database stand for two processes: they share nothing else."""
    apps = [create_app(settings), create_app(settings)]
    for made in apps:
        made.include_router(routes(hold))
    async with (
        apps[0].router.lifespan_context(apps[0]),
        apps[1].router.lifespan_context(apps[1]),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=apps[0]), base_url="http://one.test") as one,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=apps[1]), base_url="http://two.test") as two,
    ):
        headers = KEY | {"Authorization": f"Bearer {bearer(apps[0], 'per_1')}"}
        answers = await asyncio.gather(
            *((one if n % 2 else two).post("/v1/notes", json={"text": "a"}, headers=headers) for n in range(40))
        )
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        assert notes(apps[0]) == 1


def claimed(engine: Engine, request: bytes = b"r", now: datetime = NOW) -> Claim | Stored:
    return transact(engine, lambda session: idempotency.claim(session, b"k" * 32, request, now))


def test_a_claim_whose_process_died_is_taken_over_after_its_lease(engine: Engine) -> None:
    claimed(engine)
    with pytest.raises(Conflict, match="request_in_flight"):
        claimed(engine, now=NOW + idempotency.LEASE / 2)
    assert isinstance(claimed(engine, now=NOW + idempotency.LEASE), Claim)


def test_who_lost_the_claim_cannot_store_an_answer(engine: Engine) -> None:
    lost = claimed(engine)
    claimed(engine, now=NOW + idempotency.LEASE)
    assert isinstance(lost, Claim)
    with pytest.raises(Conflict, match="request_in_flight"):
        transact(engine, lambda session: idempotency.store(session, lost, 201, {}, b"late"))


def test_an_answer_past_its_time_is_forgotten(engine: Engine) -> None:
    mine = claimed(engine)
    assert isinstance(mine, Claim)
    transact(engine, lambda session: idempotency.store(session, mine, 201, {}, b"kept"))
    assert isinstance(claimed(engine, now=NOW + idempotency.KEPT - timedelta(seconds=1)), Stored)
    assert isinstance(claimed(engine, b"other", now=NOW + idempotency.KEPT), Claim)


def test_the_sweep_removes_what_is_past_its_time(engine: Engine) -> None:
    claimed(engine)
    assert transact(engine, lambda session: idempotency.sweep(session, NOW)) == 0
    assert transact(engine, lambda session: idempotency.sweep(session, NOW + idempotency.KEPT)) == 1
