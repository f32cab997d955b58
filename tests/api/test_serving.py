"""The service as it runs: processes on one socket and one database, figures, log lines, a graceful end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session

from voting.access import clients
from voting.clock import system_now
from voting.core.authority import SYSTEM
from voting.store import engine_for, transact

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`python -m api` with two processes, from a folder that is not the checkout."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.log = folder / "log"
        environment = os.environ | {
            "YISHI_DATABASE_URL": database_url,
            "YISHI_KEY_FILE": str(folder / "key.pem"),
            "YISHI_RATE_PER_MINUTE": "0",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "api", "--port", str(port), "--workers", "2"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """One file for two processes; two processes on PostgreSQL race in the tests of casting."""
    return sqlite_alone


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    made = Server(database_url, tmp_path)
    try:
        made.wait()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(PATIENCE)


@pytest.fixture
def platform_key(database_url: str) -> str:
    engine = engine_for(database_url)

    def create(session: Session) -> str:
        return clients.create(
            session, SYSTEM, community_id=None, name="tests", scopes=["platform"], now=system_now()
        ).bearer

    key = transact(engine, create)
    engine.dispose()
    return key


COMMUNITY = {"name": {"en": "Community B"}, "time_zone": "Asia/Shanghai"}


async def create_forty(url: str, key: str) -> list[int]:
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE) as client:
        answers = await asyncio.gather(*(client.post("/v1/communities", json=COMMUNITY) for _ in range(40)))
        listed = await client.get("/v1/communities", params={"limit": 200})
    assert len(listed.json()["items"]) == 40
    return [answer.status_code for answer in answers]


def test_two_processes_write_to_one_database_log_no_person_and_stop_when_told(
    server: Server, platform_key: str
) -> None:
    assert asyncio.run(create_forty(server.url, platform_key)) == [201] * 40
    figures = httpx.get(f"{server.url}/metrics").text
    assert 'route="/v1/communities"' in figures or "yishi_http_requests" in figures
    assert server.stop() == 0
    answered = [line for line in server.lines() if line.get("event") == "answered"]
    assert len(answered) >= 41
    assert {frozenset(line) for line in answered} == {
        frozenset({"event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds"})
    }
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in answered)
    assert platform_key not in server.log.read_text()
