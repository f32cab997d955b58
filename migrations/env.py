"""Alembic environment. Runs on a connection handed in by `voting.migrate` or the tests, else on `YISHI_DATABASE_URL`."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

from voting.schema import metadata
from voting.settings import Settings
from voting.store import engine_for

_BY_HAND = ("search_terms", "ix_search_document_title_terms", "ix_search_document_all_terms")
"""The full-text index, which each database has in a form of its own."""


def _is_compared(name: str | None, _kind: str, _parents: Any) -> bool:
    return not (name or "").startswith(_BY_HAND)


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=_is_compared,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Migrate the given connection, or one of our own."""
    given: Any = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    with engine_for(Settings().database_url).connect() as connection:
        _run(connection)
        connection.commit()


run()
