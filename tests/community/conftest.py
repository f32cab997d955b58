"""A community of its own for every test, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from voting.community import register_import
from voting.community.register_import import Report
from voting.community.tables import Community
from voting.core.authority import SYSTEM
from voting.store import reader, transact

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
Importer = Callable[..., Report]


def add_community(engine: Engine, identifier: str = "com_b", *, demo: bool = False) -> str:
    """A stored community; gives back its id."""
    row = Community(id=identifier, name={"zh-CN": "乙小区"}, time_zone="Asia/Shanghai", created_at=NOW, demo=demo)
    transact(engine, lambda session: session.add(row))
    return identifier


@pytest.fixture
def community(engine: Engine) -> str:
    """The community the tests are about."""
    return add_community(engine)


@pytest.fixture
def bring(engine: Engine, community: str) -> Importer:
    """Import a file into the community, in a transaction of its own."""

    def run(content: bytes, into: str = community, **options: bool) -> Report:
        return transact(
            engine,
            lambda session: register_import.import_register(session, SYSTEM, into, content, now=NOW, **options),
        )

    return run


@pytest.fixture
def export(engine: Engine, community: str) -> Callable[..., bytes]:
    """The community's register as a file."""

    def run(of: str = community) -> bytes:
        with reader(engine) as session:
            return register_import.export_register(session, SYSTEM, of, NOW)

    return run
