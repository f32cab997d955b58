"""What holds for every count, whatever the ballots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.count.polls import NAMES, STRICT, STV, examples, marked_boxes, rank_rules, strict_boxes
from voting.core.count import METHODS, Ranking, count

FEW = examples(10)
DECIDED = {"tie_break": "candidate_order", "tie_break_order": NAMES}


@pytest.mark.parametrize("method", STRICT)
@FEW
@given(box=marked_boxes(), rules=rank_rules(), seats=st.integers(1, 4))
def test_in_every_round_votes_and_what_left_the_count_are_the_valid_ballots(
    method: str, box: Mapping[Ranking, int], rules: dict[str, Any], seats: int
) -> None:
    tally = count(method, NAMES, box, 1 if method == "irv" else seats, rules)
    assert tally.cast == sum(box.values())
    assert [entry.total for entry in tally.rounds] == [tally.valid] * len(tally.rounds)


@pytest.mark.parametrize("method", STRICT)
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 3))
def test_what_a_round_transfers_is_what_the_next_round_has(method: str, box: Mapping[Ranking, int], seats: int) -> None:
    tally = count(method, NAMES, box, 1 if method == "irv" else seats, DECIDED)
    after = method in ("stv-scottish", "stv-wigm-prf", "stv-meek-prf")
    for before, entry in zip(tally.rounds, tally.rounds[1:], strict=False):
        if before.passing != entry.passing or method == "stv-meek-prf":
            continue
        moving = entry if after else before
        for option in dict(entry.tallies):
            received = sum(t.votes for t in moving.transfers if t.target == option)
            given_up = sum(t.votes for t in moving.transfers if t.source == option)
            lost_cutting = entry.residual - before.residual if after and option in moving.source else 0
            assert entry.votes(option) == before.votes(option) + received - given_up - lost_cutting


@pytest.mark.parametrize("method", sorted(METHODS))
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 3), data=st.data())
def test_the_order_of_the_ballots_changes_nothing(
    method: str, box: Mapping[Ranking, int], seats: int, data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(box.items()))))
    assert count(method, NAMES, box, seats, DECIDED) == count(method, NAMES, shuffled, seats, DECIDED)


@pytest.mark.parametrize("method", sorted(METHODS))
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 3), names=st.permutations(["z", "é", "7", "m", "单元", "a"]))
def test_renaming_the_options_renames_the_result(
    method: str, box: Mapping[Ranking, int], seats: int, names: list[str]
) -> None:
    new = dict(zip(NAMES, names, strict=True))
    renamed = {tuple(tuple(new[option] for option in rank) for rank in ranking): n for ranking, n in box.items()}
    old = count(method, NAMES, box, seats, {"tie_break": "order", "tie_break_order": NAMES})
    tally = count(method, names, renamed, seats, {"tie_break": "order", "tie_break_order": names})
    assert tally.winners == tuple(new[option] for option in old.winners)
    assert [entry.tallies for entry in tally.rounds] == [
        tuple((new[option], held) for option, held in entry.tallies) for entry in old.rounds
    ]


@pytest.mark.parametrize("method", STRICT)
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 3), paper=st.permutations(NAMES))
def test_the_order_of_the_options_on_the_paper_changes_nothing_but_their_order(
    method: str, box: Mapping[Ranking, int], seats: int, paper: list[str]
) -> None:
    one, other = (count(method, order, box, seats, DECIDED) for order in (NAMES, paper))
    assert set(one.winners) == set(other.winners)
    assert sorted(one.rounds[-1].tallies) == sorted(other.rounds[-1].tallies)


@pytest.mark.parametrize("method", sorted(METHODS))
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 3), data=st.data())
def test_ballots_of_one_meaning_count_alike_however_they_are_grouped(
    method: str, box: Mapping[Ranking, int], seats: int, data: st.DataObject
) -> None:
    apart: dict[Ranking, int] = {}
    for ranking, number in box.items():
        with_blanks = data.draw(st.integers(0, number))
        padded = (*ranking, (), ()) if method != "score" else ranking
        apart[padded] = apart.get(padded, 0) + with_blanks
        apart[ranking] = apart.get(ranking, 0) + number - with_blanks
    assert count(method, NAMES, apart, seats, DECIDED) == count(method, NAMES, box, seats, DECIDED)


@FEW
@given(box=strict_boxes())
def test_whom_more_than_half_rank_first_wins_by_instant_runoff(box: Mapping[Ranking, int]) -> None:
    firsts = {name: sum(n for ranking, n in box.items() if ranking and ranking[0] == (name,)) for name in NAMES}
    leader = max(firsts, key=lambda name: firsts[name])
    assume(2 * firsts[leader] > sum(firsts.values()))
    for method in ("irv", "two-round", "irv-multi-pass", "plurality"):
        assert count(method, NAMES, box, 1, DECIDED).winners == (leader,)


@pytest.mark.parametrize("method", [*STV, "stv-meek", "irv-bottoms-up", "irv-multi-pass"])
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 6))
def test_exactly_as_many_are_elected_as_there_are_seats(method: str, box: Mapping[Ranking, int], seats: int) -> None:
    assume(any(any(ranking) for ranking in box))
    tally = count(method, NAMES, box, seats, DECIDED)
    # A later pass may find nobody left on any ballot; it then elects nobody rather than somebody nobody ranked.
    assert tally.outcome in ("decided", "seats_left") if method == "irv-multi-pass" else tally.outcome == "decided"
    assert len(set(tally.winners)) == len(tally.winners)
    assert len(tally.winners) == seats or method == "irv-multi-pass"


@pytest.mark.parametrize("method", [m for m in STRICT if m != "stv-meek-prf"])
@FEW
@given(box=strict_boxes(NAMES[:5]), seats=st.integers(1, 3))
def test_an_option_nobody_ranks_changes_no_winner(method: str, box: Mapping[Ranking, int], seats: int) -> None:
    rules = {"tie_break": "order", "tie_break_order": NAMES}
    without = {**rules, "tie_break_order": NAMES[:5]}
    seats = 1 if method == "irv" else seats
    assert count(method, NAMES, box, seats, rules).winners == count(method, NAMES[:5], box, seats, without).winners


@pytest.mark.parametrize("method", STV)
@FEW
@given(box=strict_boxes(), seats=st.integers(1, 3))
def test_a_solid_coalition_of_a_quota_is_never_left_out(method: str, box: Mapping[Ranking, int], seats: int) -> None:
    tally = count(method, NAMES, box, seats, DECIDED)
    solid = sum(n for ranking, n in box.items() if len(ranking) > 1 and {r[0] for r in ranking[:2]} == {"Ann", "Bao"})
    if solid > tally.valid // (seats + 1) + 1:
        assert {"Ann", "Bao"} & set(tally.winners)
