"""How many statements a piece of work sends: what is set-based sends as many for a thousand rows as for ten. And what one
statement costs the database: not by the clock of a busy machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


@contextmanager
def counting_statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement sent while the block runs, one per execution."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def effort(session: Session, query: Any, rows: int) -> int:
    """Instructions of SQLite's machine, or pages that PostgreSQL looked at, for a query that answers so many rows and that
    PostgreSQL does not sort."""
    if session.get_bind().dialect.name == "postgresql":
        compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        told = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {compiled}").scalar_one()
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        assert "Sort" not in json.dumps(plan), plan
        assert plan["Actual Rows"] == rows, plan
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    raw: Any = session.connection().connection.driver_connection
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    raw.set_progress_handler(step, 1)
    try:
        assert len(raw.execute(str(compiled)).fetchall()) == rows
    finally:
        raw.set_progress_handler(None, 1)
    return steps
