"""`yishi replay` as a process: a poll held over HTTP comes out as published, or the first difference is named."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests.commands.conftest import Served
from tests.commands.processes import yishi, yishi_here

CASE = {
    "name": "three for one seat",
    "method": "irv",
    "seats": 1,
    "candidates": ["甲", "乙", "丙"],
    "rules": {"overvote": "skip_to_next_rank", "tie_break": "order", "tie_break_order": ["丙", "乙", "甲"]},
    "ballots": [
        {"count": 4, "ranking": [["甲"]]},
        {"count": 3, "ranking": [["乙"]]},
        {"count": 2, "ranking": [["丙"], ["乙"]]},
        {"count": 1, "ranking": [["__OVERVOTE__"], ["乙"]]},
        {"count": 1, "ranking": [[], ["甲", "丙"]]},
        {"count": 1, "ranking": []},
    ],
    "expected": {
        "winners": ["乙"],
        "rounds": [{"round": 1, "tallies": {"甲": 4, "乙": 4, "丙": 2}}],
        "complete": False,
    },
}
FIGURES = re.compile(r"12 ballots in [\d.]+ s: \d+ ballots/s, p50 [\d.]+ ms, p99 [\d.]+ ms")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A poll of twelve ballots, some of them marked wrongly."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE), encoding="utf-8")
    return path


def test_against_a_running_service_it_passes_and_tells_its_figures(served: Served, file: Path) -> None:
    done = yishi("replay", file, "--url", served.url, "--token", served.key)
    assert done.returncode == 0, done.stderr
    assert FIGURES.search(done.stdout)
    assert done.stdout.rstrip().endswith("PASS")


def test_a_result_that_was_not_expected_fails_with_the_first_difference(served: Served, file: Path) -> None:
    document = {
        **CASE,
        "expected": {"winners": ["乙"], "rounds": [{"round": 1, "tallies": {"甲": 5, "乙": 4, "丙": 2}}]},
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    done = yishi_here("replay", file, "--url", served.url, "--token", served.key)
    assert done.returncode == 1
    assert "FAIL" in done.stdout
    assert "expected 5; got 4" in done.stderr or "rounds: expected 1" in done.stderr


def test_a_key_that_proves_nothing_ends_with_the_services_own_words(served: Served, file: Path) -> None:
    done = yishi_here("replay", file, "--url", served.url, "--token", "key_nothing")
    assert done.returncode == 1
    assert done.stderr.count("401") == 1
    assert "Traceback" not in done.stderr


def test_without_a_service_it_starts_its_own(file: Path) -> None:
    done = yishi("replay", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("PASS")


def test_url_and_token_go_together(file: Path) -> None:
    assert yishi_here("replay", file, "--url", "http://127.0.0.1:1").returncode == 2


def test_a_poll_without_ballots_is_refused(file: Path) -> None:
    file.write_text(json.dumps({**CASE, "ballots": []}), encoding="utf-8")
    done = yishi_here("replay", file)
    assert done.returncode == 1
    assert "without ballots" in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "rctab__tiebreak_use_permutation_in_config_test",
        "rctab__uwi_cannot_win_test",
        "rctab__excluded_test",
        "rctab__exhaust_if_multiple_continuing",
        "openrcv__irv_12_8be719a7",
        "condorcetphp__schulze_schulze_official_example_1_schulze_winning_votes",
        "condorcetphp__singletransferablevote_result_2_stv_gregory_exact",
        "stvrs__vegetables_fixed9",
    ],
)
def test_published_cases_come_out_as_published(served: Served, shared: Path, name: str) -> None:
    case = shared / "conformance/counting/cases" / f"{name}.json"
    done = yishi_here("replay", case, "--url", served.url, "--token", served.key)
    assert done.returncode == 0, done.stderr


def test_burlington_2009_passes_round_by_round(shared: Path) -> None:
    case = shared / "conformance/counting/cases/burlington2009__overvote_skip.json"
    done = yishi("replay", case, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "8980 ballots" in done.stdout
    assert "5 rounds; elected: Bob Kiss" in done.stdout


@pytest.mark.prove
def test_burlington_2009_takes_less_than_a_minute(shared: Path) -> None:
    case = shared / "conformance/counting/cases/burlington2009__overvote_skip.json"
    began = time.monotonic()
    assert yishi("replay", case, timeout=300).returncode == 0
    assert time.monotonic() - began < 60
