"""Fixtures every folder shares: the published data, and a fresh database of each kind."""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine

from api.app import create_app
from tests import compiled, databases
from voting.settings import Settings
from voting.store import engine_for

ROOT = Path(__file__).parent.parent

# One line per request is for operators; thousands of them, written in colour, take longer than the requests.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

# httpx looks for this module before every request without a network, along the whole path, where it is not installed.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # "not found", as the import system notes it

compiled.share()

# A busy machine is no fault of what is tested. The same examples come every time; more of them, and others, by `make prove`.
hypothesis_settings.register_profile(
    "yishi",
    deadline=None,
    derandomize="YISHI_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("yishi")


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def shared_folder() -> Path:
    """Where the published cases, rules and vectors lie (`YISHI_SHARED`, default `../shared`)."""
    return Path(os.environ.get("YISHI_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data; the test is skipped where it is absent."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(f"no published data at {folder}: set YISHI_SHARED to run this test")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return databases.migrated_sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for this test process.

    Its folder is not one of pytest's: a server started by root runs as another user, and the next pytest on the machine
    takes from everybody else the right to enter pytest's folders.
    """
    with (
        tempfile.TemporaryDirectory(prefix="yishi-pg-", ignore_cleanup_errors=True) as folder,
        databases.postgres_server(Path(folder)) as url,
    ):
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """A migrated template database."""
    return databases.migrated_postgres(postgres_url)


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A migrated database for the tests of this process, one after another."""
    with databases.fresh_postgres(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture(params=databases.KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database; every test that asks for it runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    with databases.emptied_postgres(request.getfixturevalue("postgres_database")) as emptied:
        yield emptied


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database."""
    made = engine_for(database_url)
    yield made
    made.dispose()


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio alone, as the service does."""
    return "asyncio"


@pytest.fixture
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a service on the fresh database, with one key for all tests and no rate limit."""
    base = tmp_path_factory.getbasetemp()
    return Settings(
        database_url=database_url,
        key_file=base / "token-key.pem",
        log_state_dir=tmp_path_factory.mktemp("log-state"),
        rate_per_minute=0,
        demo=True,
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service, started. Its running parts (engine, issuer, writer, clock) are `app.state.services`."""
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the service, without a network between. A fault inside answers 500, as it does outside."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://yishi.test") as made:
        yield made
