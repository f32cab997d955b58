"""Meek: what cutting, guard digits and batches do, on ballots small enough to follow."""

from __future__ import annotations

from fractions import Fraction

from tests.core.count.polls import counted

SPLIT = {"overvote": "equal_ranks_split", "tie_break": "order", "tie_break_note": "the first listed is selected"}


def test_those_elected_may_fall_below_the_quota_and_the_last_is_still_found() -> None:
    tally = counted("stv-meek", "1 A=B>C; 1 A=C>B", 2, options="ABC", **SPLIT)
    defeat = next(entry for entry in tally.rounds if entry.action == "defeat")
    assert defeat.votes("A") < (defeat.threshold or 0)
    assert (defeat.surplus, defeat.eliminated, tally.winners) == (0, ("B",), ("A", "C"))


def test_no_more_are_elected_than_there_are_seats_though_more_reach_the_quota() -> None:
    tally = counted("stv-meek", "3 A=B>C=D; 3 B=C>D=A; 1 C=D>A=B; 1 D=A>B=C", 2, **SPLIT)
    last = next(entry for entry in tally.rounds if entry.eliminated == ("A",))
    assert {option for option, held in last.tallies if held >= (last.threshold or 0)} >= {"A", "C"}
    assert tally.winners == ("B", "C")


def test_guard_digits_find_a_tie_that_cutting_hides() -> None:
    rules = {"tie_break": "order", "tie_break_order": list("CBA"), "tie_break_note": "the first listed is selected"}
    cut = counted("stv-meek", "4 A>B; 2 C", 2, options="ABC", **rules)
    guarded = counted(
        "stv-meek", "4 A>B; 2 C", 2, options="ABC", arithmetic="guarded (18+9)", decimal_places=18, **rules
    )
    assert (cut.winners, cut.ties) == (("A", "C"), ())
    assert (guarded.winners, guarded.ties[0].tied) == (("A", "B"), ("B", "C"))
    assert guarded.rounds[0].threshold == 2


def test_sure_losers_leave_together_before_the_surplus_is_settled() -> None:
    text = "30 A>C; 24 B; 20 C; 3 D; 2 E"
    rules = {"tie_break": "order", "options": "ABCDE"}
    single = counted("stv-meek", text, 2, **rules)
    batch = counted("stv-meek", text, 2, batch_elimination=True, **rules)
    assert [e.eliminated for e in single.rounds if e.action == "defeat"][:2] == [("E",), ("D",)]
    assert [(e.number, e.eliminated) for e in batch.rounds if e.action == "defeat"][:2] == [(2, ("D",)), (2, ("E",))]
    assert batch.winners == single.winners


def test_marks_are_read_as_the_rules_say() -> None:
    rules = {"options": "ABC", "tie_break": "order"}
    ended = counted("stv-meek", "3 A; 2 B=C>A; 1 C", 1, overvote="exhaust_immediately", **rules)
    assert dict(ended.rounds[0].tallies) == {"A": 3, "B": 0, "C": 1}
    passed = counted("stv-meek", "3 A; 2 B=C>A; 1 C", 1, overvote="skip_to_next_rank", **rules)
    assert dict(passed.rounds[0].tallies) == {"A": 5, "B": 0, "C": 1}


def test_votes_of_the_last_excluded_are_nobodys_until_the_count_is_complete() -> None:
    tally = counted("stv-meek-prf", "4 A>B; 2 C", 2, options="ABC", tie_break="order")
    remaining, complete = tally.rounds[-2:]
    assert (remaining.action, remaining.exhausted.total, remaining.residual) == (
        "elect remaining",
        0,
        Fraction("1.999999996"),
    )
    assert (complete.exhausted.total, complete.residual) == (Fraction("1.999999996"), 0)
