"""What may be marked, method by method, and where the pointer points when it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import ballot, box
from voting.core.ballot import Form

OPTIONS = ("a", "b", "c", "d")
IRV = ballot.form("irv", OPTIONS)
THREE = ballot.form("irv", OPTIONS, max_rankings=3)
PLURALITY = ballot.form("plurality", OPTIONS)
BLOCK = ballot.form("plurality", OPTIONS, seats=2)
APPROVAL = ballot.form("approval", OPTIONS)
SCHULZE = ballot.form("schulze", OPTIONS)
AS_MARKED = ballot.form("irv", OPTIONS, as_marked=True)


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
        (AS_MARKED, [["a"], [], ["a"], ["b", "c"]]),
        (AS_MARKED, [[box.OVERVOTE], []]),
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
        (AS_MARKED, [["a", "a"]], "/ranking/0/1", "duplicate_option"),
        (AS_MARKED, [["a", box.OVERVOTE]], "/ranking/0/1", "unknown_option"),
        (AS_MARKED, [["x"]], "/ranking/0/0", "unknown_option"),
        (AS_MARKED, [["a"]] * 5, "/ranking", "too_many_ranks"),
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


@given(st.sampled_from([IRV, THREE, PLURALITY, BLOCK, APPROVAL, SCHULZE, AS_MARKED]), st.data())
def test_a_ballot_without_fault_can_be_stored(form: Form, data: st.DataObject) -> None:
    marks = st.lists(st.sampled_from([*OPTIONS, "x", box.OVERVOTE]), max_size=3)
    ranking = data.draw(st.lists(marks, max_size=5))
    if ballot.faults(form, ranking):
        return
    stored = box.unpack(box.pack(ranking, form.places), OPTIONS)
    assert [set(rank) for rank in stored] == [set(rank) for rank in ranking]
