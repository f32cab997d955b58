"""`yishi migrate` as a process, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.processes import yishi
from tests.databases import KINDS, fresh_postgres


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/yishi.db"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url"), "template0") as url:
        yield url


def test_an_empty_database_is_migrated_and_then_left_alone(empty_database: str) -> None:
    first = yishi("migrate", "--database", empty_database)
    second = yishi("migrate", "--database", empty_database)
    assert first.stdout.startswith("Migrated from an empty database to ")
    assert second.stdout.startswith("The database is at the newest schema")


def test_the_database_may_come_from_the_environment(tmp_path: Path) -> None:
    assert yishi("migrate", YISHI_DATABASE_URL=f"sqlite:///{tmp_path}/env.db").returncode == 0
    assert (tmp_path / "env.db").exists()


def test_check_says_that_a_database_is_behind_and_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/behind.db"
    for _ in range(2):
        done = yishi("migrate", "--check", "--database", url)
        assert done.returncode == 1
        assert "schema none" in done.stderr


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    done = yishi("migrate", "--database", "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.startswith("yishi: the database does not answer")
    assert "Traceback" not in done.stderr
