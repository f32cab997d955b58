"""Triggers that keep history: rows of append-only tables and of sealed rolls refuse change on both databases.

Alembic's batch mode on SQLite rebuilds a table and drops its triggers without a word, so every migration that touches
one of these tables calls `install` again; a test tries to change a row after every migration.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection

_SEALED = "EXISTS (SELECT 1 FROM roll WHERE id IN ({rolls}) AND state IN ('sealed', 'superseded'))"
_ROLLS = {"INSERT": "NEW.roll_id", "UPDATE": "OLD.roll_id, NEW.roll_id", "DELETE": "OLD.roll_id"}
_KEPT = (
    "id",
    "community_id",
    "name",
    "basis",
    "scope",
    "minimum_age",
    "age_on",
    "electors",
    "heads",
    "area_cm2",
    "root",
    "compiled_at",
    "sealed_at",
    "created_at",
    "replaces_id",
)
"""Columns of a roll that its seal fixes: all but `state`, which may become `superseded` once, and `version`.

Those of the first schema; a migration that adds some gives them to `fix_roll`."""


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
            _create(connection, f"{table}_sealed_{verb.lower()}", table, verb, _SEALED.format(rolls=_ROLLS[verb]))
    fix_roll(connection)


def refuse_changes(connection: Connection, tables: Iterable[str]) -> None:
    """Make further tables append-only. `install` has run before."""
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            _create(connection, f"{table}_refuse_{verb.lower()}", table, verb, None)


def let_forget(connection: Connection) -> None:
    """Let events forget who acted, why, and whom it named; nothing else of them changes. `install` has run before."""
    if _is_postgres(connection):
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS event_refuse_update ON event")
        connection.exec_driver_sql(_POSTGRES_FORGETS.replace("FORGETS", _forgets("IS NOT DISTINCT FROM")))
        connection.exec_driver_sql(
            "CREATE TRIGGER event_refuse_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION yishi_forgets()"
        )
        return
    connection.exec_driver_sql("DROP TRIGGER IF EXISTS event_refuse_update")
    connection.exec_driver_sql(
        f"CREATE TRIGGER event_refuse_update BEFORE UPDATE ON event WHEN NOT ({_forgets('IS')}) "
        "BEGIN SELECT RAISE(ABORT, 'event is append-only'); END"
    )


def remember(connection: Connection) -> None:
    """Take back what `let_forget` allowed."""
    _create(connection, "event_refuse_update", "event", "UPDATE", None)
    if _is_postgres(connection):
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yishi_forgets()")


def _forgets(same: str) -> str:
    kept = ("id", "community_id", "subject_kind", "subject_id", "kind", "from_state", "to_state", "at")
    return (
        " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in kept)
        + " AND NEW.actor_id IN (OLD.actor_id, 'erased')"
        + f" AND (NEW.reason IS NULL OR NEW.reason {same} OLD.reason)"
        + " AND NEW.facts IN (OLD.facts, '{}')"
    )


def fix_roll(connection: Connection, added: Iterable[str] = ()) -> None:
    """Create (again) the triggers of the roll's own row, for the columns of the first schema and those `added` since."""
    kept = (*_KEPT, *added)
    if _is_postgres(connection):
        differ = f"({_columns('NEW', kept)}) IS DISTINCT FROM ({_columns('OLD', kept)})"
        connection.exec_driver_sql(_POSTGRES_FINAL.replace("DIFFER", differ))
    for verb in ("UPDATE", "DELETE"):
        _create_final(connection, verb, kept)


def remove(connection: Connection, append_only: Iterable[str], sealed_by_roll: Iterable[str]) -> None:
    """Drop every trigger and, on PostgreSQL, the functions they call."""
    names = [(f"{t}_refuse_{v}", t) for t in append_only for v in ("update", "delete")]
    names += [(f"{t}_sealed_{v}", t) for t in sealed_by_roll for v in ("insert", "update", "delete")]
    names += [(f"roll_final_{v}", "roll") for v in ("update", "delete")]
    for name, table in names:
        connection.exec_driver_sql(
            f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if _is_postgres(connection) else "")
        )
    if _is_postgres(connection):
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yishi_refuse()")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yishi_sealed()")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yishi_final()")


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


def _create_final(connection: Connection, verb: str, columns: Iterable[str]) -> None:
    """The roll's own row: after the seal it is superseded at most, and never deleted."""
    name = f"roll_final_{verb.lower()}"
    if _is_postgres(connection):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON roll")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {verb} ON roll FOR EACH ROW EXECUTE FUNCTION yishi_final()"
        )
        return
    kept = f"({_columns('NEW', columns)}) IS ({_columns('OLD', columns)})"
    supersedes = f"OLD.state = 'sealed' AND NEW.state = 'superseded' AND {kept}" if verb == "UPDATE" else "0"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE {verb} ON roll "
        f"WHEN OLD.state IN ('sealed', 'superseded') AND NOT ({supersedes}) "
        "BEGIN SELECT RAISE(ABORT, 'the roll is sealed'); END"
    )


def _columns(row: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


_POSTGRES_REFUSE = """
CREATE OR REPLACE FUNCTION yishi_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_POSTGRES_FORGETS = """
CREATE OR REPLACE FUNCTION yishi_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (FORGETS) THEN
    RAISE EXCEPTION 'event is append-only' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""

_POSTGRES_SEALED = """
CREATE OR REPLACE FUNCTION yishi_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  -- FOR SHARE waits for a seal in flight and then sees it; a plain read would see the state from before.
  FOR found IN SELECT state FROM roll WHERE id IN (OLD.roll_id, NEW.roll_id) FOR SHARE LOOP
    IF found IN ('sealed', 'superseded') THEN
      RAISE EXCEPTION 'the roll is sealed' USING ERRCODE = 'restrict_violation';
    END IF;
  END LOOP;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

_POSTGRES_FINAL = """
CREATE OR REPLACE FUNCTION yishi_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('sealed', 'superseded') THEN
    IF TG_OP = 'DELETE' OR OLD.state = 'superseded' OR NEW.state <> 'superseded'
       OR DIFFER THEN
      RAISE EXCEPTION 'the roll is sealed' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
