"""Triggers that keep history: rows of append-only tables and of sealed rolls refuse change on both databases.

Alembic's batch mode on SQLite rebuilds a table and drops its triggers without a word, so every migration that touches
one of these tables calls `install` again; a test tries to change a row after every migration.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection

_SEALED = "(SELECT state FROM roll WHERE id = {row}.roll_id) IN ('sealed', 'superseded')"


def install(connection: Connection, append_only: Iterable[str], sealed_by_roll: Iterable[str]) -> None:
    """Create (or create again) every trigger. Takes a SHARE ROW EXCLUSIVE lock per table on PostgreSQL."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRES_REFUSE)
        connection.exec_driver_sql(_POSTGRES_SEALED)
    for table in append_only:
        for verb in ("UPDATE", "DELETE"):
            _create(connection, f"{table}_refuse_{verb.lower()}", table, verb, None)
    for table in sealed_by_roll:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            row = "OLD" if verb == "DELETE" else "NEW"
            _create(connection, f"{table}_sealed_{verb.lower()}", table, verb, _SEALED.format(row=row))


def remove(connection: Connection, append_only: Iterable[str], sealed_by_roll: Iterable[str]) -> None:
    """Drop every trigger and, on PostgreSQL, the functions they call."""
    names = [(f"{t}_refuse_{v}", t) for t in append_only for v in ("update", "delete")]
    names += [(f"{t}_sealed_{v}", t) for t in sealed_by_roll for v in ("insert", "update", "delete")]
    for name, table in names:
        connection.exec_driver_sql(
            f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if _is_postgres(connection) else "")
        )
    if _is_postgres(connection):
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yishi_refuse()")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yishi_sealed()")


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _create(connection: Connection, name: str, table: str, verb: str, condition: str | None) -> None:
    if _is_postgres(connection):
        function = "yishi_sealed" if condition else "yishi_refuse"
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        return
    when = f"WHEN {condition} " if condition else ""
    message = "the roll is sealed" if condition else f"{table} is append-only"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


_POSTGRES_REFUSE = """
CREATE OR REPLACE FUNCTION yishi_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_POSTGRES_SEALED = """
CREATE OR REPLACE FUNCTION yishi_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed text := CASE WHEN TG_OP = 'DELETE' THEN OLD.roll_id ELSE NEW.roll_id END;
BEGIN
  IF (SELECT state FROM roll WHERE id = changed) IN ('sealed', 'superseded') THEN
    RAISE EXCEPTION 'the roll is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
