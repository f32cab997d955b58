"""Commands as a shell starts them: processes of their own, piped.

The first run of a command is a fresh interpreter's; the others are forked from one that has imported the service.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from tests import forked
from tests.conftest import ROOT
from voting.cli import app_for

_started: set[str] = set()
"""Commands that a fresh interpreter has run."""


def yishi(
    *arguments: object, input: str | None = None, timeout: float = 120, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `yishi` to its end; standard output and error as text."""
    command = [sys.executable, "-m", "voting.cli", *map(str, arguments)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    if str(arguments[0]) in _started:
        return forked.run(command, input=input, timeout=timeout, env=surroundings, cwd=folder)
    _started.add(str(arguments[0]))
    return subprocess.run(
        command, input=input, capture_output=True, encoding="utf-8", timeout=timeout, env=surroundings, cwd=folder
    )


def yishi_here(*arguments: object, input: str | None = None) -> subprocess.CompletedProcess[str]:
    """The same in this process: for variations of a command that another test starts as a process."""
    given = [str(argument) for argument in arguments]
    done = CliRunner().invoke(app_for(given), given, input=input, prog_name="yishi")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(given, done.exit_code, done.stdout, done.stderr)
