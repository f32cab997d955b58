"""Plurality, approval, score, Borda, yes or no, and two rounds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.core.count.polls import counted, votes
from voting.core.count import Exhausted, tally_to_json


def test_plurality_counts_first_preferences() -> None:
    tally = counted("plurality", "5 A>B; 4 B; 3 C>B; 1 D")
    assert votes(tally) == {"A": 5, "B": 4, "C": 3, "D": 1}
    assert tally.winners == ("A",)


def test_an_overvote_counts_for_nobody() -> None:
    assert counted("plurality", "2 A; 3 A=B").rounds[0].exhausted == Exhausted(overvotes=3)


def test_equal_first_ranks_of_weak_orders_share_the_vote() -> None:
    tally = counted("plurality", "1 A>B>C; 1 A=C>B", unranked="ranked_last_equal", options="ABC")
    assert votes(tally) == {"A": Fraction(3, 2), "B": 0, "C": Fraction(1, 2)}
    assert tally.ranking == (("A",), ("C",), ("B",))


def test_block_plurality_counts_as_many_marks_as_there_are_seats() -> None:
    tally = counted("plurality", "4 A=B; 3 B=C; 2 A=B=C; 1 D", 2)
    assert votes(tally) == {"A": 4, "B": 7, "C": 3, "D": 1}
    assert tally.rounds[0].exhausted == Exhausted(overvotes=2)
    assert tally.winners == ("B", "A")


def test_marks_in_ranks_beyond_the_seats_are_not_read() -> None:
    assert votes(counted("plurality", "1 A>B>C", 2)) == {"A": 1, "B": 1, "C": 0, "D": 0}


def test_a_tie_at_the_top_elects_all_of_it_where_the_rules_name_no_tie_break() -> None:
    tally = counted("plurality", "2 A; 2 B; 1 C")
    assert (tally.winners, tally.outcome) == (("A", "B"), "tie_open")


def test_a_tie_at_the_top_elects_nobody_while_somebody_is_to_be_asked() -> None:
    assert counted("plurality", "2 A; 2 B; 1 C", tie_break="ask").winners == ()


def test_approval_counts_every_mark_once() -> None:
    tally = counted("approval", "3 A=B; 2 B>C; 1 C=C")
    assert votes(tally) == {"A": 3, "B": 5, "C": 3, "D": 0}


def test_approval_reads_several_marks_in_a_rank_as_an_overvote_if_the_rules_say_so() -> None:
    tally = counted("approval", "3 A=B>C; 2 B>C", overvote="exhaust_immediately")
    assert votes(tally) == {"A": 0, "B": 2, "C": 2, "D": 0}
    assert tally.rounds[0].exhausted == Exhausted(overvotes=3)
    assert votes(counted("approval", "3 A=B>C", overvote="skip_to_next_rank"))["C"] == 3


def test_scores_can_end_at_an_overvote_and_keep_their_grades_behind_one_passed_over() -> None:
    assert votes(counted("score", "1 A>B=C>D", overvote="exhaust_immediately", max_score=3))["D"] == 0
    assert votes(counted("score", "1 A>B=C>D", overvote="skip_to_next_rank", max_score=3))["D"] == 1


def test_scores_are_ranks_from_the_best_grade_down() -> None:
    tally = counted("score", "2 A>->B; 1 B=C", max_score=2)
    assert votes(tally) == {"A": 4, "B": 2, "C": 2, "D": 0}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("one_based", (4, 3, 2, 1)),
        ("zero_based", (3, 2, 1, 0)),
        ("harmonic", (1, Fraction(1, 2), Fraction(1, 3), Fraction(1, 4))),
    ],
)
def test_borda_gives_points_by_place(points: str, expected: tuple[Fraction, ...]) -> None:
    assert tuple(votes(counted("borda", "1 A>B>C>D", points=points)).values()) == expected


def test_borda_shares_the_points_of_equal_ranks() -> None:
    assert votes(counted("borda", "1 A=B>C")) == {"A": Fraction(7, 2), "B": Fraction(7, 2), "C": 2, "D": 0}


def test_borda_can_rank_those_left_out_last() -> None:
    assert votes(counted("borda", "1 A", unranked="ranked_last_equal")) == {"A": 4, "B": 2, "C": 2, "D": 2}


def test_borda_reads_overvotes_and_repetitions_as_the_rules_say() -> None:
    assert votes(counted("borda", "1 A>B=C>D", overvote="exhaust_immediately")) == {"A": 4, "B": 0, "C": 0, "D": 0}
    assert votes(counted("borda", "1 A>B=C>D", overvote="skip_to_next_rank")) == {"A": 4, "B": 0, "C": 0, "D": 3}
    assert votes(counted("borda", "1 A>A>B", duplicate="exhaust")) == {"A": 4, "B": 0, "C": 0, "D": 0}
    assert votes(counted("borda", "1 A>B>C", max_rankings=2)) == {"A": 4, "B": 3, "C": 0, "D": 0}


def test_yes_needs_more_votes_than_no() -> None:
    assert counted("yes-no", "3 Y; 2 N; 9 E", options="YNE").winners == ("Y",)


def test_a_tie_of_yes_and_no_leaves_things_as_they_are() -> None:
    tally = counted("yes-no", "3 Y; 3 N; 1 E", options="YNE")
    assert (tally.winners, tally.ties) == (("N",), ())


def test_abstentions_can_stay_in_the_base() -> None:
    rules = {"options": "YNE", "threshold": "majority_of_valid"}
    assert counted("yes-no", "4 Y; 2 N; 2 E", **rules).winners == ("N",)
    assert counted("yes-no", "5 Y; 2 N; 2 E", **rules).winners == ("Y",)


def test_a_ballot_that_says_yes_and_no_says_neither() -> None:
    tally = counted("yes-no", "1 Y; 2 Y=N", options="YN", overvote="exhaust_if_multiple_continuing")
    assert tally.rounds[0].exhausted == Exhausted(overvotes=2)


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ({"max_rankings": 1}, {"A": 4, "B": 0, "C": 0}),
        ({"duplicate": "exhaust"}, {"A": 4, "B": 1, "C": 1}),
        ({"skipped_ranks": "exhaust_when_more_than_n_consecutive", "max_skipped_ranks": 0}, {"A": 4, "B": 2, "C": 0}),
        ({"overvote": "skip_to_next_rank"}, {"A": 4, "B": 2, "C": 2}),
        ({}, {"A": 4, "B": 2, "C": 1}),
    ],
)
def test_block_plurality_reads_ranks_as_the_rules_say(rules: dict[str, Any], left: dict[str, int]) -> None:
    tally = counted("plurality", "1 A>B; 1 A>A>B; 1 A>->C; 1 A>B=C=D>C", 2, options="ABCD", **rules)
    assert {option: votes(tally)[option] for option in "ABC"} == left


def test_more_than_half_wins_in_the_first_round() -> None:
    tally = counted("two-round", "6 A; 3 B; 2 C", tie_break="order")
    assert (len(tally.rounds), tally.winners) == (1, ("A",))


def test_else_the_two_leaders_meet_and_every_ballot_counts_for_the_one_it_ranks_higher() -> None:
    tally = counted("two-round", "5 A; 4 B; 3 C>B; 1 D>C", tie_break="order")
    assert (tally.rounds[0].elected, tally.rounds[0].eliminated) == ((), ("C", "D"))
    assert votes(tally, 2) == {"A": 5, "B": 7}
    assert tally.winners == ("B",)
    assert tally.ranking == (("B",), ("A",), ("C",), ("D",))
    moved = [(move.source, move.target, move.votes, move.left) for move in tally.rounds[0].transfers]
    assert moved == [("C", "B", 3, None), ("D", None, 1, "choices")]


def test_there_is_no_second_round_between_the_same_options() -> None:
    tally = counted("two-round", "2 A; 2 B", options="AB")
    assert (len(tally.rounds), tally.winners, tally.outcome) == (1, ("A", "B"), "tie_open")


def test_a_tie_for_the_second_round_is_broken_by_the_rule() -> None:
    rules = {"tie_break": "order", "tie_break_order": ["C", "B", "A"]}
    tally = counted("two-round", "5 A; 3 B>A; 3 C>B", options="ABC", **rules)
    assert tally.rounds[0].eliminated == ("B",)
    assert tally.ties[0].selected == "C"


def test_without_a_tie_break_all_of_a_tie_go_on() -> None:
    tally = counted("two-round", "5 A; 3 B>A; 3 C>B; 1 D", unranked="not_compared")
    assert set(votes(tally, 2)) == {"A", "B", "C"}


def test_both_rounds_stand_in_the_written_scores() -> None:
    written = tally_to_json(counted("two-round", "5 A; 4 B; 3 C>B", options="ABC"))
    assert written["scores"] == {"1": {"A": 5, "B": 4, "C": 3}, "2": {"A": 5, "B": 7}}


def test_votes_that_do_not_suffice_for_a_rank_of_weak_orders_are_shared_in_it() -> None:
    tally = counted("plurality", "1 A>B=C=D", 2, overvote="split_equally")
    assert votes(tally) == {"A": 1, "B": Fraction(1, 3), "C": Fraction(1, 3), "D": Fraction(1, 3)}


def test_a_ballot_that_ranks_no_leader_is_shared_where_the_unranked_stand_last() -> None:
    text = "10 A; 10 B; 10 C; 9 D>E"
    last = counted("two-round", text, options="ABCDE", unranked="ranked_last_equal")
    assert votes(last, 2) == {"A": 13, "B": 13, "C": 13}
    apart = counted("two-round", text, options="ABCDE", unranked="not_compared")
    assert votes(apart, 2) == {"A": 10, "B": 10, "C": 10}


def test_a_blank_ballot_ranks_all_equally_where_the_unranked_stand_last() -> None:
    tally = counted("plurality", "6 A; 3", options="ABC", unranked="ranked_last_equal")
    assert (votes(tally), tally.undervotes) == ({"A": 7, "B": 1, "C": 1}, 0)
