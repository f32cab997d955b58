"""A migrated database per module for tests that never commit: each works in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from tests import databases
from tests.contests import world
from voting.store import engine_for, writer


@pytest.fixture(scope="module", params=databases.KINDS)
def kept_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that the tests of a module share."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("kept")
        yield databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), folder)
        return
    url = request.getfixturevalue("postgres_url")
    with databases.fresh_postgres(url, request.getfixturevalue("postgres_template")) as fresh:
        yield fresh


@pytest.fixture
def session(kept_url: str) -> Iterator[Session]:
    """A writing session on two communities and a sealed roll of six; nothing of it stays."""
    engine = engine_for(kept_url)
    with writer(engine) as made:
        world.community(made)
        world.community(made, "com_2")
        world.roll(made, 6)
        yield made
        made.rollback()
    engine.dispose()
