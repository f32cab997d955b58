"""What may be marked, method by method, and where the pointer points when it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import ballot, box
from voting.core.ballot import Form
from voting.core.count import Rules, score

OPTIONS = ("a", "b", "c", "d")
IRV = ballot.form("irv", OPTIONS)
THREE = ballot.form("irv", OPTIONS, rules={"max_rankings": 3})
PLURALITY = ballot.form("plurality", OPTIONS)
BLOCK = ballot.form("plurality", OPTIONS, seats=2)
APPROVAL = ballot.form("approval", OPTIONS)
SCHULZE = ballot.form("schulze", OPTIONS)
BORDA = ballot.form("borda", OPTIONS)
TWO_ROUND = ballot.form("two-round", OPTIONS)
SPLIT = ballot.form("plurality", OPTIONS, rules={"overvote": "split_equally"})
YES_NO = ballot.form("yes-no", OPTIONS[:3])
SCORE = ballot.form("score", OPTIONS, rules={"max_score": 3})
AS_MARKED = ballot.form("irv", OPTIONS, as_marked=True)
STRICT_SCHULZE = ballot.form("schulze", OPTIONS, rules={"overvote": "exhaust_immediately"})
STRICT_SCORE = ballot.form("score", OPTIONS, rules={"overvote": "skip_to_next_rank", "max_rankings": 2})
SCORE_AS_MARKED = ballot.form("score", OPTIONS, as_marked=True)


@pytest.mark.parametrize(
    ("form", "ranking"),
    [
        (IRV, []),
        (IRV, [["a"], ["c"]]),
        (IRV, [["a"], ["b"], ["c"], ["d"]]),
        (PLURALITY, []),
        (PLURALITY, [["d"]]),
        (BLOCK, [["d", "a"]]),
        (APPROVAL, [["d", "a", "b", "c"]]),
        (SCHULZE, [["d", "a"], ["b"]]),
        (BORDA, [["d", "a"], ["b"]]),
        (TWO_ROUND, [["d"], ["a"], ["b"]]),
        (SPLIT, [["d", "a"]]),
        (YES_NO, [["c"]]),
        (SCORE, []),
        (SCORE, [[], ["a", "b"], [], ["c"]]),
        (AS_MARKED, [["a"], [], ["a"], ["b", "c"]]),
        (SCORE_AS_MARKED, [["a"], ["a"], [], [], [], ["b"]]),
        (AS_MARKED, [[box.OVERVOTE], []]),
        (AS_MARKED, [["a"], [], [], [], [], ["b"]]),
    ],
)
def test_a_legal_ballot_has_no_fault(form: Form, ranking: list[list[str]]) -> None:
    assert ballot.faults(form, ranking) == ()


@pytest.mark.parametrize(
    ("form", "ranking", "pointer", "code"),
    [
        (IRV, [["a"], ["x"]], "/ranking/1/0", "unknown_option"),
        (IRV, [["a"], ["b"], ["a"]], "/ranking/2/0", "duplicate_option"),
        (IRV, [["a", "b"]], "/ranking/0", "overvote"),
        (IRV, [["a"], [], ["b"]], "/ranking/1", "skipped_rank"),
        (IRV, [["a"], []], "/ranking/1", "skipped_rank"),
        (IRV, [[box.OVERVOTE]], "/ranking/0/0", "unknown_option"),
        (THREE, [["a"], ["b"], ["c"], ["d"]], "/ranking", "too_many_ranks"),
        (PLURALITY, [["a"], ["b"]], "/ranking", "too_many_ranks"),
        (PLURALITY, [["a", "b"]], "/ranking/0", "overvote"),
        (BLOCK, [["a", "b", "c"]], "/ranking/0", "overvote"),
        (APPROVAL, [["a"], ["b"]], "/ranking", "too_many_ranks"),
        (APPROVAL, [["a", "a"]], "/ranking/0/1", "duplicate_option"),
        (SCHULZE, [["a", "b"], ["b"]], "/ranking/1/0", "duplicate_option"),
        (BORDA, [["a", "b"], ["b"]], "/ranking/1/0", "duplicate_option"),
        (TWO_ROUND, [["a", "b"]], "/ranking/0", "overvote"),
        (YES_NO, [["a", "b"]], "/ranking/0", "overvote"),
        (YES_NO, [["a"], ["b"]], "/ranking", "too_many_ranks"),
        (YES_NO, [["d"]], "/ranking/0/0", "unknown_option"),
        (SCORE, [["a"], [], [], [], ["b"]], "/ranking", "too_many_ranks"),
        (SCORE, [["a"], []], "/ranking/1", "skipped_rank"),
        (SCORE, [["a"], ["a"]], "/ranking/1/0", "duplicate_option"),
        (STRICT_SCHULZE, [["a", "b"]], "/ranking/0", "overvote"),
        (STRICT_SCORE, [[], ["a", "b"]], "/ranking/1", "overvote"),
        (STRICT_SCORE, [["a"], [], ["b"]], "/ranking", "too_many_ranks"),
        (SCORE_AS_MARKED, [["a"]] * 7, "/ranking", "too_many_ranks"),
        (AS_MARKED, [["a", "a"]], "/ranking/0/1", "duplicate_option"),
        (AS_MARKED, [["a", box.OVERVOTE]], "/ranking/0/1", "unknown_option"),
        (AS_MARKED, [["x"]], "/ranking/0/0", "unknown_option"),
        (AS_MARKED, [["a"]] * 254, "/ranking", "too_many_ranks"),
    ],
)
def test_a_fault_is_named_where_it_stands(form: Form, ranking: list[list[str]], pointer: str, code: str) -> None:
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in ballot.faults(form, ranking)]


def test_every_fault_of_a_ballot_is_told_at_once() -> None:
    found = ballot.faults(IRV, [["a", "b"], [], ["a"], ["x"], ["c"]])
    assert {fault.code for fault in found} == {
        "too_many_ranks",
        "overvote",
        "skipped_rank",
        "duplicate_option",
        "unknown_option",
    }


@pytest.mark.parametrize(
    ("form", "scores", "pointer", "code"),
    [
        (SCORE, {"x": 1}, "/scores/x", "unknown_option"),
        (SCORE, {"x/y~": 1}, "/scores/x~1y~0", "unknown_option"),
        (SCORE, {"a": 4}, "/scores/a", "grade_out_of_range"),
        (SCORE, {"a": -1}, "/scores/a", "grade_out_of_range"),
        (IRV, {"a": 1}, "/scores", "ballot_has_no_grades"),
    ],
)
def test_a_wrong_grade_is_named_where_it_stands(form: Form, scores: dict[str, int], pointer: str, code: str) -> None:
    assert [(fault.pointer, fault.code) for fault in ballot.ungradable(form, scores)] == [(pointer, code)]


def test_grades_are_ranks_from_the_best_down_in_ballot_order() -> None:
    assert ballot.graded(SCORE, {"c": 3, "a": 3, "b": 1}) == (("a", "c"), (), ("b",))
    assert ballot.graded(SCORE, {}) == ()
    assert ballot.graded(SCORE, {"a": 0}) == ((), (), (), ("a",))


@given(st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 3)))
def test_grades_make_a_legal_ballot_which_the_count_reads_as_the_same_grades(scores: dict[str, int]) -> None:
    ranking = ballot.graded(SCORE, scores)
    assert ballot.faults(SCORE, ranking) == ()
    assert score.grades(ranking, 3, SCORE.places, Rules()) == scores


def test_the_best_grade_is_the_counts_own() -> None:
    assert ballot.form("score", OPTIONS).best == ballot.MAX_SCORE == score.MAX_SCORE


@given(
    st.sampled_from(
        [BORDA, TWO_ROUND, SPLIT, SCORE, SCORE_AS_MARKED, IRV, THREE, PLURALITY, BLOCK, APPROVAL, SCHULZE, AS_MARKED]
    ),
    st.data(),
)
def test_a_ballot_without_fault_can_be_stored(form: Form, data: st.DataObject) -> None:
    marks = st.lists(st.sampled_from([*OPTIONS, "x", box.OVERVOTE]), max_size=3)
    ranking = data.draw(st.lists(marks, max_size=5))
    if ballot.faults(form, ranking):
        return
    stored = box.unpack(box.pack(ranking, form.places), OPTIONS)
    assert [set(rank) for rank in stored] == [set(rank) for rank in ranking]
