"""Single transferable vote: each rule's arithmetic, on numbers small enough to work out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.core.count.polls import counted, votes
from voting.core.count import Exhausted, Tally, Transfer
from voting.core.count import quota as quotas

SURPLUS = "60 A>B; 21 C; 19 D>C"
"""Two seats, quota 34: A has 26 too many, each of its ballots passes on 26/60."""


def scottish(text: str, seats: int, **rules: object) -> Tally:
    return counted("stv-scottish", text, seats, tie_break="backwards_then_order", **rules)


def test_a_transfer_value_is_cut_to_five_places_in_scotland() -> None:
    second = scottish(SURPLUS, 2).rounds[1]
    assert (second.action, second.source) == ("surplus", ("A",))
    assert second.votes("B") == 60 * Fraction("0.43333")
    assert second.residual == 26 - 60 * Fraction("0.43333")


def test_a_second_transfer_multiplies_the_value_on_receipt() -> None:
    tally = scottish("60 A>B>C; 20 B>D; 10 C; 10 D", 3)
    assert tally.rounds[0].threshold == 26
    value = Fraction("0.56666")
    held = 20 + 60 * value
    assert tally.rounds[1].votes("B") == held
    fresh = (held - 26) / held // Fraction(1, 10**5) * Fraction(1, 10**5)
    again = (held - 26) * value / held // Fraction(1, 10**5) * Fraction(1, 10**5)
    assert votes(tally, 3) == {"A": 26, "B": 26, "C": 10 + 60 * again, "D": 10 + 20 * fresh}


def test_surpluses_move_one_by_one_the_highest_first() -> None:
    tally = scottish("45 A; 40 B; 8 C; 7 D", 3)
    assert [entry.source for entry in tally.rounds[:3]] == [(), ("A",), ("B",)]


def test_a_winner_with_the_quota_exactly_has_no_stage() -> None:
    text = "26 A>B; 24 B; 25 C; 25 D"
    assert [entry.action for entry in scottish(text, 3).rounds][:2] == ["first_preferences", "exclusion"]


def test_a_stage_for_nothing_can_be_asked_for() -> None:
    text = "26 A>B; 24 B; 25 C; 25 D"
    assert scottish(text, 3, zero_surplus_stage=True).rounds[1].action == "surplus"


def test_the_final_exclusion_is_transferred() -> None:
    assert votes(scottish(SURPLUS, 2), 3)["D"] == 0


def test_the_final_exclusion_can_be_left_untransferred() -> None:
    tally = scottish("50 A; 48 B>A; 2 C", 1, stop_when_last_vacancies_filled=True, options="ABC")
    assert votes(tally, len(tally.rounds)) == {"A": 50, "B": 48, "C": 0}
    assert tally.winners == ("A",)


def rctab(text: str, seats: int, **rules: object) -> Tally:
    return counted("stv-wigm-rctab", text, seats, **{"tie_break": "candidate_order", **rules})


def test_rctab_cuts_the_value_of_every_ballot_and_keeps_the_rest_as_residual() -> None:
    tally = rctab("7 A>B; 2 B; 2 C", 2, options="ABC", decimal_places=1)
    assert tally.rounds[0].threshold == 4
    assert tally.rounds[0].transfers == (
        Transfer("A", "B", Fraction(28, 10), 7),
        Transfer("A", None, Fraction(2, 10), 0, "residual"),
    )
    assert votes(tally, 2) == {"A": 4, "B": Fraction(48, 10), "C": 2}


def test_rctab_shows_the_last_surplus_in_a_round_of_its_own() -> None:
    tally = rctab("6 A; 6 B; 1 C", 2, options="ABC")
    assert [entry.elected for entry in tally.rounds] == [("A", "B"), ()]
    assert tally.rounds[1].final_surplus == 12 * Fraction("0.1666")
    assert tally.rounds[1].residual == 2 - 12 * Fraction("0.1666")
    assert tally.rounds[1].exhausted == Exhausted()


def test_rctab_can_elect_one_a_round() -> None:
    tally = rctab("6 A; 7 B; 1 C", 2, options="ABC", winner_mode="multi_one_winner_per_round")
    assert [entry.elected for entry in tally.rounds] == [("B",), ("A",), ()]


def test_rctab_can_stop_early() -> None:
    assert rctab("6 A; 3 B; 4 C", 2, options="ABC", stop_after_round=1).outcome == "stopped"


def test_rctab_eliminates_undeclared_write_ins_before_anybody_is_elected() -> None:
    tally = rctab("9 A; 5 B; 2 C", 2, options="ABC", undeclared_write_in="C")
    assert [(entry.elected, entry.eliminated) for entry in tally.rounds[:2]] == [((), ("C",)), (("A", "B"), ())]


def test_rctab_eliminates_everybody_below_a_cutoff_at_once() -> None:
    rules = {"options": "ABCDE", "cutoff_elimination": 3}
    tally = rctab("7 A; 6 B; 6 C; 2 D>B; 1 E>B", 2, **rules)
    assert [(entry.elected, entry.eliminated) for entry in tally.rounds[:2]] == [((), ("D", "E")), (("B",), ())]


def test_sure_losers_are_transferred_though_they_leave_no_seat_to_fill() -> None:
    tally = counted("stv-wigm-prf", "20 A; 18 B; 9 C; 2 D>C", 2, tie_break="order", batch_elimination=True)
    assert [(entry.action, entry.source) for entry in tally.rounds if entry.transfers][-1] == ("transfer", ("D",))


@pytest.mark.parametrize(
    "method", ["stv-scottish", "stv-gregory-exact", "stv-wigm-prf", "stv-meek-prf", "stv-wigm-rctab"]
)
def test_ballots_for_nobody_who_stands_do_not_raise_the_quota(method: str) -> None:
    rules = {"tie_break": "order", "excluded_candidates": ["D"]}
    tally = counted(method, "5 A; 4 B>C; 3 C; 6 D", 2, **rules)
    assert tally.rounds[0].threshold == counted(method, "5 A; 4 B>C; 3 C", 2, **rules).rounds[0].threshold


def test_exact_surpluses_lose_nothing() -> None:
    tally = counted("stv-gregory-exact", "9 A>B; 3 B; 5 C; 2 D>B", 2, tie_break="order")
    assert tally.rounds[0].threshold == 7
    assert votes(tally, 2) == {"A": 7, "B": 5, "C": 5, "D": 2}
    third = counted("stv-gregory-exact", "10 A>B; 5 C; 5 D", 2, threshold="hagenbach-bischoff", tie_break="order")
    assert third.rounds[0].threshold == Fraction(20, 3)
    assert votes(third, 2)["B"] == Fraction(10, 3)


def test_more_than_the_vacancies_may_reach_an_exact_quota_and_the_rule_chooses() -> None:
    tally = counted(
        "stv-gregory-exact", "5 A; 5 B; 5 C", 2, options="ABC", threshold="hagenbach-bischoff", tie_break="order"
    )
    assert tally.winners == ("A", "B")
    assert [tie.tied for tie in tally.ties] == [("A", "B", "C"), ("B", "C")]


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        (quotas.droop_integer(100, 3), 26),
        (quotas.droop_integer(103, 3), 26),
        (quotas.droop_fractional(100, 3, 4), Fraction("25.0001")),
        (quotas.droop_fractional(100, 2, 4), Fraction("33.3334")),
        (quotas.hare_ceil(100, 3), 34),
        (quotas.hare_ceil(99, 3), 33),
        (quotas.hare(100, 3), Fraction(100, 3)),
        (quotas.hagenbach_bischoff(100, 2), Fraction(100, 3)),
        (quotas.imperiali(100, 3), 20),
        (quotas.percentage(27, "percent_of_active:15"), Fraction("4.05")),
    ],
)
def test_a_quota_is_exact(quota: Fraction, expected: Fraction) -> None:
    assert quota == expected


def test_the_reference_gregory_rule_cuts_the_product_and_then_the_quotient() -> None:
    tally = counted("stv-wigm-prf", "7 A>B; 2 B; 2 C", 2, options="ABC", tie_break="order")
    assert tally.rounds[0].threshold == Fraction("3.6667")
    moved = next(entry for entry in tally.rounds if entry.action == "transfer")
    assert moved.votes("B") == 2 + 7 * Fraction("0.4761")


def test_sure_losers_leave_together_where_the_rule_says_so() -> None:
    rules = {"tie_break": "order", "batch_elimination": True}
    tally = counted("stv-wigm-prf", "30 A; 25 B; 24 E; 3 C>B; 2 D>E", 2, options="ABCDE", **rules)
    assert [entry.eliminated for entry in tally.rounds if entry.action == "defeat"][:2] == [("C",), ("D",)]
    assert next(entry for entry in tally.rounds if entry.action == "transfer").source == ("C", "D")


def test_the_reference_gregory_rule_records_equal_winners_from_the_last_option_up() -> None:
    tally = counted("stv-wigm-prf", "5 A; 5 B; 6 C; 1 D", 3, tie_break="order")
    assert [entry.elected for entry in tally.rounds if entry.action == "elect"] == [("C",), ("B",), ("A",)]


def test_the_reference_meek_rule_rounds_what_is_kept_up() -> None:
    tally = counted("stv-meek-prf", "4 A>B; 2 C", 2, options="ABC", tie_break="order")
    defeat = next(entry for entry in tally.rounds if entry.action == "defeat")
    # Quota 2.000000001; A keeps 0.500000001 of each of its four ballots.
    assert dict(defeat.tallies) == {"A": Fraction("2.000000004"), "B": Fraction("1.999999996"), "C": 2}
    assert tally.winners == ("A", "C")


def test_the_meek_quota_falls_with_what_is_exhausted() -> None:
    tally = counted("stv-meek", "6 A; 3 B; 2 C; 1 D", 2, tie_break="order")
    thresholds = [entry.threshold for entry in tally.rounds]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[-1] < thresholds[0]


def test_equalized_ranks_count_as_the_mean_of_their_orders() -> None:
    rules = {"overvote": "equal_ranks_equalized", "tie_break": "order", "decimal_places": 18}
    shared = counted("stv-meek", "6 A=B>C; 5 A; 4 D", 2, **rules)
    apart = counted("stv-meek", "3 A>B>C; 3 B>A>C; 5 A; 4 D", 2, **rules)
    assert shared.winners == apart.winners
    for one, other in zip(shared.rounds, apart.rounds, strict=True):
        assert all(abs(held - other.votes(option)) < Fraction(1, 10**6) for option, held in one.tallies)


def test_split_ranks_share_a_ballot_among_those_who_stand() -> None:
    tally = counted("stv-meek", "6 A=B; 2 C", 1, options="ABC", overvote="equal_ranks_split", tie_break="order")
    assert votes(tally) == {"A": 3, "B": 3, "C": 2}


def test_a_split_ballot_goes_no_further_than_a_rank_of_which_nobody_stands() -> None:
    rules = {"overvote": "equal_ranks_split", "tie_break": "order"}
    tally = counted("stv-meek", "3 A>B>C=D; 4 B; 5 C; 6 D", 2, **rules)
    assert tally.rounds[1].eliminated == ("A",)
    assert tally.rounds[2].votes("B") == 4
