"""What the tests of commands share: a running service, and a database with Community B, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import databases
from tests.commands.servers import serving
from voting.commands import keys, seed
from voting.commands.keys import client_key
from voting.settings import Settings
from voting.store import engine_for


@dataclass(frozen=True)
class Served:
    """Where it listens, and a key that makes communities."""

    url: str
    key: str


@dataclass(frozen=True)
class Planted:
    """A database with Community B, planted at `NOW`."""

    url: str
    community_id: str


NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@contextmanager
def _database(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), folder)
        return
    template = request.getfixturevalue("postgres_template")
    with databases.fresh_postgres(request.getfixturevalue("postgres_url"), template) as url:
        yield url


@pytest.fixture(scope="module", params=databases.KINDS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running service; its tests share it and make communities of their own."""
    folder = tmp_path_factory.mktemp("served")
    with _database(request.param, request, folder) as url:
        key = client_key(url, "tests")
        with serving(folder, database_url=url) as address:
            yield Served(address, key)


@pytest.fixture(scope="module", params=databases.KINDS)
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """The demo's neighbourhood on each database; its tests share it and change nothing but keys."""
    folder = tmp_path_factory.mktemp("planted")
    with _database(request.param, request, folder) as url:
        engine = engine_for(url)
        community_id = seed.plant(engine, NOW, keys.signing(Settings(key_file=folder / "key.pem")))
        engine.dispose()
        yield Planted(url, community_id)
