"""Who reads the files of the database learns nothing of who cast which ballot, once the contest is closed.

The same attacks succeed while it is open; that is what the sealing is for, and what the README says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from secrets import SystemRandom

import psycopg
import pytest
from sqlalchemy import Engine

from tests.contests import attacks, world
from tests.contests.attacks import Pairs
from tests.contests.people import RETURNING
from tests.contests.world import CONTEST, NOW, person, voter
from voting.contests import batch, closing, moves
from voting.contests.batch import Accepted
from voting.contests.statements import Statements
from voting.contests.tables import Closing
from voting.store import reader, transact

VOTERS = 1000
CHANCE = 10
"""Right guesses that chance alone exceeds once in ten million times: of a random pairing one is right, whatever its size."""


def cast_one_by_one(engine: Engine) -> Pairs:
    """Everybody casts, in an order of their own, each in a transaction of their own: who cast what."""
    numbers = list(range(VOTERS))
    SystemRandom().shuffle(numbers)
    connection, truth = engine.raw_connection(), set()
    if engine.dialect.name == "sqlite":
        # An attacker who copies the log in time has all of it.
        connection.driver_connection.execute("PRAGMA wal_autocheckpoint = 0")  # type: ignore[union-attr]  # an open connection
    for number in numbers:
        cast = voter(person(number)).cast("opt_a", "opt_b")
        cursor = connection.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        outcome = batch.write(Statements(cursor, engine.dialect, CONTEST), [cast], lambda: NOW)
        connection.commit()
        assert isinstance(outcome[0], Accepted)
        truth.add((f"ent_rol_1_{number:05}", cast.slot))
    connection.close()
    return truth


def close(engine: Engine, folder: Path) -> Closing:
    """Close and finish, as a process of the service does."""
    transact(engine, lambda session: moves.close(session, RETURNING, CONTEST, now=NOW))
    assert closing.finish(engine, CONTEST, world.flusher(engine, folder))
    with reader(engine) as session:
        return session.get_one(Closing, CONTEST)


@pytest.fixture
def cast(engine: Engine) -> Pairs:
    """A thousand voters have cast."""
    world.build(engine, electors=VOTERS)
    return cast_one_by_one(engine)


@pytest.fixture
def sqlite_file(engine: Engine) -> Path:
    if engine.dialect.name != "sqlite":
        pytest.skip("the attack reads SQLite's files")
    return Path(engine.url.database or "")


@pytest.fixture
def postgres(engine: Engine) -> Iterator[psycopg.Connection[tuple[str, ...]]]:
    """A superuser's connection to a server whose log segments are not kept for later use, as the operator's guide asks."""
    if engine.dialect.name != "postgresql":
        pytest.skip("the attack reads PostgreSQL's files")
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET wal_recycle = off")
        connection.execute("SELECT pg_reload_conf()")
        yield connection
        connection.execute("ALTER SYSTEM RESET wal_recycle")
        connection.execute("SELECT pg_reload_conf()")


def test_sqlite_files_link_before_the_sealing_and_not_after(
    engine: Engine, sqlite_file: Path, cast: Pairs, tmp_path: Path
) -> None:
    assert len(attacks.sqlite_log(sqlite_file) & cast) > VOTERS * 9 // 10
    row = close(engine, tmp_path)
    assert row.storage == {"tables": "done", "log": "done"}
    assert len(attacks.sqlite_log(sqlite_file) & cast) < CHANCE
    assert len(attacks.sqlite_places(sqlite_file) & cast) < CHANCE
    files = sqlite_file.parent.glob(sqlite_file.name + "*")
    assert attacks.occurrences(files, [slot for _, slot in cast]) == VOTERS


def test_sqlite_rows_have_no_number_of_their_own(engine: Engine, sqlite_file: Path) -> None:
    with reader(engine) as session:
        for table in ("participation", "ballot_box", "sealed_participation", "sealed_ballot"):
            with pytest.raises(Exception, match="no such column: rowid"):
                session.connection().exec_driver_sql(f"SELECT rowid FROM {table}")


def test_postgresql_rows_link_before_the_sealing_and_not_after(
    engine: Engine, postgres: psycopg.Connection[tuple[str, ...]], cast: Pairs, tmp_path: Path
) -> None:
    open_tables, sealed = ("participation", "ballot_box"), ("sealed_participation", "sealed_ballot")
    assert attacks.postgres_transactions(postgres, *open_tables) == cast  # type: ignore[arg-type]  # rows as they come
    close(engine, tmp_path)
    for tables in (open_tables, sealed, (open_tables[0], sealed[1]), (sealed[0], open_tables[1])):
        assert len(attacks.postgres_transactions(postgres, *tables) & cast) < CHANCE  # type: ignore[arg-type]  # as above
        assert len(attacks.postgres_places(postgres, *tables) & cast) < CHANCE  # type: ignore[arg-type]  # as above


def test_postgresql_logs_link_before_the_sealing_and_not_after(
    engine: Engine, postgres: psycopg.Connection[tuple[str, ...]], cast: Pairs, tmp_path: Path
) -> None:
    folder, dump = Path((postgres.execute("SHOW data_directory").fetchone() or ("",))[0]), wal_dump(postgres)
    if not folder.is_dir() or not dump.is_file():
        pytest.skip("the server's files are not on this machine")
    found = attacks.postgres_log(postgres, dump, folder / "pg_wal")  # type: ignore[arg-type]  # rows as they come
    assert len(found & cast) > VOTERS * 9 // 10
    row = close(engine, tmp_path)
    assert row.storage == {"tables": "done", "log": "done"}
    assert len(attacks.postgres_log(postgres, dump, folder / "pg_wal") & cast) < CHANCE  # type: ignore[arg-type]  # as above
    slots = [slot for _, slot in cast]
    assert attacks.occurrences((folder / "pg_wal").iterdir(), slots) == 0
    # The final table and its key, with the separators of the key's tree; no file holds another copy of the box.
    assert 2 * VOTERS <= attacks.occurrences(files_but_statistics(postgres, folder), slots) < 2.1 * VOTERS


def files_but_statistics(connection: psycopg.Connection[tuple[str, ...]], folder: Path) -> Iterator[Path]:
    """The files of this database; what PostgreSQL samples for its planner is sorted and says nothing."""
    query = (
        "SELECT d.oid::text, pg_relation_filenode(c.oid)::text, pg_relation_filenode(c.reltoastrelid)::text"
        " FROM pg_database d, pg_class c WHERE d.datname = current_database() AND c.oid = 'pg_statistic'::regclass"
    )
    database, *statistics = connection.execute(query).fetchone() or ("",)
    return (path for path in (folder / "base" / database).iterdir() if path.name not in statistics)


def wal_dump(connection: psycopg.Connection[tuple[str, ...]]) -> Path:
    """PostgreSQL's reader of its own log, beside the server's program."""
    found = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchone()
    assert found is not None
    return Path(found[0]) / "pg_waldump"
