"""The command `yishi`: assembles the commands of `voting.commands`. Nothing is decided here."""

from __future__ import annotations

import typer

from voting.commands.count import count
from voting.commands.demo import demo
from voting.commands.import_register import import_register
from voting.commands.migrate import migrate
from voting.commands.replay import replay
from voting.commands.serve import serve
from voting.commands.token import token

app = typer.Typer(
    name="yishi",
    help="Yishi 议事: a service with which a neighbourhood deliberates, votes and audits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Yishi 议事: a service with which a neighbourhood deliberates, votes and audits."""


app.command("demo")(demo)
app.command("serve")(serve)
app.command("migrate")(migrate)
app.command("token")(token)
app.command("import-register")(import_register)
app.command("count")(count)
app.command("replay")(replay)


def main() -> None:
    """The console script."""
    app(prog_name="yishi")


if __name__ == "__main__":
    main()
