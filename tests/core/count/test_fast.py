"""The fast engine against the reference: the same tally, entry by entry, for every ballot that can be packed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.count.polls import NAMES, ballots, examples, marked_boxes
from voting.core.count import IllegalBallot, IllegalPoll, Ranking, count, legal_rules, packed, slices
from voting.core.count.fast import MATRIX, RUNOFFS, count_packed

SOME = examples(30)
MANY = tuple("abcdefghijklmnopqrstuvwxyzABCD")
ROUNDS = (*RUNOFFS, "stv-gregory-exact")


def single_boxes(names: tuple[str, ...] = NAMES, most: int = 25) -> st.SearchStrategy[dict[Ranking, int]]:
    """Boxes of at most one mark a rank: blank, partial, with skipped ranks, repeated options and counts of 0."""
    rank = st.sampled_from([*((name,) for name in names), ()])
    strict = st.lists(st.sampled_from(names), unique=True, max_size=12).map(lambda o: tuple((x,) for x in o))
    loose = st.lists(rank, max_size=8).map(tuple)
    return st.dictionaries(st.one_of(strict, strict, loose), st.integers(0, 9), max_size=most)


def every_rule(method: str, names: tuple[str, ...] = NAMES) -> st.SearchStrategy[dict[str, Any]]:
    """Rule values of a method, each given or not."""
    own = legal_rules(method)
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "excluded_candidates": st.lists(st.sampled_from(names), unique=True, max_size=2),
        "tie_break": st.sampled_from(own["tie_break"]),
        "tie_break_order": st.permutations(names),
        "tie_break_seed": st.sampled_from(["17", "42"]),
        "undeclared_write_in": st.sampled_from([None] if own["undeclared_write_in"] == ("null",) else names),
        "max_rankings": st.integers(1, 6),
        "overvote": st.sampled_from(own["overvote"]),
        "skipped_ranks": st.sampled_from(own["skipped_ranks"]),
        "max_skipped_ranks": st.integers(0, 2),
        "duplicate": st.sampled_from(own["duplicate"]),
        "unranked": st.sampled_from(["ranked_last_equal", "not_compared"]),
        "continue_until_two": st.booleans(),
        "cutoff_elimination": st.one_of(st.booleans(), st.integers(0, 9)),
        "stop_after_round": st.integers(1, 4),
        "threshold_basis": st.sampled_from(["current_round", "first_round"]),
    }
    for member in ("threshold", "strength", "batch_elimination"):
        words = [{"true": True, "false": False}.get(word, word) for word in own.get(member, ())]
        legal = ["percent_of_active:33.3" if str(word).startswith("percent") else word for word in words]
        drawn[member] = st.sampled_from(legal or [None])
    return st.fixed_dictionaries({}, optional={member: drawn[member] for member in drawn if member in own})


@pytest.mark.parametrize("method", [*ROUNDS, "plurality", "irv-multi-pass", "borda"])
@SOME
@given(box=single_boxes(), seats=st.integers(0, 4), data=st.data())
def test_every_round_equals_the_reference(
    method: str, box: Mapping[Ranking, int], seats: int, data: st.DataObject
) -> None:
    rules = data.draw(every_rule(method))
    fast = count_packed(method, NAMES, packed.from_rankings(box, NAMES), seats, rules)
    assert fast == count(method, NAMES, box, seats, rules)


@pytest.mark.parametrize("method", sorted(MATRIX))
@examples(10)
@given(box=single_boxes(), data=st.data())
def test_every_matrix_equals_the_reference(method: str, box: Mapping[Ranking, int], data: st.DataObject) -> None:
    rules = data.draw(every_rule(method))
    fast = count_packed(method, NAMES, packed.from_rankings(box, NAMES), 1, rules)
    assert fast == count(method, NAMES, box, 1, rules)


@pytest.mark.parametrize("method", ROUNDS)
@examples(8)
@given(box=single_boxes(MANY, 60), seats=st.integers(1, 4))
def test_thirty_options_and_twelve_ranks_fit(method: str, box: Mapping[Ranking, int], seats: int) -> None:
    rules = {"tie_break": "previous_rounds_then_random", "tie_break_seed": "7"}
    fast = count_packed(method, MANY, packed.from_rankings(box, MANY), seats, rules)
    assert fast == count(method, MANY, box, seats, rules)


@pytest.mark.parametrize("search", [0, 10**9], ids=["edges searched", "entries scanned"])
@SOME
@given(box=single_boxes(), seats=st.integers(1, 3))
def test_both_ways_to_cut_a_slice_give_the_same_rounds(search: int, box: Mapping[Ranking, int], seats: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SEARCH", search)
        fast = count_packed("stv-gregory-exact", NAMES, packed.from_rankings(box, NAMES), seats)
    assert fast == count("stv-gregory-exact", NAMES, box, seats)


def test_a_large_box_of_lists_counts_as_its_rankings() -> None:
    numbers = np.random.default_rng(3)
    lists = [numbers.permutation(8)[: numbers.integers(0, 9)].tolist() for _ in range(4000)]
    names = tuple("ABCDEFGH")
    box: dict[Ranking, int] = {}
    for ranking in (tuple((names[place],) for place in ballot) for ballot in lists):
        box[ranking] = box.get(ranking, 0) + 1
    for method, seats in (("irv", 1), ("stv-gregory-exact", 3), ("schulze", 1), ("plurality", 1)):
        assert count_packed(method, names, packed.from_lists(lists, 8), seats) == count(method, names, box, seats)


@SOME
@given(box=single_boxes())
def test_a_box_gives_back_its_rankings_without_their_blank_ends(box: Mapping[Ranking, int]) -> None:
    expected: dict[Ranking, int] = {}
    for ranking, held in box.items():
        while ranking and not ranking[-1]:
            ranking = ranking[:-1]
        expected[ranking] = expected.get(ranking, 0) + held
    assert packed.from_rankings(box, NAMES).rankings(NAMES) == expected


@SOME
@given(box=single_boxes(), data=st.data())
def test_packed_keys_may_come_in_any_order_and_in_parts(box: Mapping[Ranking, int], data: st.DataObject) -> None:
    whole = packed.from_rankings(box, NAMES)
    order = data.draw(st.permutations(range(2 * len(whole.keys))))
    keys, counts = np.tile(whole.keys, 2)[order], np.tile(whole.counts, 2)[order]
    twice = packed.from_arrays(keys, counts, len(NAMES)).rankings(NAMES)
    assert twice == {ranking: 2 * held for ranking, held in whole.rankings(NAMES).items()}


@SOME
@given(lists=st.lists(st.lists(st.integers(0, 29), max_size=12)))
def test_lists_are_packed_like_their_rankings(lists: list[list[int]]) -> None:
    expected: dict[Ranking, int] = {}
    for ranking in (tuple((MANY[place],) for place in ballot) for ballot in lists):
        expected[ranking] = expected.get(ranking, 0) + 1
    assert packed.from_lists(lists, 30).rankings(MANY) == expected


def test_skipped_ranks_at_the_end_of_a_key_are_dropped() -> None:
    box = packed.from_arrays(np.array([31 << 55, 1 << 55 | 31 << 50], dtype=np.uint64), np.array([2, 3]), 2)
    assert box.rankings("AB") == {(): 2, (("A",),): 3}


@examples(30)
@given(box=marked_boxes())
def test_a_rank_of_several_marks_is_refused_and_no_other(box: Mapping[Ranking, int]) -> None:
    several = any(len(rank) > 1 or rank == ("__OVERVOTE__",) for ranking in box for rank in ranking)
    if not several:
        assert packed.from_rankings(box, NAMES).cast == sum(box.values())
        return
    with pytest.raises(packed.Unpackable, match="one mark"):
        packed.from_rankings(box, NAMES)


def test_what_no_key_can_hold_is_refused() -> None:
    one = np.array([1], dtype=np.int64)
    with pytest.raises(packed.Unpackable, match="ranks"):
        packed.from_rankings({(("A",),) * 13: 1}, "AB")
    with pytest.raises(packed.Unpackable, match="ranks"):
        packed.from_lists([[0] * 13], 2)
    with pytest.raises(packed.Unpackable, match="options"):
        packed.from_rankings({}, [*MANY, "one more"])
    with pytest.raises(packed.Unpackable, match="ballots"):
        packed.from_rankings({(("A",),): 2**62, (("B",),): 1}, "AB")
    with pytest.raises(packed.Unpackable, match="behind the end"):
        packed.from_arrays(np.array([1 << 50], dtype=np.uint64), one, 2)
    with pytest.raises(packed.Unpackable, match="below"):
        packed.from_arrays(np.array([1 << 60], dtype=np.uint64), one, 2)
    with pytest.raises(packed.Unpackable, match="uint64"):
        packed.from_arrays(np.array([1.0]), one, 2)


@pytest.mark.parametrize("ballot", [[2], [0, 300], [-1]])
def test_a_list_that_names_a_stranger_is_refused(ballot: list[int]) -> None:
    with pytest.raises(IllegalBallot, match="from 0 to 1"):
        packed.from_lists([[0, 1], ballot], 2)


def test_keys_that_name_a_stranger_or_count_below_zero_are_refused() -> None:
    with pytest.raises(IllegalBallot, match="more than 2"):
        packed.from_arrays(np.array([3 << 55], dtype=np.uint64), np.array([1]), 2)
    with pytest.raises(IllegalBallot, match="got -1"):
        packed.from_arrays(np.array([1 << 55], dtype=np.uint64), np.array([-1]), 2)


def test_options_other_than_those_packed_for_are_refused() -> None:
    box = packed.from_rankings(ballots("3 A>B; 2 B"), "AB")
    with pytest.raises(IllegalPoll, match="expected the 2"):
        count_packed("irv", "ABC", box)


@pytest.mark.parametrize("method", [*ROUNDS, *sorted(MATRIX), "plurality"])
def test_an_empty_box_and_a_box_of_blanks_have_the_reference_s_outcome(method: str) -> None:
    for box in ({}, {(): 4}):
        assert count_packed(method, "AB", packed.from_rankings(box, "AB")) == count(method, "AB", box)
