"""Fixtures of the HTTP tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from tests import databases
from tests.api.test_authorisation_matrix import running
from voting.settings import Settings


@pytest.fixture
def sqlite_alone(sqlite_template: Path, tmp_path: Path) -> str:
    """For tests of what happens before storage: `database_url` may be overridden with it."""
    return databases.fresh_sqlite(sqlite_template, tmp_path)


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    """An event loop in a thread of its own."""
    with start_blocking_portal() as opened:
        yield opened


class Service:
    """A running service that a whole file of tests talks to."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, portal: BlockingPortal) -> None:
        self.app = app
        self.engine = app.state.services.engine
        self._client = client
        self._portal = portal

    def request(self, method: str, url: str, **options: object) -> httpx.Response:
        """Send one request and wait for its answer."""
        return self._portal.call(lambda: self._client.request(method, url, **options))  # type: ignore[arg-type]  # as given


@pytest.fixture(scope="module", params=databases.KINDS)
def service(
    request: pytest.FixtureRequest, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One service for a file of tests, on each database."""
    folder: Path = tmp_path_factory.mktemp("service")
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), folder)
        else:
            server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
            url = stack.enter_context(databases.fresh_postgres(server, template))
        settings = Settings(database_url=url, key_file=folder / "key.pem", rate_per_minute=0, demo=True)
        app, client = stack.enter_context(portal.wrap_async_context_manager(running(settings)))
        yield Service(app, client, portal)
