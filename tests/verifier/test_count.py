"""The verifier counts as the service does, though they share no code: the published cases, and polls at random."""

from __future__ import annotations

import json
import os
from functools import cache
from itertools import islice, permutations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.verifier import verify
from tests.conftest import shared_folder
from tests.verifier.polls import LOTS, NAMES, Box, boxes, drawn, rules_of, strict_boxes
from voting.core.count import METHODS, CountError, Ranking, case_from_json, count, tally_to_json
from voting.core.count import rules as rule_values
from voting.core.count.formats.case_form import plain

FOLDER = Path(os.environ.get("YISHI_CONFORMANCE", shared_folder() / "conformance")) / "counting" / "cases"
CASES = sorted(FOLDER.glob("*.json"))
Poll = tuple[str, tuple[str, ...], Box, int, Any]
DRAWN = int(os.environ.get("YISHI_DRAWN", "240"))


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_null(member) for name, member in value.items() if member is not None}
    return [without_null(member) for member in value] if isinstance(value, list) else value


def ours(method: str, options: tuple[str, ...], box: Box, seats: int, rules: Any) -> Any:
    try:
        return verify.count(method, options, box, seats, rules)
    except verify.Uncountable:
        return "refused"


def theirs(method: str, options: tuple[str, ...], box: Box, seats: int, rules: Any) -> Any:
    try:
        return without_null(tally_to_json(count(method, options, box, seats, rules)))
    except CountError:
        return "refused"


@cache
def published(path: Path) -> tuple[Poll, Any]:
    """A published case, its rules as JSON has them, and what the service finds."""
    case = case_from_json(json.loads(path.read_bytes()))
    rules = {name: plain(value) for name, value in rule_values.given(case.rules).items()}
    box: dict[Ranking, int] = {ranking: number for ranking, number in case.ballots.items() if number}
    poll = (case.method, case.options, box, case.seats)
    return (*poll, rules), theirs(*poll, case.rules)


@cache
def by_number(method: str, number: int) -> tuple[Poll, Any]:
    """A drawn poll, and what the service finds."""
    poll = drawn(method, number)
    given = (method, poll.options, poll.ballots, poll.seats, poll.rules)
    return given, theirs(*given)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_published_case_is_counted_by_both_alike(path: Path) -> None:
    poll, expected = published(path)
    assert ours(*poll) == expected


@pytest.mark.parametrize("method", METHODS)
def test_drawn_polls_are_counted_by_both_alike(method: str) -> None:
    for number in range(DRAWN):
        poll, expected = by_number(method, number)
        assert ours(*poll) == expected, number


def ballots(*lines: str) -> Box:
    """`3 Ann>Bao=Chen>-`: a number and a ranking, `-` for a blank rank."""
    told = [line.split(" ") for line in lines]
    ranks = [
        tuple(() if rank == "-" else tuple(rank.split("=")) for rank in text.split(">") if rank) for _, text in told
    ]
    return {ranking: int(number) for ranking, (number, _) in zip(ranks, told, strict=True)}


ALL = list(NAMES)
RARE: dict[str, Poll] = {
    "nobody stands, though a lot is recorded": (
        "irv",
        NAMES[:2],
        ballots("1 Ann"),
        1,
        {"excluded_candidates": ALL[:2], "tie_break_resolutions": [dict(LOTS[-1][0], selecting="winner")]},
    ),
    "write-ins in a tie that pairs break": (
        "irv",
        NAMES,
        ballots("1 ", "2 Emma=Deng>Ann=Chen>Chen>Ann>Chen=Emma"),
        1,
        {"undeclared_write_in": "Deng", "tie_break": "loser_by_fewest_pairwise_wins"},
    ),
    "all votes leave with the write-ins": (
        "irv",
        NAMES[:3],
        ballots("3 Ann"),
        1,
        {"undeclared_write_in": "Ann", "tie_break": "order"},
    ),
    **{
        f"a given order of elimination, {method}": (
            method,
            NAMES[:4],
            ballots("2 Ann", "2 Bao", "1 Chen>Deng", "1 Deng>Chen"),
            seats,
            {"tie_break": "given_elimination_order", "tie_break_order": ["Deng", "Bao", "Chen", "Ann"]},
        )
        for method, seats in (("irv", 1), ("plurality", 1), ("stv-scottish", 2), ("ranked-pairs", 1), ("borda", 2))
    },
    **{
        f"guarded, {places} places": (
            "stv-meek",
            NAMES,
            ballots("7 Ann>Bao", "5 Ann>Chen>Deng", "3 Bao>Deng", "2 Chen", "2 Deng", "2 Emma>Ann"),
            3,
            {"arithmetic": "guarded", "decimal_places": places, "batch_elimination": True, "tie_break": "order"},
        )
        for places in (1, 2, 3, 4, 9, 20)
    },
    **{
        f"{seats} seats, batches, {method}": (
            method,
            NAMES,
            ballots("9 Ann>Bao", "4 Bao>Ann", "1 Chen>Bao", "1 Deng>Bao", "1 Emma>Ann"),
            seats,
            {"batch_elimination": True, "tie_break": "order"},
        )
        for method in ("irv", "irv-bottoms-up", "irv-multi-pass", "stv-wigm-prf", "stv-meek")
        for seats in (0, 1, 2, 3, 4, 5, 6)
    },
    "two in the last round and no majority of the first": (
        "irv",
        NAMES[:3],
        ballots("4 Ann", "3 Bao", "3 Chen"),
        1,
        {"threshold_basis": "first_round", "continue_until_two": True, "tie_break": "order"},
    ),
}


@pytest.mark.parametrize("kind", RARE)
def test_rare_polls_are_counted_by_both_alike(kind: str) -> None:
    method, options, box, seats, rules = RARE[kind]
    expected = theirs(method, options, box, seats, rules)
    assert expected != "refused"
    assert ours(method, options, box, seats, rules) == expected


@pytest.mark.prove
@pytest.mark.parametrize("method", METHODS)
def test_polls_at_random_are_counted_by_both_alike(method: str) -> None:
    @settings(
        max_examples=int(os.environ.get("YISHI_POLLS", "60")),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(box=st.one_of(boxes, strict_boxes), rules=rules_of(method), seats=st.integers(0, 4))
    def alike(box: Box, rules: Any, seats: int) -> None:
        assert ours(method, NAMES, box, seats, rules) == theirs(method, NAMES, box, seats, rules)

    alike()


LOT = {"round": 1, "tied": ["Ann", "Bao"], "selected": "Ann", "selecting": "winner", "how": "dice", "pass": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("tie_break_resolutions", value) for value in (*LOTS, LOT, [LOT | {"round": "1"}], [LOT | {"round": True}])),
        *(
            ("tie_break_resolutions", [LOT | change])
            for change in ({"tied": "Ann"}, {"tied": [1]}, {"pass": "1"}, {"more": 1})
        ),
        *(("excluded_candidates", value) for value in ("Ann", ["Ann", "Ann"], [1], {"Ann": 1}, ["Zoe"])),
        *(("tie_break_note", value) for value in (1.0, True, [], {})),
        *(("batch_elimination", value) for value in (0, 1, "true")),
        *(("cutoff_elimination", value) for value in (-1, "1", 0.5)),
        *(("max_rankings", value) for value in (0, True, "1", 10**9 + 1)),
        *(("threshold", f"percent_of_active:{value}") for value in ("0", "100.1", "x", "-1", "1/2", "")),
        *(("threshold", value) for value in ("50", 50, "droop", "100")),
        ("no_such_rule", 1),
    ],
)
def test_a_value_outside_the_vocabulary_is_refused(name: str, value: Any) -> None:
    assert ours("irv", NAMES, {}, 1, {name: value}) == "refused"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tie_break_resolutions", [LOT]),
        *(("threshold", f"percent_of_active:{value}") for value in ("100", "0.5", "12.50")),
        *(("max_rankings", value) for value in (1, 10**9)),
        *(("tie_break_note", value) for value in ("", 7)),
        *(("cutoff_elimination", value) for value in (0, True, 3)),
        ("excluded_candidates", []),
        ("note", None),
    ],
)
def test_a_value_of_the_vocabulary_is_taken(name: str, value: Any) -> None:
    assert ours("irv", NAMES, {}, 1, {name: value}) != "refused"


def test_a_method_or_options_that_are_none_are_refused() -> None:
    assert ours("dice", NAMES, {}, 1, {}) == "refused"
    assert ours("irv", (), {}, 1, {}) == "refused"
    assert ours("irv", ("Ann", "Ann"), {}, 1, {}) == "refused"
    assert ours("irv", ("Ann",), {(("Bao",),): 1}, 1, {}) == "refused"
    assert ours("score", NAMES, {((),) * 6 + (("Ann",),): 1}, 1, {}) == "refused"


def test_a_count_that_would_keep_a_reader_busy_is_given_up() -> None:
    """Twenty ranks of five split equal ranks each are a hundred million million ways down one ballot."""
    assert (verify.WORK, verify.WORK_A_MARK) == (100_000_000, 20)
    many = tuple(f"o{n}" for n in range(100))
    box = {tuple(many[n : n + 5] for n in range(0, 100, 5)): 1000, ((many[0],),): 900}
    with patch.object(verify, "WORK", 100_000), pytest.raises(verify.Uncountable, match="work"):
        verify.count("stv-meek", many, box, 99, {"overvote": "equal_ranks_split", "omega": "0.000000000000000001"})


def test_steps_are_spent_to_the_last() -> None:
    poll = verify.Poll("irv", NAMES, 1, {}, {}, 5)
    poll.spend(3)
    poll.spend(2)
    with pytest.raises(verify.Uncountable):
        poll.spend(1)


@pytest.mark.parametrize("method", verify.METHODS)
def test_an_honest_count_stays_far_from_the_limit(method: str) -> None:
    """A look at each mark, whatever the number of rankings; nothing that would grow faster."""
    names = tuple("abcdefgh")
    orders = enumerate(islice(permutations(names), 0, None, 41))
    box = {tuple((name,) for name in order): 3 + number % 5 for number, order in orders}
    options = names if method != "yes-no" else names[:2]
    told = (
        {ranking[:1]: number for ranking, number in box.items() if ranking[0][0] in options}
        if method == "yes-no"
        else box
    )
    rules = {"tie_break": "order"} | ({"max_score": 9} if method == "score" else {})
    with patch.object(verify, "WORK", 50_000), patch.object(verify, "WORK_A_MARK", 4):
        assert verify.count(method, options, told, 3, rules)["complete"]


def test_exact_transfers_of_many_seats_are_not_counted() -> None:
    options = tuple(f"o{n}" for n in range(30))
    box: Box = {((option,),): 1 for option in options}
    assert ours("stv-gregory-exact", options, box, 13, {}) == "refused"
    assert ours("stv-gregory-exact", options, box, 12, {"tie_break": "order"}) != "refused"


def test_pairs_are_compared_alike_on_many_ballots_at_once() -> None:
    for number in range(20):
        poll, expected = by_number("schulze", number)
        for at_once in (1, 2, 3):
            with patch.object(verify, "LANES", at_once):
                assert ours(*poll) == expected, number


def test_more_pairs_than_any_service_compares_are_not_counted() -> None:
    assert verify.Pairs.MOST_SIZE == 5 * 10**10
    box: Box = {((one,),): 1 for one in NAMES[:2]}
    with patch.object(verify.Pairs, "MOST_SIZE", 2 * len(NAMES) ** 2):
        assert ours("copeland", NAMES, box, 1, {}) != "refused"
    with patch.object(verify.Pairs, "MOST_SIZE", 2 * len(NAMES) ** 2 - 1):
        assert ours("copeland", NAMES, box, 1, {}) == "refused"
