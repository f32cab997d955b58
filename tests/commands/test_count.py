"""`yishi count` as a process."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commands.processes import yishi, yishi_here
from tests.conftest import ROOT
from voting.core.count.formats import BallotFile, cvr

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
        ("{", "line 1, column 2: not JSON: Expecting property name"),
        ("[]", "expected an object"),
        (json.dumps({**CASE, "method": "coin"}), "expected one of"),
        (json.dumps({**CASE, "rules": {"overvote": "no"}}, indent=1), "line 10, column 15: "),
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


PREFLIB = "# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n4: 1\n3: 2\n2: 3,2\n"
BALLOT_FILES = {
    "poll.blt": '3 1\n4 1 0\n3 2 0\n2 3 2 0\n0\n"A"\n"B"\n"C"\n"Parking"\n',
    "poll.csv": "ballots,A,B,C\n4,1,,\n3,,1,\n2,,2,1\n",
    "poll.soi": PREFLIB,
    "poll.cvr.json": cvr.write(
        BallotFile(("A", "B", "C"), {(("A",),): 4, (("B",),): 3, (("C",), ("B",)): 2}, seats=1),
        cvr.Origin(datetime(2026, 3, 1, tzinfo=UTC)),
    ),
}
ROUNDS = [{"A": 4, "B": 3, "C": 2}, {"A": 4, "B": 5}]


@pytest.mark.parametrize("name", BALLOT_FILES)
@pytest.mark.parametrize("renamed", [False, True])
def test_every_format_is_counted_known_by_its_name_or_by_its_content(tmp_path: Path, name: str, renamed: bool) -> None:
    path = tmp_path / ("ballots.txt" if renamed else name)
    path.write_text(BALLOT_FILES[name], encoding="utf-8")
    done = yishi_here("count", path, "--json", "--method", "irv")
    assert done.returncode == 0, done.stderr
    assert [entry["tallies"] for entry in json.loads(done.stdout)["rounds"]] == ROUNDS


FAULTS = [
    ("poll.blt", '3 1\n4 1 0\n3 9 0\n0\n"A"\n"B"\n"C"\n', "BLT, line 3, column 3: "),
    ("poll.csv", "ballots,A,B,C\n4,1,,\n3,,x,\n", "CSV, line 3, column 3: "),
    ("poll.soi", PREFLIB + "1: 1,9\n", "line 7, column "),
    ("poll.cvr.json", '{"@type": "CVR.CastVoteRecordReport"}', "CVR, line 1, column 1: "),
    ("poll.csv", b"ballots,A\n1,\xff\n", "line 2, column 3: not UTF-8"),
    ("poll.txt", "hello", "not a format of ballots that is known"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_a_fault_of_a_ballot_file_is_named_by_line_and_column(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = yishi_here("count", path, "--method", "irv")
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "--method: this format does not say how its ballots are counted"),
        (("--method", "schultze"), "did you mean 'schulze'?"),
        (("--method", "schulze", "--rule", "strenght=margins"), "did you mean 'strength'?"),
        (("--method", "schulze", "--rule", "strength=margin"), "did you mean 'margins'?"),
        (("--method", "schulze", "--rule", "strength"), "expected member=value"),
    ],
)
def test_what_is_said_beside_a_file_is_refused_with_a_guess(
    tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "poll.csv"
    path.write_text(BALLOT_FILES["poll.csv"], encoding="utf-8")
    done = yishi_here("count", path, *options)
    assert done.returncode in (1, 2)
    assert sentence in done.stderr


def test_seats_and_rules_are_said_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "poll.blt"
    path.write_text(BALLOT_FILES["poll.blt"].replace("3 1\n", "3 1\n-1\n", 1), encoding="utf-8")
    said = (
        "--method",
        "borda",
        "--seats",
        "2",
        "--rule",
        "points=zero_based",
        "--rule",
        'tie_break_order=["C","B","A"]',
    )
    document = json.loads(yishi_here("count", path, "--json", *said).stdout)
    assert (document["seats"], document["scores"]) == (2, {"B": 3, "C": 2})


def test_a_case_is_counted_by_another_method_when_asked(file: Path) -> None:
    assert json.loads(yishi_here("count", file, "--json", "--method", "plurality").stdout)["winners"] == ["[bold]甲"]
    assert yishi_here("count", file, "--check", "--method", "plurality").returncode == 2


def test_the_count_is_explained_in_either_language(file: Path) -> None:
    english, chinese = (yishi_here("count", file, "--explain", locale).stdout.splitlines() for locale in ("en", "zh"))
    assert english[0] == "9 ballots were cast and counted."
    assert chinese[-1] == "结果：乙当选。"
    assert len(english) == len(chinese)


def test_the_rounds_are_drawn_beside_the_json(file: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "rounds.svg"
    done = yishi_here("count", file, "--json", "--svg", drawn)
    assert json.loads(done.stdout)["winners"] == ["乙"]
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    assert yishi_here("count", file, "--svg", "-").stdout.strip() == drawn.read_text(encoding="utf-8").strip()


def test_one_thing_is_printed_at_a_time(file: Path) -> None:
    for both in (("--json", "--explain", "en"), ("--json", "--svg", "-"), ("--explain", "zh", "--svg", "-")):
        assert yishi_here("count", file, *both).returncode == 2


def test_a_picture_that_cannot_be_written_is_named(file: Path, tmp_path: Path) -> None:
    done = yishi_here("count", file, "--svg", tmp_path / "no" / "where.svg")
    assert done.returncode == 1
    assert "where.svg: No such file" in done.stderr


def test_a_comparison_shows_its_matrix_and_its_ranking(file: Path) -> None:
    done = yishi_here("count", file, "--method", "schulze")
    assert "Ballots that rank the row above the column" in done.stdout
    assert "[bold]甲  乙  丙" in done.stdout
    assert "Ranking: 乙 > [bold]甲 > 丙" in done.stdout
