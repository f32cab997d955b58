"""The command `yishi`: assembles the commands of `voting.commands`. Nothing is decided here.

Only the command that was asked for is imported: counting a file loads no database driver and no HTTP client.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

COMMANDS = {
    "demo": "voting.commands.demo:demo",
    "serve": "voting.commands.serve:serve",
    "migrate": "voting.commands.migrate:migrate",
    "token": "voting.commands.token:token",
    "import-register": "voting.commands.import_register:import_register",
    "sign": "voting.commands.sign:sign",
    "count": "voting.commands.count:count",
    "replay": "voting.commands.replay:replay",
    "witness": "voting.commands.witness:witness",
    "rule": "voting.commands.rule:rule",
    "bundle": "voting.commands.bundle:bundle",
    "export": "voting.commands.export:export",
    "verify": "voting.commands.verify:verify",
}
"""Name → module and function, in the order of the help."""


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The application with the command that the arguments name, or with all of them when they name none."""
    app = typer.Typer(
        name="yishi",
        help="Yishi 议事: a service with which a neighbourhood deliberates, votes and audits.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # With a callback a single command is still called by its name.
    app.callback()(_root)
    named = next((argument for argument in arguments if not argument.startswith("-")), "")
    for name in [named] if named in COMMANDS else COMMANDS:
        module, _, function = COMMANDS[name].partition(":")
        app.command(name)(getattr(import_module(module), function))
    return app


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"yishi {version('yishi')}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Yishi 议事: a service with which a neighbourhood deliberates, votes and audits."""


def main() -> None:
    """The console script."""
    app_for(sys.argv[1:])(prog_name="yishi")


if __name__ == "__main__":
    main()
