"""`yishi replay` as a process: a poll held over HTTP comes out as published, or the first difference is named."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clients.python import Client
from clients.python.answers import Contest
from tests.commands.conftest import Served
from tests.commands.processes import yishi, yishi_here
from voting.clock import system_now
from voting.commands import election

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
FEW_HUNDRED = 400
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


def test_a_bundle_that_has_no_place_is_said_before_the_poll_is_held(file: Path, tmp_path: Path) -> None:
    done = yishi_here("replay", file, "--bundle", tmp_path / "none" / "poll.zip")
    assert done.returncode == 2
    assert "none: no such folder" in done.stderr


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


MARKED: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "score": ({"rules": {"max_score": 9}, "secrecy": "open"}, [{0: 9, 2: 4}, {1: 9, 0: 8}, {}]),
    "yes-no": ({}, [[0], [1], [0]]),
    "approval": ({}, [[[2, 0]], [[0, 1]], []]),
    "schulze": ({}, [[2, [1, 0]], [[1, 0], 2], [0, 1]]),
    "two-round": ({}, [[2, 0], [0], [0, 1]]),
}


def test_every_kind_of_ballot_is_cast_and_its_count_told_through_the_client(served: Served) -> None:
    with Client(served.url, served.key) as client:
        community_id = election.found_community(client, "ballots of every kind", 3)
        tokens = election.hand_out_tokens(client, community_id, lambda _: None)
        roll_id = election.seal_roll(client, community_id)
        opens_at = system_now() - timedelta(minutes=2)
        said = {
            "roll_id": roll_id,
            "question": {"en": "?", "zh-CN": "？"},
            "options": [{"label": {"en": label, "zh-CN": label}} for label in "ABC"],
            "opens_at": opens_at,
            "closes_at": opens_at + timedelta(days=1),
        }
        for method, (more, marked) in MARKED.items():
            contest = client.contests.create(community_id, method=method, **said, **more)
            client.contests.notice(contest.id)
            contest = client.contests.open(contest.id)
            ids = [option.id for option in contest.options]
            for token, marks in zip(tokens, marked, strict=True):
                voter = client.acting(token).contests
                if isinstance(marks, dict):
                    voter.cast_scores(contest, {ids[place]: grade for place, grade in marks.items()})
                else:
                    ranks = [[ids[place] for place in (rank if isinstance(rank, list) else [rank])] for rank in marks]
                    voter.cast(contest, ranks)
            election.close_and_count(client, contest)
            told = told_of(client, contest)
            assert told[0] == [ids[0]], method
            assert {"yes-no": "carried"}.get(method, "A") in told[1], method


def told_of(client: Client, contest: Contest) -> tuple[list[str], str]:
    """The winners and the last sentence, after everything that the client can read has been read."""
    public = client.acting(None).contests
    result = public.result(contest.id)
    english, chinese = (public.explanation(contest.id, locale) for locale in ("en", "zh-CN"))
    assert len(english.sentences) == len(chinese.sentences)
    assert public.rounds_svg(contest.id, "zh-CN").startswith("<svg")
    beside = public.recount(contest.id, [{"method": "plurality"}, {"without": [contest.options[0].id]}])
    assert list(beside.published.winners) == list(result.winners)
    assert [counted.sentence[:10] for counted in beside.alternatives] == ["Counted by"] * 2
    if contest.secrecy == "open":
        assert len(list(client.contests.open_ballots(contest.id))) == 3
    assert contest.method in [form.method for form in public.methods()]
    return list(result.winners), english.sentences[-1]


def test_without_a_service_it_starts_its_own(file: Path) -> None:
    done = yishi("replay", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("PASS")


def test_url_and_token_go_together(file: Path) -> None:
    assert yishi_here("replay", file, "--url", "http://127.0.0.1:1").returncode == 2


GRADED = {
    "name": "grades",
    "method": "score",
    "seats": 1,
    "candidates": ["甲", "乙"],
    "rules": {"max_score": 3},
    "ballots": [
        {"count": 2, "ranking": [[], ["乙"], [], ["甲"]]},
        {"count": 1, "ranking": [["甲"], ["甲", "乙"]]},
        {"count": 1, "ranking": []},
    ],
    "expected": {"winners": ["乙"], "rounds": [{"round": 1, "tallies": {"甲": 3, "乙": 6}}]},
}
ALONE = {
    "name": "one candidate on a paper of three ranks",
    "method": "irv",
    "seats": 1,
    "candidates": ["甲"],
    "rules": {},
    "ballots": [{"count": 1, "ranking": [[], [], ["甲"]]}],
    "expected": {"winners": ["甲"], "rounds": [{"round": 1, "tallies": {"甲": 1}}]},
}


@pytest.mark.parametrize("case", [GRADED, ALONE], ids=["grades", "alone"])
def test_a_poll_of_another_shape_comes_out_as_expected(served: Served, file: Path, case: dict[str, Any]) -> None:
    file.write_text(json.dumps(case), encoding="utf-8")
    done = yishi_here("replay", file, "--url", served.url, "--token", served.key)
    assert done.returncode == 0, done.stderr


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
        "stvrs__equal_preference_equal_preference_equalize_fixed9",
        "rctab__multi_seat_bottoms_up_with_dynamic_threshold",
        "rctab__more_winners_than_candidates",
        "rctab__sequential_with_batch",
        "condorcetphp__firstpastthepost_result_3_plurality",
        "condorcetphp__smithset_smith_set_with_one_winner_and_a_tie_below_smith_set",
    ],
)
def test_published_cases_come_out_as_published(served: Served, shared: Path, name: str) -> None:
    case = shared / "conformance/counting/cases" / f"{name}.json"
    done = yishi_here("replay", case, "--url", served.url, "--token", served.key)
    assert done.returncode == 0, done.stderr


@pytest.mark.prove
def test_burlington_2009_passes_round_by_round_in_less_than_a_minute(shared: Path) -> None:
    case = shared / "conformance/counting/cases/burlington2009__overvote_skip.json"
    began = time.monotonic()
    done = yishi("replay", case, timeout=300)
    assert time.monotonic() - began < 60
    assert done.returncode == 0, done.stderr
    assert "8980 ballots" in done.stdout
    assert "5 rounds; elected: Bob Kiss" in done.stdout


@pytest.mark.prove
def test_every_published_case_of_a_few_hundred_ballots_passes_over_http(served: Served, shared: Path) -> None:
    cases = sorted((shared / "conformance/counting/cases").glob("*.json"))
    small = [case for case in cases if sum(b["count"] for b in json.loads(case.read_bytes())["ballots"]) <= FEW_HUNDRED]
    done = {case.stem: yishi_here("replay", case, "--url", served.url, "--token", served.key) for case in small}
    assert len(done) > 80
    assert {name: one.stderr for name, one in done.items() if one.returncode} == {}
