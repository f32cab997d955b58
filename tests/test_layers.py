"""The law of imports holds, and every contract of it has been seen to fail: each is broken once in a copy of the house."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "voting", "clients", "migrations")

# Contract, file of the copy that breaks it, the line that does.
BREACHES = [
    ("api stands on voting; voting never looks back", "voting/contests/breach.py", "import fastapi"),
    ("api stands on voting; voting never looks back", "voting/roll/breach.py", "import api.problems"),
    (
        "contexts are floors; a lower floor never imports a higher one",
        "voting/community/breach.py",
        "import voting.roll.tables",
    ),
    (
        "contexts are floors; a lower floor never imports a higher one",
        "voting/access/breach.py",
        "import voting.community.tables",
    ),
    (
        "contexts are floors; a lower floor never imports a higher one",
        "voting/deliberation/breach.py",
        "import voting.redesign.tables",
    ),
    ("core is pure: no framework, no database, no clock", "voting/core/breach.py", "import sqlalchemy"),
    ("core is pure: no framework, no database, no clock", "voting/core/count/breach.py", "import voting.clock"),
    ("core is pure: no framework, no database, no clock", "voting/core/breach.py", "import voting.redesign.tables"),
    (
        "contexts are floors; a lower floor never imports a higher one",
        "voting/deliberation/breach.py",
        "import voting.programme.tables",
    ),
    (
        "contexts are floors; a lower floor never imports a higher one",
        "voting/redesign/breach.py",
        "import voting.programme.tables",
    ),
    ("core is pure: no framework, no database, no clock", "voting/core/breach.py", "import voting.programme.tables"),
    (
        "api writes no SQL and imports no tables; only api.deps opens a session",
        "api/schemas/breach.py",
        "import voting.programme.tables",
    ),
    ("python-jose is imported by voting.access.tokens alone", "api/routes/breach.py", "import jose.jwt"),
    ("python-jose is imported by voting.access.tokens alone", "voting/access/breach.py", "import jose.jwt"),
    (
        "api writes no SQL and imports no tables; only api.deps opens a session",
        "api/routes/breach.py",
        "import sqlalchemy",
    ),
    (
        "api writes no SQL and imports no tables; only api.deps opens a session",
        "api/schemas/breach.py",
        "import voting.roll.tables",
    ),
    (
        "api writes no SQL and imports no tables; only api.deps opens a session",
        "api/schemas/breach.py",
        "import voting.redesign.tables",
    ),
    ("routes are siblings and never import each other", "api/routes/breach.py", "import api.routes.rolls"),
    ("clients import nothing of the service", "clients/python/breach.py", "import voting.errors"),
    (
        "the verifier imports nothing of ours",
        "clients/verifier/breach.py",
        "import clients.python.hashes",
    ),
    (
        "the verifier imports nothing of ours",
        "clients/verifier/breach.py",
        "import rfc8785",
    ),
    ("calls out leave from access and notify alone", "voting/contests/breach.py", "import httpx"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter as `make layers` does, in that folder."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and their contracts."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    answer = lint(house)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_breach_is_seen(house: Path, contract: str, file: str, line: str) -> None:
    breach = house / file
    breach.write_text(f"{line}\n")
    try:
        answer = lint(house)
    finally:
        breach.unlink()
    assert answer.returncode == 1
    assert f"{contract} BROKEN" in answer.stdout
