"""A contest's event stream: where it stands, then every change, and nothing about choices."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from tests.api.seats import asleep, looked_at
from tests.contests import world
from tests.contests.world import CONTEST
from voting.clock import system_now
from voting.contests import moves
from voting.core.authority import SYSTEM
from voting.settings import Settings
from voting.store import transact

pytestmark = pytest.mark.anyio
PATH = f"/v1/contests/{CONTEST}/changes"
SOON = 0.3


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings.model_copy(update={"watch_every_ms": 40}))
    async with made.router.lifespan_context(made):
        world.build(made.state.services.engine, closes_at=system_now() + timedelta(days=9))
        yield made


async def cast(app: FastAPI, number: int) -> None:
    writer = app.state.services.writer
    await asyncio.to_thread(writer.forms.load, CONTEST)
    await writer.cast(world.voter(world.person(number)).cast("opt_b"))


def told(text: str) -> list[dict[str, Any]]:
    """The changes of a stream, each with the id of its event."""
    changes = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] not in ("", ":"))
        if lines.get("event") == "change":
            changes.append(json.loads(lines["data"]) | {"id": lines["id"]})
    return changes


async def test_a_stream_begins_with_where_the_contest_stands(client: httpx.AsyncClient) -> None:
    answer = await client.get(PATH, params={"seconds": 0})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.text.startswith("retry: 3000\n\n")
    (change,) = told(answer.text)
    assert set(change) == {"contest_id", "state", "opens_at", "closes_at", "electors", "cast", "etag", "id"}
    assert (change["state"], change["electors"], change["cast"]) == ("open", 5, 0)


async def test_casts_and_moves_are_told_in_their_order(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    listening = asyncio.create_task(client.get(PATH))
    await asleep(app)
    await cast(app, 0)
    await looked_at(app, cast=1)
    await cast(app, 1)
    world.change(services.engine, state="closed")
    await looked_at(app, cast=2, state="closed")
    services.end_waiting()
    changes = told((await listening).text)
    stands = [(change["state"], change["cast"]) for change in changes]
    # Looks may run together, but nothing is told twice and nothing backwards.
    assert stands in (
        [("open", 0), ("open", 1), ("closed", 2)],
        [("open", 0), ("open", 1), ("open", 2), ("closed", 2)],
    )


async def test_a_listener_who_comes_back_is_not_told_again(client: httpx.AsyncClient) -> None:
    (change,) = told((await client.get(PATH, params={"seconds": 0})).text)
    answer = await client.get(PATH, params={"seconds": 0}, headers={"Last-Event-ID": change["id"]})
    assert told(answer.text) == []


async def test_strangers_hear_nothing_of_a_draft(app: FastAPI, client: httpx.AsyncClient) -> None:
    world.change(app.state.services.engine, state="draft")
    assert (await client.get(PATH, params={"seconds": 0})).status_code == 404


async def test_a_drafts_stream_ends_when_it_changes(app: FastAPI, client: httpx.AsyncClient) -> None:
    services = app.state.services
    world.change(services.engine, state="draft")
    token = services.issuer.issue_access(world.person(0), "com_1", services.clock())
    listening = asyncio.create_task(client.get(PATH, headers={"Authorization": f"Bearer {token}"}))
    await asleep(app)
    world.change(services.engine, closes_at=system_now() + timedelta(days=10))
    answer = await asyncio.wait_for(listening, 15)
    assert [change["state"] for change in told(answer.text)] == ["draft"]


async def test_a_contest_that_is_not_there_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/contests/con_none/changes")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_a_service_that_stops_ends_its_streams(app: FastAPI, client: httpx.AsyncClient) -> None:
    listening = asyncio.create_task(client.get(PATH))
    await asleep(app)
    app.state.services.end_waiting()
    assert (await asyncio.wait_for(listening, 15)).status_code == 200


@pytest.mark.parametrize("seconds", ["-1", "601", "x"])
async def test_a_stream_longer_than_allowed_is_a_problem(client: httpx.AsyncClient, seconds: str) -> None:
    assert (await client.get(PATH, params={"seconds": seconds})).status_code == 422


async def test_after_the_close_the_turnout_is_the_size_of_the_box(app: FastAPI, client: httpx.AsyncClient) -> None:
    await cast(app, 0)
    world.change(app.state.services.engine, closes_at=system_now())
    transact(app.state.services.engine, lambda session: moves.close(session, SYSTEM, CONTEST, now=system_now()))
    transact(app.state.services.engine, world.finish_closing)
    (change,) = told((await client.get(PATH, params={"seconds": 0})).text)
    assert (change["state"], change["cast"]) == ("closed", 1)
