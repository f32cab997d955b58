"""Statements are compiled once per test run, not once per engine.

A service compiles a statement when it first needs it and keeps it as long as its engine, which is as long as it runs. Tests
make a new engine each and compiled the same statements again, a third of their time. So all engines of a kind share what any of
them compiled.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import SQLModel

from voting.schema import metadata


class Compiled(dict[Any, Any]):
    """Statement → what was compiled of it. SQLAlchemy begins a key with the dialect, which each engine has of its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        """What was compiled for any engine of the kind."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


def share() -> None:
    """From now on connections use what any other has compiled; so do the mappers, which keep a session's INSERT and UPDATE."""
    compiled = Compiled()

    @event.listens_for(Engine, "engine_connect")
    def _given(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)

    assert metadata is SQLModel.metadata
    for mapper in SQLModel._sa_registry.mappers:
        mapper._compiled_cache = compiled
