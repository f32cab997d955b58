"""What every method answers where there is nothing, or too little, to count."""

from __future__ import annotations

import pytest

from tests.core.count.polls import NAMES, ballots
from voting.core.count import METHODS, count, tally_to_json

SETS = (
    "smith-set",
    "schwartz-set",
    "condorcet-winner",
    "condorcet-loser",
    "schulze",
    "minimax",
    "copeland",
    "ranked-pairs",
)
SEATED = sorted(set(METHODS) - set(SETS) - {"yes-no"})
DECIDED = {"tie_break": "order"}


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("text", ["", "5; 2 ->-"], ids=["no ballots", "blank ballots"])
def test_without_any_mark_nobody_is_elected(method: str, text: str) -> None:
    tally = count(method, "ABC", ballots(text), 2, DECIDED)
    assert (tally.outcome, tally.winners, tally.valid) == ("no_ballots", (), 0)


@pytest.mark.parametrize("method", SEATED)
def test_a_single_option_with_a_ballot_is_elected(method: str) -> None:
    assert count(method, "A", ballots("1 A; 2"), 1, DECIDED).winners == ("A",)


@pytest.mark.parametrize("method", [m for m in SEATED if m not in ("irv", "two-round", "irv-bottoms-up-threshold")])
@pytest.mark.parametrize("seats", [3, 5])
def test_with_as_many_seats_as_options_all_are_elected(method: str, seats: int) -> None:
    tally = count(method, "ABC", ballots("3 A>B>C; 2 B>C>A; 1 C>A>B"), seats, DECIDED)
    assert set(tally.winners) == {"A", "B", "C"}
    assert tally.outcome == ("decided" if seats == 3 else "seats_left")


@pytest.mark.parametrize("method", [m for m in SEATED if m != "irv-bottoms-up-threshold"])
def test_where_all_are_equal_the_order_decides(method: str) -> None:
    tally = count(method, "ABC", ballots("1 A>B>C; 1 B>C>A; 1 C>A>B"), 1, DECIDED)
    assert len(tally.winners) == 1
    assert tally.ties or method.startswith("stv")


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_withdrawn_option_wins_nothing(method: str) -> None:
    tally = count(method, "ABC", ballots("6 A>B; 3 B; 1 C"), 1, DECIDED | {"excluded_candidates": ["A"]})
    assert "A" not in tally.winners
    assert all("A" not in dict(entry.tallies) for entry in tally.rounds)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_if_all_withdraw_nobody_is_elected(method: str) -> None:
    assert count(method, "AB", ballots("6 A; 3 B"), 1, DECIDED | {"excluded_candidates": ["A", "B"]}).winners == ()


@pytest.mark.parametrize("method", [m for m in SEATED if m != "irv-bottoms-up-threshold"])
def test_a_poll_without_seats_elects_nobody(method: str) -> None:
    assert count(method, "AB", ballots("6 A; 3 B"), 0, DECIDED).winners == ()


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_tally_can_be_written(method: str) -> None:
    written = tally_to_json(count(method, NAMES, ballots("3 Ann>Bao>Chen; 2 Bao>Ann; 1 Deng>Emma"), 2, DECIDED))
    assert written["method"] == method
    assert isinstance(written["winners"], list)
