"""Who is elected: the first round by more than half, the second by most votes with a third, and ties elect nobody."""

from __future__ import annotations

from typing import Any

import pytest

from voting.core import rules
from voting.core.rules.evaluate import FAILED, INCONCLUSIVE, PASSED
from voting.errors import Invalid

RESIDENTS = "cn.rc-election.residents"


def held(candidates: dict[str, int], seats: int = 1, rule: str = RESIDENTS, took_part: int = 60, **more: Any) -> Any:
    counts = {"roll": 100, "votes": {"for": took_part}, "candidates": candidates, "seats": seats, **more}
    return rules.evaluate(rule, counts)


def test_more_than_half_of_those_voting_elects() -> None:
    found = held({"甲": 31, "乙": 29})
    assert (found.outcome, found.rounds[0].elected) == (PASSED, ("甲",))


def test_exactly_half_does_not_elect() -> None:
    found = held({"甲": 30, "乙": 30})
    assert (found.outcome, found.rounds[0].elected) == (INCONCLUSIVE, ())


def test_half_of_the_roll_voting_is_no_election() -> None:
    found = held({"甲": 50}, took_part=50)
    assert (found.outcome, found.rounds) == (INCONCLUSIVE, ())


def test_seats_left_open_are_voted_on_again_among_the_first_who_failed() -> None:
    found = held({"甲": 40, "乙": 25, "丙": 20, "丁": 10}, seats=2)
    following = found.rounds[0].next
    assert following is not None
    assert (following.seats, following.candidates) == (1, ("乙", "丙"))


def test_all_who_are_equal_to_the_last_stand_again() -> None:
    found = held({"甲": 25, "乙": 15, "丙": 15, "丁": 5})
    assert found.rounds[0].next.candidates == ("甲", "乙", "丙")


def test_the_second_round_elects_the_first_with_at_least_a_third() -> None:
    second = {"votes": {"for": 60}, "candidates": {"甲": 20, "乙": 19}}
    found = held({"甲": 28, "乙": 20, "丙": 9}, second=second)
    assert (found.outcome, found.rounds[1].elected) == (PASSED, ("甲",))


def test_the_second_round_elects_nobody_below_a_third() -> None:
    second = {"votes": {"for": 60}, "candidates": {"甲": 19, "乙": 19}}
    found = held({"甲": 28, "乙": 20, "丙": 9}, second=second)
    assert (found.outcome, found.rounds[1].elected) == (FAILED, ())


def test_the_second_round_needs_the_quorum_as_well() -> None:
    second = {"votes": {"for": 50}, "candidates": {"甲": 40, "乙": 5}}
    found = held({"甲": 28, "乙": 20, "丙": 9}, second=second)
    assert (found.outcome, len(found.rounds)) == (INCONCLUSIVE, 1)


def test_a_tie_over_the_last_seat_elects_none_of_those_in_it() -> None:
    found = held({"甲": 50, "乙": 35, "丙": 35}, seats=2)
    assert (found.rounds[0].elected, found.rounds[0].tie) == (("甲",), ("乙", "丙"))
    assert found.rounds[0].next.candidates == ("乙", "丙")


def test_more_with_a_majority_than_seats_are_cut_by_votes() -> None:
    assert held({"甲": 45, "乙": 40, "丙": 35}, seats=2).rounds[0].elected == ("甲", "乙")


def test_plurality_elects_whoever_has_most_without_a_quorum() -> None:
    found = held({"甲": 2, "乙": 1}, rule="cn.unit-leader.plurality", took_part=3)
    assert (found.outcome, found.rounds[0].elected) == (PASSED, ("甲",))


def test_plurality_tied_is_undecided() -> None:
    found = held({"甲": 2, "乙": 2}, rule="cn.unit-leader.plurality", took_part=4)
    assert (found.outcome, found.rounds[0].tie) == (INCONCLUSIVE, ("甲", "乙"))


def test_nobody_is_elected_without_a_vote() -> None:
    found = held({"甲": 0}, rule="cn.unit-leader.plurality", took_part=0)
    assert (found.outcome, found.rounds[0].elected) == (INCONCLUSIVE, ())


def test_the_order_and_names_of_candidates_change_nothing() -> None:
    votes = {"甲": 31, "乙": 40, "丙": 5}
    renamed = {"z": 31, "a": 40, "m": 5}
    one, other = held(votes, seats=2), held(dict(reversed(renamed.items())), seats=2)
    names = dict(zip(votes, renamed, strict=True))
    assert tuple(names[name] for name in one.rounds[0].elected) == other.rounds[0].elected


def test_without_candidates_only_the_validity_is_judged() -> None:
    found = rules.evaluate(RESIDENTS, {"roll": 100, "votes": {"for": 51}})
    assert (found.passed, "candidates" in found.pending) == (True, True)


@pytest.mark.parametrize(
    ("members", "pointer", "code"),
    [
        ({"candidates": {"甲": 61}}, "/candidates/甲", "counts_candidate_above_participating"),
        ({"candidates": {"甲": 40, "乙": 40}}, "/candidates", "counts_candidates_above_ballots"),
        ({"candidates": []}, "/candidates", "wrong_type"),
        ({"candidates": {"甲": -1}}, "/candidates/甲", "out_of_bounds"),
        ({"candidates": {"甲": 1}, "seats": 0}, "/seats", "out_of_bounds"),
        (
            {
                "candidates": {"甲": 28, "乙": 20, "丙": 9},
                "second": {"votes": {"for": 60}, "candidates": {"甲": 20, "丙": 19}},
            },
            "/second/candidates",
            "counts_second_round_candidates",
        ),
    ],
)
def test_impossible_votes_are_refused(members: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.evaluate(RESIDENTS, {"roll": 100, "votes": {"for": 60}, **members})
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [(pointer, code)]
