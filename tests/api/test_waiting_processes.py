"""Waiting as it is in service: two processes on one database, a line that breaks, a process that is told to stop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.contests import processes, world
from tests.contests.processes import Server
from tests.contests.world import CONTEST
from voting.clock import system_now
from voting.store import engine_for

pytestmark = pytest.mark.anyio
PATH = f"/v1/contests/{CONTEST}"


async def next_change(lines: AsyncIterator[str]) -> dict[str, object]:
    """The data of the next event of a stream."""
    async for line in lines:
        if line.startswith("data: "):
            found: dict[str, object] = json.loads(line[6:])
            return found
    raise AssertionError("the stream ended")


async def waiting(client: httpx.AsyncClient, server: Server, path: str) -> asyncio.Task[httpx.Response]:
    etag = (await client.get(f"{server.url}{path}")).json()["etag"]
    return asyncio.create_task(client.get(f"{server.url}{path}", params={"wait": 40, "etag": etag}))


async def test_processes_hear_of_each_others_ballots_and_stop_without_waiting(
    database_url: str, tmp_path: Path
) -> None:
    engine = engine_for(database_url)
    world.build(engine, closes_at=system_now() + timedelta(days=9))
    engine.dispose()
    place = processes.place(database_url, tmp_path)
    async with httpx.AsyncClient(timeout=60) as client:
        with place.server() as here, place.server() as there:
            await processes.ready(here, there)
            turnout = await waiting(client, here, f"{PATH}/turnout")
            async with client.stream("GET", f"{here.url}{PATH}/changes") as stream:
                assert (await next_change(stream.aiter_lines()))["cast"] == 0
                ballot = {"ranking": [["opt_a"]]}
                (answer,) = await processes.at_once([(there.ballots, ballot)], place.bearer(world.person(0)))
                assert answer.status_code == 201
                assert (await asyncio.wait_for(turnout, 10)).json()["cast"] == 1
            contest = await waiting(client, here, PATH)
            async with client.stream("GET", f"{here.url}{PATH}/changes") as stream:
                lines = stream.aiter_lines()
                assert (await next_change(lines))["cast"] == 1
                began = time.monotonic()
                here.process.terminate()
                # 503 where the stop was told before the request had arrived.
                assert (await asyncio.wait_for(contest, 10)).status_code in {304, 503}
                assert [line async for line in lines if line.startswith("data")] == []
            assert await asyncio.to_thread(here.process.wait, 10) is not None
            assert time.monotonic() - began < 8
