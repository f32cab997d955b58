"""What was answered is durable: the commit stands before the answer, and a conflict runs the request again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import event, text
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.deps import Reading, Writing
from api.route import YishiRoute
from api.schemas.base import Request
from voting.settings import Settings
from voting.store import engine_for, reader, transact, writer

pytestmark = pytest.mark.anyio

TABLES = (
    "CREATE TABLE jar (id INTEGER PRIMARY KEY, beans INTEGER NOT NULL)",
    "CREATE TABLE lid (id INTEGER PRIMARY KEY, jar_id INTEGER REFERENCES jar (id) DEFERRABLE INITIALLY DEFERRED)",
)


class Beans(Request):
    beans: int


class Meeting:
    """Makes the first readers meet after they read, so that their transactions conflict."""

    def __init__(self, parties: int) -> None:
        self.barrier = threading.Barrier(parties, timeout=10)
        self.parties = parties
        self.attempts = 0
        self.lock = threading.Lock()

    def arrive(self) -> None:
        with self.lock:
            self.attempts += 1
            first = self.attempts <= self.parties
        if first:
            self.barrier.wait()


def routes(meeting: Meeting) -> APIRouter:
    router = APIRouter(prefix="/v1/jars", route_class=YishiRoute)

    @router.get("")
    def count(session: Reading) -> int:
        return int(session.execute(text("SELECT count(*) FROM jar")).scalar_one())

    @router.post("", status_code=201)
    def fill(body: Beans, session: Writing) -> Beans:
        session.execute(
            text("INSERT INTO jar (id, beans) SELECT coalesce(max(id), 0) + 1, :n FROM jar"), {"n": body.beans}
        )
        return body

    @router.post("/lids", status_code=201)
    def lose_a_lid(session: Writing) -> None:
        session.execute(text("INSERT INTO lid (id, jar_id) VALUES (1, 77)"))

    @router.post("/share", status_code=201)
    def share(body: Beans, session: Writing) -> int:
        held = session.execute(text("SELECT coalesce(sum(beans), 0) FROM jar")).scalar_one()
        meeting.arrive()
        session.execute(text("INSERT INTO jar (id, beans) SELECT :id, :n"), {"id": held + body.beans, "n": body.beans})
        return int(held)

    return router


@pytest.fixture
def meeting() -> Meeting:
    return Meeting(2)


@pytest.fixture
async def app(settings: Settings, meeting: Meeting) -> AsyncIterator[FastAPI]:
    """The service with every transaction serializable, where the database offers a choice."""
    url = settings.database_url
    if url.startswith("postgresql"):
        url += ("&" if "?" in url else "?") + "options=-c%20default_transaction_isolation%3Dserializable"
    made = create_app(settings.model_copy(update={"database_url": url}))
    made.include_router(routes(meeting))
    run(settings.database_url, *TABLES)
    try:
        async with made.router.lifespan_context(made):
            yield made
    finally:
        run(settings.database_url, "DROP TABLE lid", "DROP TABLE jar")


def run(url: str, *statements: str) -> None:
    engine = engine_for(url)
    with writer(engine) as session:
        for statement in statements:
            session.execute(text(statement))
        session.commit()
    engine.dispose()


@pytest.fixture
def broken_commit(app: FastAPI) -> Iterator[None]:
    """Every commit fails, as on a full disk."""

    def fail(_connection: object) -> None:
        raise OSError("no space left on device")

    event.listen(app.state.services.engine, "commit", fail)
    yield
    event.remove(app.state.services.engine, "commit", fail)


def jars(app: FastAPI) -> int:
    with reader(app.state.services.engine) as session:
        return int(session.execute(text("SELECT count(*) FROM jar")).scalar_one())


@pytest.mark.usefixtures("broken_commit")
async def test_a_failing_commit_is_not_a_success(app: FastAPI, client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/jars", json={"beans": 1})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert jars(app) == 0


async def test_a_constraint_that_speaks_at_the_commit_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/jars/lids")
    assert (answer.status_code, answer.json()["code"]) == (409, "stored_conflict")


async def test_the_commit_stands_before_the_answer_leaves(app: FastAPI) -> None:
    seen: list[int] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def watching(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.append(jars(app))
            await send(message)

        await app(scope, receive, watching)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=watched), base_url="http://yishi.test") as client:
        answer = await client.post("/v1/jars", json={"beans": 1})
    assert answer.status_code == 201
    assert seen == [1]


async def test_a_refused_request_leaves_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    await client.post("/v1/jars/lids")
    with reader(app.state.services.engine) as session:
        assert session.execute(text("SELECT count(*) FROM lid")).scalar_one() == 0


@pytest.mark.usefixtures("broken_commit")
async def test_a_connection_whose_commit_failed_serves_the_next_request(client: httpx.AsyncClient) -> None:
    for _ in range(20):
        await client.post("/v1/jars", json={"beans": 1})
    assert (await client.get("/v1/jars")).json() == 0


async def test_a_dry_run_tells_and_writes_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/jars?dry_run=true", json={"beans": 3})
    assert (answer.status_code, answer.json()) == (201, {"beans": 3})
    assert answer.headers["dry-run"] == "true"
    assert jars(app) == 0


async def test_a_write_is_there_for_the_next_reader(client: httpx.AsyncClient) -> None:
    await client.post("/v1/jars", json={"beans": 3})
    assert (await client.get("/v1/jars")).json() == 1


async def test_transactions_that_conflict_run_again_and_both_count(
    app: FastAPI, client: httpx.AsyncClient, meeting: Meeting
) -> None:
    if app.state.services.engine.dialect.name == "sqlite":
        pytest.skip("writers of SQLite queue; they never conflict")
    answers = await asyncio.gather(*(client.post("/v1/jars/share", json={"beans": 1}) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert sorted(answer.json() for answer in answers) == [0, 1]
    assert meeting.attempts > 2


async def test_writers_that_meet_in_a_crowd_all_finish(app: FastAPI, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/v1/jars", json={"beans": n}) for n in range(40)))
    done = sum(answer.status_code == 201 for answer in answers)
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert jars(app) == done >= 10


async def test_a_crowd_larger_than_the_pool_never_waits_for_itself(settings: Settings, app: FastAPI) -> None:
    """A hundred and fifty requests share three connections: each needs a thread three times while it holds one."""
    small = create_app(settings.model_copy(update={"pool_size": 3}))
    small.include_router(routes(Meeting(1)))
    token = small.state.services.issuer.issue_access("per_1", "com_1", small.state.services.clock())
    async with (
        small.router.lifespan_context(small),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=small), base_url="http://t") as client,
        asyncio.timeout(60),
    ):
        client.headers["Authorization"] = f"Bearer {token}"
        answers = await asyncio.gather(*(client.get("/v1/jars") for _ in range(150)))
    assert {answer.status_code for answer in answers} == {200}
    assert jars(app) == 0


async def test_the_engine_of_a_conflict_is_real(app: FastAPI) -> None:
    """The isolation level of this file is what it says."""
    engine = app.state.services.engine
    if engine.dialect.name == "postgresql":
        assert transact(engine, lambda s: s.execute(text("SHOW transaction_isolation")).scalar_one()) == "serializable"
