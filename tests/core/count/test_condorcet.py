"""The Condorcet methods against brute definitions, and what every one of them must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.count.polls import examples
from voting.core.count import OVERVOTE, IllegalRule, Ranking, Tally, count, tally_to_json
from voting.core.count import pairwise_packed as packed
from voting.core.count.pairwise import Pairwise, reference, weak_order
from voting.core.count.rules import Rules
from voting.core.count.strength import STRENGTHS, Strength, of

OPTIONS = ("a", "b", "c", "d")
RANKING_METHODS = ("schulze", "ranked-pairs", "minimax", "copeland")
SET_METHODS = ("smith-set", "schwartz-set", "condorcet-winner", "condorcet-loser")
WITH_STRENGTH = ("schulze", "ranked-pairs", "minimax")
UNRANKED = ("ranked_last_equal", "not_compared")

Ballots = Mapping[Ranking, int]

# A beats B 12:9, B beats C 13:8, C beats A 11:10.
CYCLE: Ballots = {
    (("a",), ("b",), ("c",)): 8,
    (("b",), ("c",), ("a",)): 5,
    (("c",), ("a",), ("b",)): 4,
    (("b",), ("c",)): 2,
    (("b",), ("a",), ("c",)): 2,
}

# Three victories, all 2 against 1.
EVEN_CYCLE: Ballots = {
    (("a",), ("b",), ("c",)): 1,
    (("b",), ("c",), ("a",)): 1,
    (("c",), ("a",), ("b",)): 1,
}


@st.composite
def rankings(draw: st.DrawFn, options: tuple[str, ...] = OPTIONS) -> Ranking:
    """A weak order of some of the options, with an empty rank now and then."""
    order = draw(st.permutations(options))[: draw(st.integers(0, len(options)))]
    ranks: list[tuple[str, ...]] = []
    for option in order:
        if ranks and draw(st.booleans()):
            ranks[-1] = (*ranks[-1], option)
        else:
            ranks += [(), (option,)] if draw(st.integers(0, 9)) == 0 else [(option,)]
    return tuple(ranks)


boxes = st.dictionaries(rankings(), st.integers(1, 9), max_size=8)
full_boxes = st.dictionaries(
    st.permutations(OPTIONS).map(lambda o: tuple((x,) for x in o)), st.integers(1, 60), min_size=2
)


def matrix(tally: Tally) -> Pairwise:
    """The matrix of a tally that has one."""
    assert tally.comparison is not None
    return tally.comparison.pairwise


def variants(methods: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every method with every strength it takes."""
    for method in methods:
        for strength in STRENGTHS if method in WITH_STRENGTH else (None,):
            yield method, {} if strength is None else {"strength": strength}


def prefers(ranking: Ranking, option: str, other: str, unranked: str) -> bool:
    """Whether one ballot ranks `option` above `other`, by the definition."""
    place = {marked: number for number, rank in reversed(list(enumerate(ranking))) for marked in rank}
    if unranked == "not_compared" and not {option, other} <= place.keys():
        return False
    return place.get(option, len(ranking)) < place.get(other, len(ranking))


@pytest.mark.parametrize("unranked", UNRANKED)
@given(box=boxes)
@examples(60)
def test_the_matrix_counts_the_ballots_that_prefer_one_to_the_other(unranked: str, box: Ballots) -> None:
    pairwise = matrix(count("copeland", OPTIONS, box, 1, {"unranked": unranked}))
    for option, other in permutations(OPTIONS, 2):
        expected = sum(ballots for ranking, ballots in box.items() if prefers(ranking, option, other, unranked))
        assert pairwise.over(option, other) == expected


@given(box=boxes, rest=st.booleans(), times=st.integers(1, 10**6))
@examples(100)
def test_the_packed_matrix_is_the_matrix_of_the_definition(box: Ballots, rest: bool, times: int) -> None:
    index = {option: place for place, option in enumerate(OPTIONS)}
    orders = {weak_order(ranking, index, Rules()): ballots * times for ranking, ballots in box.items()}
    counts = np.array(list(orders.values()), dtype=np.int64)
    assert packed.matrix(packed.packed(orders, index), counts, rest) == reference(orders, index, rest)


def test_many_rankings_are_counted_packed_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    options = tuple(f"o{number}" for number in range(9))
    turns = [options[number:] + options[:number] for number in range(9)]
    box = {tuple((o,) for o in turn[:size]): size + place for place, turn in enumerate(turns) for size in range(1, 10)}
    plain = count("schulze", options, box)
    monkeypatch.setattr("voting.core.count.pairwise.MANY", 0)
    assert count("schulze", options, box) == plain


def strengths(pairwise: Pairwise, kind: str) -> dict[tuple[str, str], Strength]:
    """Strength of every ordered pair."""
    pairs = permutations(pairwise.options, 2)
    return {(x, y): of(pairwise.over(x, y), pairwise.over(y, x), kind) for x, y in pairs}


@pytest.mark.parametrize("kind", STRENGTHS)
@given(box=boxes)
@examples(30)
def test_schulze_finds_the_strongest_of_all_paths(kind: str, box: Ballots) -> None:
    tally = count("schulze", OPTIONS, box, 1, {"strength": kind})
    assert tally.comparison is not None
    assert tally.comparison.paths is not None
    direct = strengths(matrix(tally), kind)
    for (x, source), (y, target) in permutations(enumerate(OPTIONS), 2):
        between = [option for option in OPTIONS if option not in (source, target)]
        ways = [way for size in range(len(between) + 1) for way in permutations(between, size)]
        widest = max(min(direct[s] for s in zip((source, *way), (*way, target), strict=True)) for way in ways)
        assert tally.comparison.paths[x][y] == widest


@given(box=boxes)
@examples(60)
def test_schulze_ranks_nobody_above_an_option_with_the_stronger_path(box: Ballots) -> None:
    tally = count("schulze", OPTIONS, box)
    if tally.ranking is None:
        return
    assert tally.comparison is not None
    assert tally.comparison.paths is not None
    paths, level = tally.comparison.paths, {o: n for n, group in enumerate(tally.ranking) for o in group}
    for (x, option), (y, other) in permutations(enumerate(OPTIONS), 2):
        if paths[x][y] > paths[y][x]:
            assert level[option] < level[other]


@pytest.mark.parametrize("kind", ["winning_votes", "margins", "ratio"])
@given(box=full_boxes)
@examples(60)
def test_ranked_pairs_keeps_the_strongest_victories_any_order_can_keep(kind: str, box: Ballots) -> None:
    tally = count("ranked-pairs", OPTIONS, box, 1, {"strength": kind})
    direct = strengths(matrix(tally), kind)
    falling = sorted((held for held in direct.values() if held != Strength()), reverse=True)
    if len(set(falling)) < len(list(combinations(OPTIONS, 2))):
        return  # Equal victories are taken up together, which no single order shows.
    pairs = sorted((pair for pair, held in direct.items() if held != Strength()), key=lambda p: direct[p], reverse=True)
    best = max(permutations(OPTIONS), key=lambda order: [order.index(x) < order.index(y) for x, y in pairs])
    assert tally.ranking == tuple((option,) for option in best)


def subsets(options: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every set of at least one option, the smallest first."""
    for size in range(1, len(options) + 1):
        yield from combinations(options, size)


@given(box=boxes)
@examples(80)
def test_the_smith_set_is_the_smallest_that_beats_everyone_outside(box: Ballots) -> None:
    tally = count("smith-set", OPTIONS, box)
    wins = strengths(matrix(tally), "winning_votes")
    dominating = (
        chosen
        for chosen in subsets(OPTIONS)
        if all(wins[x, y] > Strength() for x, y in product(chosen, set(OPTIONS) - set(chosen)))
    )
    assert tally.winners == (next(dominating) if tally.valid else ())


@given(box=boxes)
@examples(80)
def test_the_schwartz_set_joins_the_smallest_sets_that_nobody_outside_beats(box: Ballots) -> None:
    tally = count("schwartz-set", OPTIONS, box)
    wins = strengths(matrix(tally), "winning_votes")
    undominated = [
        set(chosen)
        for chosen in subsets(OPTIONS)
        if not any(wins[y, x] > Strength() for x, y in product(chosen, set(OPTIONS) - set(chosen)))
    ]
    smallest = [chosen for chosen in undominated if not any(other < chosen for other in undominated)]
    assert set(tally.winners) == (set().union(*smallest) if tally.valid else set())


@given(box=boxes)
@examples(60)
def test_the_schwartz_set_lies_within_the_smith_set(box: Ballots) -> None:
    assert set(count("schwartz-set", OPTIONS, box).winners) <= set(count("smith-set", OPTIONS, box).winners)


@given(box=boxes, unranked=st.sampled_from(UNRANKED))
@examples(100)
def test_a_condorcet_winner_wins_by_every_method(box: Ballots, unranked: str) -> None:
    winner = count("condorcet-winner", OPTIONS, box, 1, {"unranked": unranked}).winners
    if not winner:
        return
    for method, rules in variants((*RANKING_METHODS, "smith-set", "schwartz-set")):
        if (method, rules.get("strength")) != ("minimax", "pairwise_opposition"):
            assert count(method, OPTIONS, box, 1, {**rules, "unranked": unranked}).winners == winner


@given(box=boxes)
@examples(100)
def test_a_condorcet_loser_never_wins_by_schulze_ranked_pairs_or_copeland(box: Ballots) -> None:
    loser = count("condorcet-loser", OPTIONS, box).winners
    for method, rules in variants(("schulze", "ranked-pairs", "copeland")):
        assert not loser or set(loser).isdisjoint(count(method, OPTIONS, box, 1, rules).winners)


@given(box=boxes, names=st.permutations(OPTIONS))
@examples(40)
def test_renaming_the_options_renames_the_result(box: Ballots, names: list[str]) -> None:
    new = dict(zip(OPTIONS, names, strict=True))
    renamed = {tuple(tuple(new[o] for o in rank) for rank in ranking): ballots for ranking, ballots in box.items()}
    for method, rules in variants((*RANKING_METHODS, *SET_METHODS)):
        before, after = count(method, OPTIONS, box, 1, rules), count(method, OPTIONS, renamed, 1, rules)
        assert {new[option] for option in before.winners} == set(after.winners)
        groups = before.ranking or ()
        assert [{new[option] for option in group} for group in groups] == [set(group) for group in after.ranking or ()]


@given(box=boxes, data=st.data())
@examples(40)
def test_the_order_of_the_ballots_changes_nothing(box: Ballots, data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(box.items()))))
    for method, rules in variants((*RANKING_METHODS, *SET_METHODS)):
        assert count(method, OPTIONS, box, 1, rules) == count(method, OPTIONS, shuffled, 1, rules)


@given(box=boxes)
@examples(40)
def test_an_option_nobody_ranks_stands_at_the_end_and_changes_no_order(box: Ballots) -> None:
    for method in ("schulze", "ranked-pairs"):
        before, after = count(method, OPTIONS, box), count(method, (*OPTIONS, "e"), box)
        kept = [tuple(o for o in group if o != "e") for group in after.ranking or ()]
        assert [group for group in kept if group] == list(before.ranking or ())


@pytest.mark.parametrize(
    ("votes", "against", "kind", "value"),
    [
        (7, 5, "winning_votes", Strength(value=7)),
        (7, 5, "pairwise_opposition", Strength(value=7)),
        (7, 5, "margins", Strength(value=2)),
        (7, 5, "ratio", Strength(value=Fraction(7, 5))),
        (7, 0, "ratio", Strength(unopposed=True, value=7)),
        (5, 5, "winning_votes", Strength()),
        (5, 7, "margins", Strength()),
    ],
)
def test_the_strength_of_a_victory(votes: int, against: int, kind: str, value: Strength) -> None:
    assert of(votes, against, kind) == value


def test_a_ratio_without_opposition_is_stronger_than_every_other_ratio() -> None:
    assert of(2, 0, "ratio") > of(1000, 1, "ratio")


def test_a_cycle_is_decided_by_leaving_out_its_weakest_victory() -> None:
    for method in WITH_STRENGTH:
        tally = count(method, ("a", "b", "c"), CYCLE)
        assert tally.ranking == (("a",), ("b",), ("c",))


def test_ranked_pairs_records_what_was_locked_and_what_was_left_out() -> None:
    tally = count("ranked-pairs", ("a", "b", "c"), CYCLE)
    assert tally.comparison is not None
    assert [(m.winner, m.loser, m.votes, m.against, m.locked) for m in tally.comparison.majorities or ()] == [
        ("b", "c", 17, 4, True),
        ("a", "b", 12, 9, True),
        ("c", "a", 11, 10, False),
    ]


def test_equal_victories_in_a_circle_are_all_left_out_when_no_rule_breaks_ties() -> None:
    tally = count("ranked-pairs", ("a", "b", "c"), EVEN_CYCLE)
    assert (tally.winners, tally.ranking, tally.outcome) == (("a", "b", "c"), (("a", "b", "c"),), "tie_open")


def test_an_order_says_whose_equal_victory_is_taken_up_first() -> None:
    rules = {"tie_break": "order", "tie_break_order": ["c", "b", "a"]}
    tally = count("ranked-pairs", ("a", "b", "c"), EVEN_CYCLE, 1, rules)
    assert (tally.ranking, tally.outcome) == ((("c",), ("a",), ("b",)), "decided")
    assert [(tie.selected, tie.how) for tie in tally.ties] == [("a", "order"), ("b", "order")]


def test_a_recorded_lot_says_whose_equal_victory_is_taken_up_first() -> None:
    lots = [
        {"round": 1, "tied": ["a", "b", "c"], "selecting": "loser", "selected": "a"},
        {"round": 1, "tied": ["b", "c"], "selecting": "loser", "selected": "b"},
    ]
    rules = {"tie_break": "ask", "tie_break_resolutions": lots}
    tally = count("ranked-pairs", ("a", "b", "c"), EVEN_CYCLE, 1, rules)
    assert (tally.winners, [tie.how for tie in tally.ties]) == (("c",), ["recorded", "recorded"])


def test_a_lot_breaks_a_tie_for_the_seat_and_leaves_the_ranking_tied() -> None:
    rules = {"tie_break": "random", "tie_break_contest": "con", "tie_break_seed": "31415926535897932384"}
    tally = count("schulze", ("a", "b", "c"), EVEN_CYCLE, 1, rules)
    assert tally.ranking == (("a", "b", "c"),)
    assert tally.winners == (tally.ties[0].order[0],)


@pytest.mark.parametrize("method", RANKING_METHODS)
def test_a_tie_that_must_be_asked_leaves_the_seat_open(method: str) -> None:
    tally = count(method, ("a", "b", "c"), EVEN_CYCLE, 1, {"tie_break": "ask"})
    assert (tally.winners, tally.outcome) == ((), "tie_open")


@pytest.mark.parametrize("method", [*RANKING_METHODS, *SET_METHODS])
@pytest.mark.parametrize("box", [{}, {(): 7}, {((), ()): 2}])
def test_without_a_marked_ballot_nobody_wins(method: str, box: Ballots) -> None:
    tally = count(method, OPTIONS, box)
    assert (tally.winners, tally.outcome, tally.valid) == ((), "no_ballots", 0)


@pytest.mark.parametrize("method", [*RANKING_METHODS, "smith-set", "schwartz-set", "condorcet-winner"])
def test_a_single_option_wins(method: str) -> None:
    assert count(method, ("a",), {(("a",),): 1}).winners == ("a",)


def test_a_single_option_is_no_condorcet_loser() -> None:
    assert count("condorcet-loser", ("a",), {(("a",),): 1}).winners == ()


@pytest.mark.parametrize("method", RANKING_METHODS)
def test_with_as_many_seats_as_options_everyone_is_elected(method: str) -> None:
    tally = count(method, ("a", "b", "c"), CYCLE, 5)
    assert (sorted(tally.winners), tally.outcome) == (["a", "b", "c"], "seats_left")


@pytest.mark.parametrize("method", [*RANKING_METHODS, *SET_METHODS])
def test_a_withdrawn_option_takes_no_part(method: str) -> None:
    rest = {tuple(tuple(o for o in rank if o != "c") for rank in ranking): n for ranking, n in CYCLE.items()}
    without = count(method, ("a", "b"), rest)
    tally = count(method, ("a", "b", "c"), CYCLE, 1, {"excluded_candidates": ["c"]})
    assert (tally.winners, matrix(tally)) == (without.winners, matrix(without))


def test_an_option_marked_twice_counts_at_its_first_rank() -> None:
    pairwise = matrix(count("schulze", ("a", "b"), {(("a",), ("b",), ("a",)): 3}))
    assert (pairwise.over("a", "b"), pairwise.over("b", "a")) == (3, 0)


def test_an_overvote_with_unknown_marks_says_nothing_about_anyone() -> None:
    pairwise = matrix(count("schulze", ("a", "b", "c"), {(("b",), (OVERVOTE,), ("a",)): 3}))
    assert (pairwise.over("b", "a"), pairwise.over("a", "c"), pairwise.over("c", "a")) == (3, 3, 0)


@pytest.mark.parametrize(
    ("overvote", "b_over_d"),
    [
        ("not_applicable", 1),
        ("exhaust_immediately", 0),
        ("skip_to_next_rank", 0),
        ("exhaust_if_multiple_continuing", 0),
    ],
)
def test_several_marks_are_an_equal_rank_unless_the_rules_call_them_an_overvote(overvote: str, b_over_d: int) -> None:
    box = {(("a",), ("b", "c"), ("d",)): 1}
    pairwise = matrix(count("schulze", OPTIONS, box, 1, {"overvote": overvote}))
    assert (pairwise.over("a", "b"), pairwise.over("b", "d")) == (1, b_over_d)


def test_an_unknown_strength_is_refused_with_the_legal_ones() -> None:
    with pytest.raises(IllegalRule) as refusal:
        count("schulze", OPTIONS, {}, 1, {"strength": "winning"})
    assert refusal.value.legal == STRENGTHS


def test_the_written_tally_names_matrix_paths_and_scores() -> None:
    written = tally_to_json(count("schulze", ("a", "b", "c"), CYCLE))
    assert written["pairwise"]["b"] == {"a": 9, "c": 17}
    assert written["strongest_paths"]["c"] == {"a": 11, "b": 11}
    assert tally_to_json(count("copeland", ("a", "b", "c"), CYCLE))["scores"]["a"] == {"balance": 0}
    scores = tally_to_json(count("minimax", ("a", "b", "c"), CYCLE, 1, {"strength": "margins"}))["scores"]
    assert scores["a"] == {"worst_pairwise_defeat_margin": 1}
