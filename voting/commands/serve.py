"""`yishi serve`: the service in this process, on a migrated database."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from voting.commands.migrate import Database, require_newest_schema, settings_for
from voting.commands.own_server import command, environment_of

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def serve(host: Host = "127.0.0.1", port: Port = 8000, database: Database = None) -> None:
    """Serve HTTP until it is stopped. It never migrates: run `yishi migrate` first."""
    url = settings_for(database).database_url
    require_newest_schema(url)
    arguments = command(port, host)
    os.execve(arguments[0], arguments, environment_of({"database_url": url}))  # noqa: S606 (our own interpreter, no shell)
