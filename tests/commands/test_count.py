"""`yishi count` as a process."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.processes import yishi, yishi_here
from tests.conftest import ROOT

CASE = {
    "method": "irv",
    "seats": 1,
    "candidates": ["[bold]甲", "乙", "丙"],
    "rules": {},
    "ballots": [
        {"count": 4, "ranking": [["[bold]甲"]]},
        {"count": 3, "ranking": [["乙"]]},
        {"count": 2, "ranking": [["丙"], ["乙"]]},
    ],
}
FOUND = {"winners": ["乙"], "rounds": [{"round": 1, "tallies": {"[bold]甲": 4, "乙": 3, "丙": 2}}]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A case of nine ballots."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE), encoding="utf-8")
    return path


def test_json_is_one_object_with_winners_and_rounds(file: Path) -> None:
    done = yishi("count", file, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["winners"]) == (0, ["乙"])
    assert [entry["tallies"] for entry in document["rounds"]] == [
        {"[bold]甲": 4, "乙": 3, "丙": 2},
        {"[bold]甲": 4, "乙": 5},
    ]


def test_the_human_form_tells_who_was_eliminated_and_where_the_ballots_went(file: Path) -> None:
    done = yishi_here("count", file)
    assert "eliminated: 2 to 乙" in done.stdout
    assert done.stdout.rstrip().endswith("Elected: 乙")


def test_piped_output_has_no_colour_and_no_frame(file: Path) -> None:
    assert not set("\x1b│╭─") & set(yishi("count", file).stdout)


def test_a_name_that_looks_like_markup_is_printed_as_it_is(file: Path) -> None:
    assert "[bold]甲" in yishi_here("count", file).stdout


def test_a_terminal_gets_a_framed_table(file: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "voting.cli", "count", str(file)]
    subprocess.run(command, stdout=theirs, stderr=theirs, check=True, cwd=ROOT, env={**os.environ, "TERM": "xterm"})
    assert "╭" in os.read(ours, 65536).decode()
    os.close(theirs)
    os.close(ours)


def test_standard_input_is_read_for_a_dash() -> None:
    assert json.loads(yishi("count", "-", "--json", input=json.dumps(CASE)).stdout)["winners"] == ["乙"]


def test_check_ends_with_one_and_the_first_difference(file: Path) -> None:
    file.write_text(json.dumps({**CASE, "expected": {"winners": ["丙"], "rounds": []}}), encoding="utf-8")
    done = yishi_here("count", file, "--check")
    assert done.returncode == 1
    assert "expected ['丙']; got ['乙']" in done.stderr


def test_check_ends_with_zero_when_the_count_is_as_expected(file: Path) -> None:
    file.write_text(json.dumps({**CASE, "expected": {"winners": ["乙"]}}), encoding="utf-8")
    assert yishi_here("count", file, "--check").returncode == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "Expecting property name"),
        ("[]", "expected an object"),
        (json.dumps({**CASE, "method": "coin"}), "expected one of"),
        (json.dumps({**CASE, "rules": {"overvot": "exhaust"}}), "overvot"),
        (json.dumps({**CASE, "ballots": [{"count": 1, "ranking": [["丁"]]}]}), "丁"),
    ],
)
def test_a_bad_file_ends_with_one_and_one_sentence(file: Path, content: str, sentence: str) -> None:
    file.write_text(content, encoding="utf-8")
    done = yishi_here("count", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = yishi_here("count", tmp_path / "none.json")
    assert done.returncode == 1
    assert "none.json: No such file" in done.stderr


def test_burlington_2009_is_counted_as_published(shared: Path) -> None:
    case = shared / "conformance/counting/cases/burlington2009__overvote_skip.json"
    assert yishi("count", case, "--check").returncode == 0
