"""The case form, read; and a difference between case and tally, found wherever it is."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import pytest

from voting.core.count import IllegalCase, UnknownRule, case_from_json, difference, tally_to_json
from voting.core.count.numbers import amount, written

DOCUMENT: dict[str, Any] = {
    "method": "stv-wigm-rctab",
    "seats": 2,
    "candidates": ["A", "B", "C"],
    "rules": {"tie_break": "candidate_order", "tie_break_order": None, "decimal_places": 1},
    "ballots": [
        {"count": 5, "ranking": [["A"], ["B"]]},
        {"count": 2, "ranking": [["A"], ["B"]]},
        {"count": 2, "ranking": [["B"]]},
        {"count": 2, "ranking": [["C"]]},
        {"count": 1, "ranking": []},
    ],
}


def published() -> dict[str, Any]:
    """The case with our own answer as what is expected."""
    document = copy.deepcopy(DOCUMENT)
    document["expected"] = tally_to_json(case_from_json(document).count())
    return document


def test_equal_rankings_of_a_case_are_added_up() -> None:
    assert case_from_json(DOCUMENT).ballots[(("A",), ("B",))] == 7


def test_a_tally_does_not_differ_from_itself() -> None:
    case = case_from_json(published())
    assert difference(case, case.count()) is None


CHANGES = [
    (("winners",), ["A", "C"], "winners"),
    (("undervotes",), 2, "undervotes"),
    (("rounds", 0, "tallies", "A"), 8, "tally of A"),
    (("rounds", 0, "threshold"), "4.5", "threshold"),
    (("rounds", 0, "elected"), [], "elected"),
    (("rounds", 0, "eliminated"), ["C"], "eliminated"),
    (("rounds", 1, "exhausted"), 1, "exhausted"),
    (("rounds", 1, "exhausted_by", "overvotes"), 1, "exhausted_by overvotes"),
    (("rounds", 0, "transfers", "A", "B"), "2.7", "transfers"),
    (("rounds", 0, "transfers", "A", "residual surplus"), 0, "transfers"),
    (("rounds", 2, "final_round_surplus"), 9, "final_round_surplus"),
    (("rounds", 0, "tallies", "Z"), 0, "tallies"),
]


@pytest.mark.parametrize(("path", "value", "named"), CHANGES, ids=[change[2] for change in CHANGES])
def test_any_change_is_found_and_named(path: tuple[str | int, ...], value: object, named: str) -> None:
    document = published()
    place: Any = document["expected"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    case = case_from_json(document)
    assert named in (difference(case, case.count()) or "")


def test_a_missing_and_a_surplus_round_are_found() -> None:
    for change in (lambda rounds: rounds.pop(), lambda rounds: rounds.append(rounds[-1])):
        document = published()
        change(document["expected"]["rounds"])
        case = case_from_json(document)
        assert difference(case, case.count()) is not None


def test_a_published_precision_is_enough() -> None:
    document = published()
    document["expected"]["rounds"][1]["tallies"]["B"] = "4.801"
    document["expected"]["published_decimals"] = 2
    case = case_from_json(document)
    assert difference(case, case.count()) is None


@pytest.mark.parametrize("word", ["unspecified", "n/a", "something (library specific)"])
def test_a_rule_its_source_leaves_open_is_a_rule_not_given(word: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["rules"]["tie_break"] = word
    case = case_from_json(document)
    assert (case.rules.tie_break, case.open) == (None, ("tie_break",))


BROKEN = [
    ([], "case"),
    ({"method": "irv"}, "seats"),
    (DOCUMENT | {"weather": "fine"}, "weather"),
    (DOCUMENT | {"seats": "2"}, "seats"),
    (DOCUMENT | {"seats": True}, "seats"),
    (DOCUMENT | {"candidates": "ABC"}, "candidates"),
    (DOCUMENT | {"ballots": [{"count": 1}]}, "ballots/0"),
    (DOCUMENT | {"ballots": [{"count": 1.0, "ranking": []}]}, "ballots/0/count"),
    (DOCUMENT | {"ballots": [{"count": 1, "ranking": []}, {"count": -1, "ranking": []}]}, "ballots/1/count"),
    (DOCUMENT | {"ballots": [{"count": 1, "ranking": ["A"]}]}, "ballots/0/ranking"),
    (DOCUMENT | {"ballots": [{"count": 1, "ranking": [[1]]}]}, "ballots/0/ranking"),
]


@pytest.mark.parametrize(("document", "where"), BROKEN, ids=[entry[1] for entry in BROKEN])
def test_a_broken_case_is_refused_and_the_place_named(document: Any, where: str) -> None:
    with pytest.raises(IllegalCase) as refused:
        case_from_json(document)
    assert refused.value.where == where


def test_an_unknown_rule_of_a_case_is_refused_by_name() -> None:
    with pytest.raises(UnknownRule, match="'speed'"):
        case_from_json(DOCUMENT | {"rules": {"speed": "fast"}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, 3),
        (Fraction(6, 2), 3),
        (Fraction(81, 20), "4.05"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 10**9), "0.000000001"),
        (Fraction(1, 3), "0." + "3" * 20),
    ],
)
def test_an_amount_is_written_as_an_integer_or_a_decimal(value: Fraction, text: int | str) -> None:
    assert written(value) == text


def test_a_written_amount_is_read_back() -> None:
    assert [amount(text) for text in (3, "4.05", 12.0, "1E-9")] == [3, Fraction(81, 20), 12, Fraction(1, 10**9)]


def test_a_remark_behind_a_legal_word_is_no_part_of_it() -> None:
    rules = {"tie_break": "loser_by_fewest_pairwise_wins (Condorcet lib) — ranking is library specific"}
    case = case_from_json(DOCUMENT | {"method": "irv", "seats": 1, "rules": rules})
    assert (case.rules.tie_break, case.open) == ("loser_by_fewest_pairwise_wins", ())
