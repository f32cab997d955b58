"""Both databases keep what the house promises: one schema, exact values, history that refuses change."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from voting import migrate, schema
from voting.community.tables import Community
from voting.ids import timed_id
from voting.log.tables import Event
from voting.roll.tables import Roll, RollEntry, RollVoter
from voting.store import reader, transact, writer

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def a_community(identifier: str = "com_1") -> Community:
    return Community(
        id=identifier, name={"zh-CN": "乙小区", "en": "Community B"}, time_zone="Asia/Shanghai", created_at=NOW
    )


def an_event(identifier: str) -> Event:
    return Event(
        id=identifier,
        community_id="com_1",
        subject_kind="roll",
        subject_id="rol_1",
        kind="sealed",
        actor_id="system",
        at=NOW,
    )


def a_sealed_roll(session: Session) -> None:
    session.add(a_community())
    session.flush()
    session.add(
        Roll(id="rol_1", community_id="com_1", name="全体", basis="person", scope={"kind": "community"}, created_at=NOW)
    )
    session.flush()
    session.add(
        RollEntry(id="ent_1", community_id="com_1", roll_id="rol_1", elector="per_1", label="王", salt=b"s" * 32)
    )
    session.flush()
    session.add(RollVoter(roll_id="rol_1", person_id="per_1", entry_id="ent_1"))
    session.flush()
    session.execute(text("UPDATE roll SET state = 'sealed'"))


def test_the_models_and_the_migrations_are_one_schema(engine: Engine) -> None:
    migrate.check(engine)


def test_the_schema_goes_back_and_forth(engine: Engine) -> None:
    migrate.downgrade(engine)
    migrate.upgrade(engine)
    migrate.check(engine)


def test_an_instant_comes_back_to_the_microsecond_and_in_utc(engine: Engine) -> None:
    transact(engine, lambda session: session.add(a_community()))
    with reader(engine) as session:
        found = session.get_one(Community, "com_1")
    assert found.created_at == NOW
    assert found.created_at.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(engine: Engine) -> None:
    row = a_community()
    row.created_at = NOW.replace(tzinfo=None)
    with writer(engine) as session:
        session.add(row)
        with pytest.raises(StatementError, match="aware time"):
            session.flush()


def test_an_instant_of_another_zone_is_the_same_instant(engine: Engine) -> None:
    row = a_community()
    row.created_at = NOW.astimezone(timezone(timedelta(hours=8)))
    transact(engine, lambda session: session.add(row))
    with reader(engine) as session:
        assert session.get_one(Community, "com_1").created_at == NOW


def test_an_edit_of_an_older_version_fails(engine: Engine) -> None:
    transact(engine, lambda session: session.add(a_community()))
    with reader(engine) as one:
        early = one.get_one(Community, "com_1")
        one.expunge(early)
    transact(engine, lambda session: setattr(session.get_one(Community, "com_1"), "time_zone", "Asia/Urumqi"))
    early.time_zone = "Asia/Tokyo"
    with writer(engine) as session:
        session.add(early)
        with pytest.raises(StaleDataError):
            session.flush()


@pytest.mark.parametrize("statement", ["UPDATE {table} SET community_id = 'x'", "DELETE FROM {table}"])
@pytest.mark.parametrize("rebuilt", [False, True])
def test_an_event_refuses_change(engine: Engine, statement: str, rebuilt: bool) -> None:
    if rebuilt:
        migrate.downgrade(engine)
        migrate.upgrade(engine)
    transact(engine, lambda session: session.add(an_event(timed_id("evt", NOW))))
    with pytest.raises(DBAPIError, match="append-only"), writer(engine) as session:
        session.execute(text(statement.format(table="event")))


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ("actor_id = 'erased', reason = NULL", True),
        ("facts = '{}'", True),
        ("actor_id = 'per_2'", False),
        ("reason = 'another'", False),
        ("facts = '{\"number\":2}'", False),
        ("reason = NULL, kind = 'another'", False),
        ("actor_id = 'erased', to_state = NULL", False),
    ],
)
def test_an_event_forgets_a_person_and_nothing_else(engine: Engine, change: str, stands: bool) -> None:
    kept = an_event(timed_id("evt", NOW))
    kept.reason, kept.facts, kept.to_state = "why", {"number": 1}, "open"
    transact(engine, lambda session: session.add(kept))
    refused = nullcontext() if stands else pytest.raises(DBAPIError, match="append-only")
    with refused, writer(engine) as session:
        session.connection().exec_driver_sql(f"UPDATE event SET {change}")


def test_every_append_only_table_has_its_triggers(engine: Engine) -> None:
    catalogue = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    with reader(engine) as session:
        found = {(name, table) for name, table in session.execute(text(catalogue))}
    wanted = {(f"{t}_refuse_{v}", t) for t in schema.APPEND_ONLY for v in ("update", "delete")}
    wanted |= {(f"{t}_sealed_{v}", t) for t in schema.SEALED_BY_ROLL for v in ("insert", "update", "delete")}
    assert wanted <= found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE roll_entry SET heads = 2",
        "DELETE FROM roll_voter",
        "INSERT INTO roll_voter (roll_id, person_id, entry_id) VALUES ('rol_1', 'per_2', 'ent_1')",
    ],
)
def test_a_sealed_roll_refuses_change(engine: Engine, statement: str) -> None:
    transact(engine, a_sealed_roll)
    with pytest.raises(DBAPIError, match="sealed"), writer(engine) as session:
        session.execute(text(statement))


def test_sqlite_is_durable_and_checks_foreign_keys(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("pragmas are SQLite's")
    with engine.connect() as connection:
        read = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
    assert read == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
