"""`yishi verify`: check a bundle offline. The verifier is one file without code of ours, and runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from voting.commands import console


class Lang(StrEnum):
    """Languages of the sentences."""

    zh = "zh"
    en = "en"


def verify(
    bundle: Annotated[Path, typer.Argument(help="The bundle, a zip file.")],
    anchor: Annotated[
        Path | None, typer.Option(help="JSON: keys and a checkpoint that you know from elsewhere.")
    ] = None,
    receipt: Annotated[Path | None, typer.Option(help="Your receipt, to look for your own ballot.")] = None,
    opening: Annotated[Path | None, typer.Option(help="Your opening: JSON with secret, nonce, slot and seq.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    lang: Annotated[Lang | None, typer.Option(help="Language of the sentences.")] = None,
) -> None:
    """Check a bundle offline: status 0 if every check that was made passed, 1 if one failed, 2 for wrong usage."""
    given = {"--anchor": anchor, "--receipt": receipt, "--opening": opening, "--lang": lang}
    options = [f"{name}={value}" for name, value in given.items() if value is not None]
    command = [sys.executable, "-I", str(program()), *options, *(["--json"] if as_json else []), "--", str(bundle)]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603  # Our own file, no shell.


def program() -> Path:
    """Where the verifier lies."""
    found = find_spec("clients.verifier.verify")
    if found is None or found.origin is None:
        console.fail("the verifier is not part of this installation")
    return Path(found.origin)
