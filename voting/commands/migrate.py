"""`yishi migrate`: bring the database to the schema of this version."""

from __future__ import annotations

from typing import Annotated

import typer
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from voting import migrate as migrations
from voting.commands import console
from voting.settings import Settings
from voting.store import engine_for

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="sqlite:///file or postgresql://…; else YISHI_DATABASE_URL."),
]


def migrate(
    database: Database = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with status 1 when it is behind.")
    ] = False,
) -> None:
    """Bring the database to the newest schema. Running it again changes nothing."""
    engine = engine_for(settings_for(database).database_url)
    try:
        before, newest = schema_of(engine)
        if before == newest:
            console.say(f"The database is at the newest schema, {newest}.")
            return
        if check:
            console.fail(f"the database is at schema {before or 'none'}, the newest is {newest}: run `yishi migrate`")
        migrations.upgrade(engine)
        console.say(f"Migrated from {before or 'an empty database'} to {newest}.")
    except DBAPIError as error:
        console.fail(f"the database does not answer: {str(error.orig).splitlines()[0]}")
    finally:
        engine.dispose()


def settings_for(database: str | None) -> Settings:
    """The settings of the environment, with the database of the command line where one is named."""
    return Settings() if database is None else Settings(database_url=database)


def schema_of(engine: Engine) -> tuple[str | None, str]:
    """The schema the database has (none when empty) and the newest this version knows."""
    newest = ScriptDirectory.from_config(migrations.configuration()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), str(newest)


def require_newest_schema(database_url: str) -> None:
    """End the command with what to do when the database is not at the newest schema."""
    engine = engine_for(database_url)
    try:
        found, newest = schema_of(engine)
    except DBAPIError as error:
        console.fail(f"the database does not answer: {str(error.orig).splitlines()[0]}")
    finally:
        engine.dispose()
    if found != newest:
        console.fail(f"the database is at schema {found or 'none'}, this version needs {newest}: run `yishi migrate`")
