"""Waiting for minutes and for what people say about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session

from api.app import create_app
from tests.access import world
from tests.access.world import a_role
from tests.api.seats import asleep
from tests.programme.settled import settle_programme
from voting.settings import Settings
from voting.store import transact

pytestmark = pytest.mark.anyio


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings.model_copy(update={"watch_every_ms": 40, "rate_per_minute": 0}))

    def work(session: Session) -> None:
        world.settle(session)
        settle_programme(session)
        session.add(a_role("rle_1", "per_1", "committee_officer"))

    async with made.router.lifespan_context(made):
        transact(made.state.services.engine, work)
        yield made


def bearer(app: FastAPI, number: int) -> dict[str, str]:
    services = app.state.services
    token = services.issuer.issue_access(f"per_{number}", "com_1", services.clock())
    return {"Authorization": f"Bearer {token}", "If-Match": "*"}


async def waits(app: FastAPI, client: httpx.AsyncClient, path: str) -> asyncio.Task[httpx.Response]:
    etag = (await client.get(path, headers=bearer(app, 2))).json()["etag"]
    held = asyncio.create_task(client.get(path, params={"wait": 30, "etag": etag}, headers=bearer(app, 2)))
    await asleep(app)
    return held


async def test_a_correction_answers_who_waits_for_the_minutes(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, "/v1/minutes/mnt_published")
    said = {"body": {"en": "corrected"}, "reason": "r"}
    answer = await client.patch("/v1/minutes/mnt_published", json=said, headers=bearer(app, 1))
    assert answer.status_code == 200, answer.text
    assert (await asyncio.wait_for(held, 15)).json()["body"] == {"en": "corrected"}


async def test_a_comment_answers_who_waits_at_the_thread_of_minutes(app: FastAPI, client: httpx.AsyncClient) -> None:
    path = "/v1/threads/minutes/mnt_published/comments"
    held = await waits(app, client, path)
    answer = await client.post(path, json={"text": "here"}, headers=bearer(app, 1))
    assert answer.status_code == 201, answer.text
    assert (await asyncio.wait_for(held, 15)).json()["items"][0]["text"] == "here"


async def test_a_draft_wakes_nobody_who_waits_for_the_list(app: FastAPI, client: httpx.AsyncClient) -> None:
    held = await waits(app, client, "/v1/communities/com_1/activities")
    answer = await client.post("/v1/activities/atv_held/minutes", json={"body": {"en": "x"}}, headers=bearer(app, 1))
    assert answer.status_code == 201, answer.text
    await asyncio.sleep(0.3)
    assert not held.done()
    held.cancel()
