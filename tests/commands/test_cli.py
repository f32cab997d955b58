"""The command as a whole."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.commands.processes import yishi, yishi_here
from tests.conftest import ROOT
from voting.cli import COMMANDS


def test_help_lists_every_command() -> None:
    printed = yishi("--help").stdout
    assert [name for name in COMMANDS if name in printed] == list(COMMANDS)


def test_it_tells_its_version() -> None:
    assert yishi("--version").stdout == f"yishi {version('yishi')}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = yishi_here(command, "--help")
    assert done.returncode == 0
    assert f"Usage: yishi {command}" in done.stdout


def test_a_command_that_does_not_exist_is_a_usage_error() -> None:
    done = yishi_here("cuont")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_counting_loads_no_database_and_no_http() -> None:
    code = (
        "import sys; from voting.cli import app_for; app_for(['count']); "
        "print(sorted({'sqlalchemy', 'httpx', 'alembic', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
