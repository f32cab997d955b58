"""What a database still holds of rows that are gone, and how far it can be made to forget them, after a sealing.

SQLite: freed pages are overwritten as they are freed (`secure_delete`), VACUUM writes the file anew, and a truncating
checkpoint empties the log. PostgreSQL: VACUUM FULL writes the tables anew, a switch and a checkpoint let the log's old
segments go; the last two need rights that the service may not have, and with `wal_recycle` on the segments keep their
bytes until they are used again. What was refused is told, so that an operator can see to it: copies, archives and
standbys are the operator's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Engine

OPEN = ("ballot_box", "participation")
"""Where the rows of open contests stand, and nothing else: small between two votes."""
KEPT = ("cast_commitment",)
"""Written with them, and kept: what is vacuumed away tells of rows that are nowhere any more."""
PATIENCE_MS = 2000
"""How long to wait for others to let go of a table or of an old state of the file."""

DONE, RECYCLED, REFUSED, BUSY = "done", "recycled", "refused", "busy"


def scrub(engine: Engine) -> Mapping[str, str]:
    """Make the database forget. For each part `done`, `recycled`, `refused` (not allowed) or `busy` (try again)."""
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            return _sqlite(connection.driver_connection)
        return _postgresql(connection.driver_connection)
    finally:
        # The settings of this session are nobody else's.
        connection.invalidate()
        connection.close()


def is_passing(parts: Mapping[str, str]) -> bool:
    """Whether another attempt may do better."""
    return BUSY in parts.values()


def _sqlite(connection: Any) -> Mapping[str, str]:
    connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    return {"tables": _attempt(connection, "VACUUM"), "log": _truncated(connection)}


def _truncated(connection: Any) -> str:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return BUSY if busy else DONE


def _postgresql(connection: Any) -> Mapping[str, str]:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {PATIENCE_MS}")
    warnings: list[str] = []
    connection.add_notice_handler(lambda notice: warnings.append(notice.severity_nonlocalized))
    tables = _attempt(connection, f"VACUUM FULL {', '.join(OPEN)}")
    # A table that is not the service's own is passed over with no more than a warning.
    tables = REFUSED if "WARNING" in warnings else tables
    plainly = KEPT if tables == DONE else (*OPEN, *KEPT)
    _attempt(connection, f"VACUUM {', '.join(plainly)}")
    steps = [_attempt(connection, statement) for statement in ("SELECT pg_switch_wal()", "CHECKPOINT")]
    log = next((step for step in steps if step != DONE), RECYCLED if _recycles(connection) else DONE)
    return {"tables": tables, "log": log}


def _recycles(connection: Any) -> bool:
    return bool(connection.execute("SELECT current_setting('wal_recycle', true)").fetchone()[0] == "on")


def _attempt(connection: Any, statement: str) -> str:
    try:
        connection.execute(statement)
    except psycopg.errors.LockNotAvailable:
        return BUSY
    except psycopg.Error:
        return REFUSED
    except sqlite3.OperationalError as error:
        return BUSY if "locked" in str(error) or "in progress" in str(error) else REFUSED
    return DONE
