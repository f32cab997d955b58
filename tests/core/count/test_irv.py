"""Instant-runoff: what each rule value does, on ballots small enough to count by hand."""

from __future__ import annotations

from tests.core.count.polls import counted, votes
from voting.core.count import Exhausted, Transfer

SPLIT = "5 A>B; 4 B>C; 3 C>B; 1 D>A"
"""D leaves first, then C; B passes A with the ballots of C."""


def test_the_last_is_eliminated_until_one_has_more_than_half() -> None:
    tally = counted("irv", SPLIT)
    assert [entry.eliminated for entry in tally.rounds] == [("D",), ("C",), ()]
    assert votes(tally, 3) == {"A": 6, "B": 7}
    assert tally.winners == ("B",)


def test_a_round_says_where_the_ballots_of_the_eliminated_went() -> None:
    moved = counted("irv", "4 A; 3 B; 1 C>A; 1 C", options="ABC").rounds[0].transfers
    assert moved == (Transfer("C", "A", 1, 1), Transfer("C", None, 1, 1, "choices"))


def test_the_threshold_falls_with_the_ballots_still_active() -> None:
    tally = counted("irv", "4 A; 3 B; 2 C", options="ABC")
    assert [entry.threshold for entry in tally.rounds] == [5, 4]


def test_all_who_pass_a_threshold_are_elected_whatever_the_seats() -> None:
    tally = counted("irv-bottoms-up-threshold", "4 A; 3 B; 1 C", threshold="percent_of_active:20", tie_break="order")
    assert (tally.winners, tally.outcome) == (("A", "B"), "decided")


def test_bottoms_up_for_several_seats_keeps_the_threshold_of_its_first_round() -> None:
    tally = counted("irv-bottoms-up", "4 A; 3 B; 2 C; 1 D", seats=2, threshold_basis="current_round")
    assert [entry.threshold for entry in tally.rounds] == [4, 4, 4]


def test_the_threshold_of_the_first_round_can_hold_for_all() -> None:
    tally = counted("irv", "4 A; 3 B; 2 C", options="ABC", threshold_basis="first_round")
    assert [entry.threshold for entry in tally.rounds] == [5, 5]
    assert tally.winners == ("A",)


def test_a_percentage_may_ask_for_more_than_half() -> None:
    tally = counted("irv", "6 A; 3 B; 1 C>B", options="ABC", threshold="percent_of_active:66.6")
    assert [entry.elected for entry in tally.rounds] == [(), ("A",)]
    assert str(tally.rounds[0].threshold) == "333/50"


def test_an_overvote_ends_the_ballot_there() -> None:
    tally = counted("irv", "2 A; 1 B=C>A; 1 D>B=C>A", overvote="exhaust_immediately")
    assert votes(tally) == {"A": 2, "B": 0, "C": 0, "D": 1}
    assert tally.rounds[0].exhausted == Exhausted(overvotes=1)


def test_an_overvote_can_be_passed_over() -> None:
    tally = counted("irv", "2 A; 1 B=C>A; 1 *>A", overvote="skip_to_next_rank")
    assert votes(tally) == {"A": 4, "B": 0, "C": 0, "D": 0}


def test_an_overvote_in_the_last_rank_that_is_passed_over_exhausts_the_choices() -> None:
    tally = counted("irv", "2 A; 1 B=C", overvote="skip_to_next_rank")
    assert tally.rounds[0].exhausted == Exhausted(choices=1)


def test_an_overvote_counts_once_only_one_of_its_options_continues() -> None:
    text = "4 A; 3 B; 1 D>B=C; 2 C>B"
    tally = counted("irv", text, overvote="exhaust_if_multiple_continuing", tie_break="order")
    assert tally.rounds[0].transfers == (Transfer("D", None, 1, 1, "overvotes"),)
    late = counted("irv", "4 A; 3 B; 1 C; 2 D>B=C", overvote="exhaust_if_multiple_continuing")
    assert late.rounds[1].transfers == (Transfer("D", "B", 2, 2),)


def test_unknown_marks_may_all_continue_and_so_exhaust() -> None:
    tally = counted("irv", "2 A; 1 *>B", overvote="exhaust_if_multiple_continuing")
    assert tally.rounds[0].exhausted == Exhausted(overvotes=1)


def test_more_skipped_ranks_than_allowed_end_the_ballot() -> None:
    rules = {"skipped_ranks": "exhaust_when_more_than_n_consecutive", "max_skipped_ranks": 1}
    tally = counted("irv", "2 A; 1 ->B; 1 ->->C", **rules)
    assert votes(tally) == {"A": 2, "B": 1, "C": 0, "D": 0}
    assert tally.rounds[0].exhausted == Exhausted(skipped=1)


def test_any_number_of_skipped_ranks_may_be_allowed() -> None:
    assert votes(counted("irv", "2 A; 1 ->->->C", skipped_ranks="unlimited"))["C"] == 1


def test_trailing_blanks_are_no_skipped_ranks() -> None:
    rules = {"skipped_ranks": "exhaust_when_more_than_n_consecutive", "max_skipped_ranks": 0}
    tally = counted("irv", "3 A; 2 B; 1 C>->-", options="ABC", **rules)
    assert tally.rounds[1].exhausted == Exhausted(choices=1)


def test_an_option_marked_twice_is_passed_over_the_second_time() -> None:
    tally = counted("irv", "3 A; 2 B; 1 C>C>B", options="ABC", duplicate="skip")
    assert tally.rounds[0].transfers == (Transfer("C", "B", 1, 1),)


def test_an_option_marked_twice_can_end_the_ballot() -> None:
    tally = counted("irv", "3 A; 2 B; 1 C>C>B", options="ABC", duplicate="exhaust")
    assert tally.rounds[0].transfers == (Transfer("C", None, 1, 1, "duplicates"),)


def test_ranks_beyond_the_most_allowed_are_not_read() -> None:
    tally = counted("irv", "3 A; 2 B; 1 C>D>B", max_rankings=2, batch_elimination=True)
    assert tally.rounds[0].transfers == (Transfer("C", None, 1, 1, "choices"),)


def test_a_ballot_without_marks_is_in_no_tally() -> None:
    tally = counted("irv", "3 A; 2 B; 4; 1 ->-")
    assert (tally.cast, tally.undervotes, tally.valid) == (10, 5, 5)
    assert tally.rounds[0].exhausted.total == 0


def test_a_withdrawn_option_is_passed_over() -> None:
    tally = counted("irv", "4 A>B; 3 B; 2 C>B", options="ABC", excluded_candidates=["A"])
    assert votes(tally) == {"B": 7, "C": 2}


def test_those_who_cannot_catch_up_leave_together() -> None:
    tally = counted("irv", "9 A; 8 B; 2 C>B; 1 D>B", batch_elimination=True)
    assert tally.rounds[0].eliminated == ("C", "D")
    assert tally.winners == ("B",)


def test_a_batch_of_one_is_no_batch_and_leaves_by_the_usual_way() -> None:
    tally = counted("irv", "5 A; 5 B; 4 C>B; 1 D", batch_elimination=True)
    assert tally.rounds[0].eliminated == ("D",)


def test_undeclared_write_ins_leave_first_and_cannot_win() -> None:
    tally = counted("irv", "6 W>A; 2 A; 3 B", options="ABW", undeclared_write_in="W")
    assert tally.rounds[0].eliminated == ("W",)
    assert tally.winners == ("A",)


def test_with_nobody_but_undeclared_write_ins_nobody_is_elected() -> None:
    for method, seats in (("irv", 1), ("irv-multi-pass", 2), ("irv-bottoms-up", 1)):
        tally = counted(method, "3 W; 1 A>W", seats, options="AW", undeclared_write_in="W", excluded_candidates=["A"])
        assert (tally.winners, tally.outcome) == ((), "seats_left")
        assert len(tally.rounds) == 1


def test_everybody_below_a_cutoff_leaves_at_once() -> None:
    tally = counted("irv", "9 A; 8 B; 3 C; 2 D>B", cutoff_elimination=4)
    assert tally.rounds[0].eliminated == ("C", "D")


def test_a_cutoff_that_nobody_passes_eliminates_the_last_alone() -> None:
    tally = counted("irv", "3 A; 3 B; 2 C; 1 D>A", cutoff_elimination=4)
    assert tally.rounds[0].eliminated == ("D",)


def test_the_count_can_go_on_until_two_are_left() -> None:
    tally = counted("irv", "9 A; 3 B; 2 C>B; 1 D>B", continue_until_two=True)
    assert [entry.elected for entry in tally.rounds] == [("A",), (), (), ()]
    assert votes(tally, 4) == {"A": 9, "B": 6}
    assert tally.winners == ("A",)


def test_once_somebody_is_elected_the_threshold_stays() -> None:
    tally = counted("irv", "6 A; 2 B; 1 C", options="ABC", continue_until_two=True)
    assert [entry.threshold for entry in tally.rounds] == [5, 5, 5]


def test_the_count_can_stop_early_and_says_so() -> None:
    tally = counted("irv", SPLIT, stop_after_round=1)
    assert (len(tally.rounds), tally.winners, tally.outcome, tally.complete) == (1, (), "stopped", False)


def test_two_who_stay_equal_to_the_end_are_decided_without_another_round() -> None:
    tally = counted("irv", "3 A; 3 B; 1 C", options="ABC", tie_break="order")
    assert [entry.eliminated for entry in tally.rounds] == [("C",), ()]
    assert tally.rounds[1].ties[0].selecting == "winner"
    assert tally.winners == ("A",)


def test_bottoms_up_eliminates_until_as_many_are_left_as_seats() -> None:
    tally = counted("irv-bottoms-up", "9 A; 4 B; 2 C>B; 1 D>C", 2)
    assert [entry.eliminated for entry in tally.rounds] == [("D",), ("C",), ()]
    assert tally.winners == ("A", "B")


def test_bottoms_up_elects_nobody_before_the_others_are_out() -> None:
    assert counted("irv-bottoms-up", "9 A; 4 B; 2 C>B; 1 D>C", 2).rounds[0].elected == ()


def test_bottoms_up_by_percentage_elects_all_who_pass_it() -> None:
    tally = counted("irv-bottoms-up-threshold", "9 A; 6 B; 4 C; 1 D>C", 0, threshold="percent_of_active:15")
    assert [entry.threshold for entry in tally.rounds] == [3, 3]
    assert set(tally.winners) == {"A", "B", "C"}


def test_each_pass_of_a_multi_pass_count_starts_anew_without_the_winners() -> None:
    tally = counted("irv-multi-pass", "5 A>B; 3 B>A; 3 C", 2, options="ABC", tie_break="order")
    assert [(entry.passing, entry.number) for entry in tally.rounds] == [(1, 1), (1, 2), (2, 1)]
    assert tally.winners == ("A", "B")
    assert votes(tally, 3) == {"B": 8, "C": 3}


def test_recorded_lots_decide_even_where_nobody_voted() -> None:
    lots = [
        {"round": 1, "tied": ["A", "B", "C"], "selected": "C", "selecting": "loser"},
        {"round": 2, "tied": ["A", "B"], "selected": "B", "selecting": "winner"},
    ]
    assert counted("irv", "3", options="ABC", tie_break="random", tie_break_resolutions=lots).winners == ("B",)
    assert counted("irv", "3", options="ABC", tie_break="random", tie_break_seed="1").outcome == "no_ballots"


def test_blanks_at_the_end_do_not_push_the_unranked_beyond_the_ranks_that_are_read() -> None:
    rules = {"options": "AB", "unranked": "ranked_last_equal", "max_rankings": 1, "excluded_candidates": ["A"]}
    for text in ("1 A", "1 A>-", "1 A>->-"):
        assert votes(counted("irv", text, **rules)) == {"B": 1}
