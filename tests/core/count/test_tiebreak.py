"""Ties: what breaks them, what is recorded, and that a tie nobody may break stays open."""

from __future__ import annotations

import hashlib

import pytest

from tests.core.count.polls import counted
from voting.core.count import lot_order

LAST = "3 A; 2 B; 2 C>A"
"""B and C tie for the last place in round 1."""


def test_the_latest_of_the_order_is_eliminated() -> None:
    tally = counted("irv", LAST, options="ABC", tie_break="candidate_order", tie_break_order=["C", "B", "A"])
    assert tally.rounds[0].eliminated == ("B",)


def test_the_earliest_of_the_order_is_elected() -> None:
    tally = counted("irv", "3 A; 3 B", options="AB", tie_break="order", tie_break_order=["B", "A"])
    assert tally.winners == ("B",)


def test_a_note_can_say_that_the_first_is_selected_for_both() -> None:
    rules = {"tie_break": "order", "tie_break_order": ["C", "B", "A"], "tie_break_note": "defeat: first in order"}
    assert counted("irv", LAST, options="ABC", **rules).rounds[0].eliminated == ("C",)


def test_an_elimination_order_lists_first_who_leaves_first() -> None:
    rules = {"tie_break": "given_elimination_order", "tie_break_order": ["C", "B", "A"]}
    assert counted("irv", LAST, options="ABC", **rules).rounds[0].eliminated == ("C",)


def test_an_elimination_order_with_gaps_decides_nothing() -> None:
    rules = {"tie_break": "given_elimination_order", "tie_break_order": ["C", "B"]}
    assert counted("irv", LAST, options="ABC", **rules).outcome == "tie_open"


@pytest.mark.parametrize(
    "rules", [{}, {"tie_break": "ask"}, {"tie_break": "random"}, {"tie_break": "backwards_then_lot"}]
)
def test_a_tie_that_no_rule_breaks_stays_open(rules: dict[str, str]) -> None:
    tally = counted("irv", LAST, options="ABC", **rules)
    assert (tally.outcome, tally.winners, tally.complete) == ("tie_open", (), False)
    assert tally.ties[0].tied == ("B", "C")
    assert tally.ties[0].selected is None


def test_an_option_the_order_does_not_list_is_not_selected() -> None:
    tally = counted("irv", LAST, options="ABC", tie_break="order", tie_break_order=["A", "B"])
    assert tally.rounds[0].eliminated == ("B",)


def test_a_recorded_lot_wins_over_the_rule() -> None:
    lot = {"round": 1, "tied": ["C", "B"], "selected": "B", "selecting": "loser", "how": "coin"}
    rules = {"tie_break": "order", "tie_break_order": ["A", "B", "C"], "tie_break_resolutions": [lot]}
    tie = counted("irv", LAST, options="ABC", **rules).ties[0]
    assert (tie.selected, tie.how) == ("B", "recorded")


@pytest.mark.parametrize("change", [{"round": 2}, {"tied": ["A", "B", "C"]}, {"selecting": "winner"}, {"pass": 2}])
def test_a_lot_recorded_for_another_tie_is_not_used(change: dict[str, object]) -> None:
    lot = {"round": 1, "tied": ["C", "B"], "selected": "B", "selecting": "loser", "pass": 1} | change
    rules = {"tie_break": "order", "tie_break_order": ["A", "B", "C"], "tie_break_resolutions": [lot]}
    tie = counted("irv-multi-pass", LAST, options="ABC", **rules).ties[0]
    assert (tie.selected, tie.how) == ("C", "order")


def test_the_latest_earlier_round_that_differs_breaks_the_tie() -> None:
    text = "5 A; 3 B; 2 C; 1 D>C"
    tally = counted("irv", text, tie_break="previous_rounds_then_random")
    tie = tally.rounds[1].ties[0]
    assert (tie.tied, tie.selected, tie.how, tie.compared_round) == (("B", "C"), "C", "previous_rounds", 1)


def test_where_the_earlier_rounds_agree_the_lot_decides() -> None:
    rules = {"tie_break": "previous_rounds_then_random", "tie_break_seed": "31415926535897932384"}
    tie = counted("irv", LAST, options="ABC", **rules).ties[0]
    assert tie.how == "lot"
    assert tie.order == lot_order("", "31415926535897932384", "ABC")


def test_the_lot_sorts_options_by_a_hash_anybody_can_compute() -> None:
    digests = {o: hashlib.sha256(f"yishi/1/lot\nc-7\n20\n{o}".encode()).digest() for o in ("a", "b", "乙")}
    assert lot_order("c-7", "20", ["a", "b", "乙"]) == tuple(sorted(digests, key=lambda o: digests[o]))


def test_a_lot_does_not_take_a_field_that_could_be_read_as_two() -> None:
    with pytest.raises(ValueError, match="line feeds"):
        lot_order("c", "1\n2", ["a"])


def test_the_lot_of_another_contest_is_another_lot() -> None:
    options = [f"option {number}" for number in range(12)]
    assert lot_order("one", "20", options) != lot_order("two", "20", options)


def test_a_tie_for_a_seat_is_decided_and_recorded() -> None:
    tally = counted("plurality", "2 A; 2 B; 2 C", 2, options="ABC", tie_break="order", tie_break_order=["C", "A", "B"])
    assert tally.winners == ("C", "A")
    assert [tie.selected for tie in tally.ties] == ["C", "A"]


PAIRS = {"tie_break": "loser_by_fewest_pairwise_wins", "unranked": "ranked_last_equal"}


def test_a_tie_for_the_last_place_can_fall_to_whom_the_others_beat_pair_by_pair() -> None:
    text = "2 B>C>S; 2 S>B>C; 1 C>S>B; 1 C>B>S"
    tally = counted("irv", text, options="BSC", **PAIRS)
    assert (tally.ties[0].selected, tally.ties[0].how) == ("S", "pairs")
    assert tally.winners == ("B",)


def test_those_whom_no_pair_tells_apart_share_the_place() -> None:
    tally = counted("irv", "1 A; 1 B", options="AB", **PAIRS)
    assert (tally.winners, tally.outcome, tally.ties[0].how) == (("A", "B"), "tie_open", "shared")


def test_those_whom_no_pair_tells_apart_leave_together() -> None:
    tally = counted("irv", "4 A; 1 B; 1 C; 3 D>A", **PAIRS)
    assert tally.rounds[0].eliminated == ("B", "C")
