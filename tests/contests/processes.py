"""Real server processes on one database, and voters who cast at all of them at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests import forked
from tests.conftest import ROOT
from tests.contests.world import CONTEST
from voting.access.keys import embedded_issuer
from voting.access.tokens import Issuer
from voting.clock import system_now
from voting.commands.own_server import command, free_port, stop
from voting.settings import Settings

PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """One process of the service."""

    url: str
    process: forked.Process

    @property
    def ballots(self) -> str:
        """Where ballots go."""
        return f"{self.url}/v1/contests/{CONTEST}/ballots"


@dataclass(frozen=True)
class Place:
    """A database with the key that all its processes share."""

    settings: Settings
    issuer: Issuer

    def bearer(self, person_id: str) -> dict[str, str]:
        """The headers of a person's program."""
        token = self.issuer.issue_access(person_id, "com_1", system_now())
        return {"Authorization": f"Bearer {token}"}

    @contextmanager
    def server(self) -> Iterator[Server]:
        """A process, from ready until stopped (or killed by the test)."""
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("YISHI_")},
            "PYTHONPATH": str(ROOT),
            "YISHI_DATABASE_URL": self.settings.database_url,
            "YISHI_KEY_FILE": str(self.settings.key_file),
            "YISHI_PUBLIC_URL": self.settings.public_url,
            "YISHI_RATE_PER_MINUTE": "0",
        }
        process = forked.start(command(port), env=environment)
        try:
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            stop(process)


def place(database_url: str, folder: Path) -> Place:
    """A place with a key of its own."""
    settings = Settings(database_url=database_url, key_file=folder / "key.pem")
    return Place(settings, embedded_issuer(settings))


async def ready(*servers: Server) -> None:
    """Wait until every process answers."""
    async with httpx.AsyncClient() as client:
        for server in servers:
            await _ready(client, server)


async def _ready(client: httpx.AsyncClient, server: Server) -> None:
    until = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < until and server.process.poll() is None:
        try:
            if (await client.get(f"{server.url}/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"{server.url} did not become ready")


async def at_once(
    requests: Sequence[tuple[str, Mapping[str, Any]]], headers: Mapping[str, str]
) -> list[httpx.Response]:
    """POST every (address, body) at the same moment."""
    limits = httpx.Limits(max_connections=len(requests))
    async with httpx.AsyncClient(limits=limits, timeout=PATIENCE, headers=headers) as client:
        return await asyncio.gather(*(client.post(url, json=body) for url, body in requests))
