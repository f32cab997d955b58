"""Rule values: what is legal is listed, what is not is refused by name."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.core.count.polls import ballots
from voting.core.count import (
    METHODS,
    CountError,
    IllegalBallot,
    IllegalPoll,
    IllegalRule,
    UnknownMethod,
    UnknownRule,
    count,
    legal_rules,
    validate_rules,
)

ILLEGAL = [
    ("irv", "overvote", "ignore"),
    ("irv", "threshold", "percent_of_active:0"),
    ("irv", "threshold", "percent_of_active:101"),
    ("irv", "threshold", "percent_of_active:many"),
    ("irv", "batch_elimination", 1),
    ("irv", "batch_elimination", "true"),
    ("irv", "max_rankings", 0),
    ("irv", "max_rankings", True),
    ("irv", "max_skipped_ranks", "1"),
    ("irv", "decimal_places", 21),
    ("irv", "tie_break_order", ["A", "A"]),
    ("irv", "tie_break_order", "AB"),
    ("irv", "tie_break_resolutions", {"round": 1}),
    ("irv", "winner_mode", "bottoms_up"),
    ("irv", "cutoff_elimination", -1),
    ("irv", "tie_break_seed", True),
    ("irv-bottoms-up-threshold", "batch_elimination", True),
    ("stv-wigm-rctab", "continue_until_two", True),
    ("stv-gregory-exact", "decimal_places", 4),
    ("stv-meek", "omega", "0"),
    ("stv-meek", "omega", "NaN"),
    ("stv-meek-prf", "decimal_places", 6),
    ("schulze", "strength", "votes"),
    ("approval", "overvote", "split_equally"),
    ("plurality", "undeclared_write_in", "A"),
    ("stv-scottish", "undeclared_write_in", "A"),
]


@pytest.mark.parametrize(("method", "member", "value"), ILLEGAL)
def test_an_illegal_value_is_refused_with_the_legal_ones(method: str, member: str, value: object) -> None:
    with pytest.raises(IllegalRule) as refused:
        validate_rules(method, {member: value})
    assert (refused.value.member, refused.value.legal) == (member, legal_rules(method)[member])


LOT = {"round": 1, "tied": ["A", "B"], "selected": "A", "selecting": "loser"}


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"tied": "AB"}, ("tied",)),
        ({"tied": {"A": 1}}, ("tied",)),
        ({"tied": ["A", "A"]}, ("tied",)),
        ({"tied": ["A", 1]}, ("tied",)),
        ({"tied": None}, ("tied",)),
        ({"selected": "C"}, ("selected",)),
        ({"selected": ["A"]}, ("selected",)),
        ({"selecting": "first"}, ("selecting",)),
        ({"selecting": []}, ("selecting",)),
        *(({"round": number}, ("round",)) for number in ("1", 0, True, None, 1.5)),
        *(({"pass": number}, ("pass",)) for number in ("1", 0, None)),
        ({"how": 7}, ("how",)),
        ({"when": "today"}, ("when",)),
    ],
)
def test_a_recorded_lot_that_cannot_be_read_is_refused_where_it_stands(
    change: dict[str, object], at: tuple[str, ...]
) -> None:
    with pytest.raises(IllegalRule) as refused:
        validate_rules("irv", {"tie_break_resolutions": [LOT, LOT | change]})
    assert (refused.value.member, refused.value.at) == ("tie_break_resolutions", (1, *at))
    assert refused.value.legal


@pytest.mark.parametrize("entry", [{"round": 1}, 7, "AB", {}])
def test_a_recorded_lot_without_its_members_is_refused(entry: object) -> None:
    with pytest.raises(IllegalRule, match="round, tied, selected, selecting") as refused:
        validate_rules("irv", {"tie_break_resolutions": [entry]})
    assert refused.value.at == (0,)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_an_unknown_member_is_refused_with_the_members_there_are(method: str) -> None:
    with pytest.raises(UnknownRule, match="'colour'") as refused:
        validate_rules(method, {"colour": "red"})
    assert refused.value.legal == tuple(sorted(METHODS[method].members))


def test_a_member_of_another_method_is_unknown() -> None:
    with pytest.raises(UnknownRule):
        validate_rules("plurality", {"omega": "0.1"})


def test_an_unknown_method_is_refused_with_the_methods_there_are() -> None:
    with pytest.raises(UnknownMethod) as refused:
        count("lottery", "AB", {})
    assert refused.value.legal == tuple(METHODS)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_null_is_a_member_not_given(method: str) -> None:
    assert validate_rules(method, dict.fromkeys(legal_rules(method))) == validate_rules(method, {})


def test_a_number_of_a_rule_is_exact() -> None:
    assert validate_rules("stv-meek", {"omega": "0.000001"}).omega == Fraction(1, 10**6)


@pytest.mark.parametrize(
    ("options", "seats", "rules"),
    [
        ("", 1, {}),
        ("AA", 1, {}),
        ("AB", -1, {}),
        ("AB", True, {}),
        ("AB", 1, {"excluded_candidates": ["Z"]}),
        ("AB", 1, {"tie_break_order": ["A", "Z"]}),
        ("AB", 1, {"tie_break_resolutions": [{"round": 1, "tied": ["A", "Z"], "selected": "A", "selecting": "loser"}]}),
    ],
)
def test_a_poll_that_does_not_fit_together_is_refused(options: str, seats: int, rules: dict[str, object]) -> None:
    with pytest.raises(IllegalPoll):
        count("irv", tuple(options), {}, seats, rules)


@pytest.mark.parametrize("box", [{(("Z",),): 1}, {(("A",),): -1}, {(("A",),): True}, {(("A", "Z"),): 0}])
def test_a_ballot_that_cannot_be_read_is_refused(box: dict[tuple[tuple[str, ...], ...], int]) -> None:
    with pytest.raises(IllegalBallot):
        count("irv", "AB", box)


def test_a_score_below_zero_is_refused() -> None:
    with pytest.raises(IllegalBallot, match="at most 2 ranks"):
        count("score", "ABC", ballots("1 A>B>C"), 1, {"max_score": 1})


def test_every_refusal_is_a_count_error() -> None:
    assert {UnknownMethod, UnknownRule, IllegalRule, IllegalPoll, IllegalBallot} <= set(CountError.__subclasses__())
