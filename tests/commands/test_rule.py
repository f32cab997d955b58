"""`yishi rule` as a process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.processes import yishi, yishi_here
from tests.core.rules.conftest import document

FOLLOW = "cn.civil-code-278.ordinary.follow-majority"
COUNTS = {"roll": 1291, "votes": {"for": 417, "against": 278, "abstain": 8, "silent": 584}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A real vote: 703 of 1291."""
    path = tmp_path / "counts.json"
    path.write_text(json.dumps(COUNTS), encoding="utf-8")
    return path


def test_json_is_one_object_with_the_result_and_every_test(file: Path) -> None:
    done = yishi("rule", FOLLOW, file, "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["passed"], answer["strict"], answer["folded"]) == (0, True, False, True)
    wanted = {"kind", "basis", "op", "fraction", "have_value", "of_value", "result", "text"}
    assert all(wanted <= set(test) for test in answer["tests"])


def test_standard_input_is_read_for_a_dash() -> None:
    assert json.loads(yishi("rule", FOLLOW, "-", "--json", input=json.dumps(COUNTS)).stdout)["passed"] is True


def test_a_vote_that_did_not_pass_is_no_failure_of_the_command(file: Path) -> None:
    done = yishi_here("rule", "cn.civil-code-278.ordinary", file)
    assert (done.returncode, done.stdout.rstrip().endswith("Result: inconclusive")) == (0, True)


def test_the_human_form_shows_the_sums_and_both_results(file: Path) -> None:
    done = yishi_here("rule", FOLLOW, file)
    assert "417" not in done.stderr
    for line in ("1001 × 2 = 2002", "Strictly: not passed", "Folded: passed"):
        assert line in done.stdout


def test_sentences_come_in_chinese_on_demand(file: Path) -> None:
    assert "参与门槛" in yishi_here("rule", FOLLOW, file, "--language", "zh").stdout


def test_the_list_names_every_rule() -> None:
    done = yishi_here("rule", "--list")
    assert (done.returncode, "27 rules" in done.stdout, "tw.32" in done.stdout) == (0, True, True)
    assert len(json.loads(yishi_here("rule", "--list", "--json").stdout)) == 27


def test_a_rule_of_ones_own_is_read_from_a_file(file: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text(json.dumps(document()), encoding="utf-8")
    assert json.loads(yishi_here("rule", own, file, "--json").stdout)["rule"] == {"id": "test.simple", "version": 1}


def test_a_figure_with_a_point_is_exact(file: Path) -> None:
    # As floats 0.1 + 0.2 is more than 0.3, and the majority would be missed.
    file.write_text(
        '{"roll": {"share": 0.9}, "votes": {"for": {"share": 0.3}, "against": {"share": 0.3}}}', encoding="utf-8"
    )
    answer = json.loads(yishi_here("rule", "fr-copro.24", file, "--json").stdout)
    assert (answer["passed"], answer["tests"][0]["have_value"]) == (False, "0.3")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "/: Expected object"),
        ('{"roll": 3, "roll": 4, "votes": {}}', "twice"),
        ('{"roll": NaN, "votes": {}}', "NaN"),
        ('{"roll": 3, "votes": {"for": 4}}', "/votes/for: 4 (heads) are more than the 3 there are."),
        ('{"roll": 3, "votes": {"fro": 1}}', "Did you mean for?"),
        ("\x00", "not JSON"),
    ],
)
def test_counts_that_cannot_be_end_with_one_and_the_place(file: Path, content: str, sentence: str) -> None:
    file.write_text(content, encoding="utf-8")
    done = yishi_here("rule", FOLLOW, file)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


def test_bytes_that_are_no_text_end_with_one(file: Path) -> None:
    file.write_bytes(b"\xff")
    assert yishi_here("rule", FOLLOW, file).returncode == 1


def test_a_rule_nobody_has_ends_with_one_and_a_guess(file: Path) -> None:
    done = yishi_here("rule", "cn.civil-code-278.ordinry", file)
    assert done.returncode == 1
    assert "did you mean cn.civil-code-278.ordinary?" in done.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = yishi_here("rule", FOLLOW, tmp_path / "none.json")
    assert (done.returncode, "none.json: No such file" in done.stderr) == (1, True)


def test_without_counts_the_command_says_what_it_needs() -> None:
    assert yishi_here("rule", FOLLOW).returncode == 2
