"""The README's commands, run as a reader runs them: in a shell, against a demo, from top to bottom."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.servers import Demo, demo, surroundings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEPS = [(match[1], match[2]) for match in BLOCK.finditer(README)]
EXPECTED = re.compile(r"^# → (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """What `make demo` starts."""
    if shutil.which("curl") is None:
        pytest.skip("the README's commands need curl")
    with demo(tmp_path_factory.mktemp("readme"), "--fast-clock") as started:
        yield started


def run(language: str, step: str, folder: Path) -> str:
    """What one block prints; the variables of the first block stand in every block."""
    prelude = "set -eu; . var/demo.env\n"
    script = step if language == "sh" else f"{sys.executable} - <<'END'\n{step}END\n"
    environment = surroundings()
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(
        ["bash", "-c", prelude + script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_step_of_the_first_five_minutes_prints_what_the_readme_says(running: Demo) -> None:
    for language, step in STEPS:
        printed = run(language, step, running.folder)
        for expected in EXPECTED.findall(step):
            assert expected in printed, f"{step}\nprinted\n{printed}"


@pytest.mark.parametrize("guide", ["integrator", "auditor"])
def test_every_step_of_a_guide_prints_what_it_says(running: Demo, guide: str) -> None:
    steps = [(match[1], match[2]) for match in BLOCK.finditer((ROOT / "docs" / f"{guide}.md").read_text("utf-8"))]
    assert steps
    for language, step in steps:
        printed = run(language, step, running.folder)
        for expected in EXPECTED.findall(step):
            assert expected in printed, f"{step}\nprinted\n{printed}"


def test_the_readme_has_steps_for_the_shell_and_for_python() -> None:
    assert {language for language, _ in STEPS} == {"sh", "python"}
    assert len(EXPECTED.findall(README)) >= 8


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)", README))
def test_every_file_the_readme_links_to_exists(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("*.md")), ids=lambda guide: guide.name)
def test_every_file_a_guide_links_to_exists(guide: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / link).exists(), link
