"""Opening, receipt and revote, without a service."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.python import ballots, hashes
from clients.python.ballots import open_new, opening_from_json, ranks, receipt_claims, receipt_names
from clients.python.errors import UnexpectedAnswer
from voting.core import ballot


def receipt(**claims: object) -> str:
    body = hashes.encode(json.dumps(claims).encode())
    return f"e30.{body}.c2ln"


def test_two_openings_of_the_same_ballot_share_nothing() -> None:
    first, second = open_new("con_1", ["a"]), open_new("con_1", ["a"])
    assert len({first.secret, second.secret, first.nonce, second.nonce}) == 4
    assert first.commitment != second.commitment


def test_a_bare_option_is_a_rank_of_one_mark() -> None:
    assert ranks(["a", ["b", "c"], []]) == (("a",), ("b", "c"), ())


def test_a_revote_keeps_the_slot_and_changes_the_rest() -> None:
    first = open_new("con_1", ["a"])
    second = first.again(["b"])
    assert second.slot == first.slot
    assert second.seq == 1
    assert second.nonce != first.nonce


def test_an_opening_survives_being_written_down() -> None:
    opening = open_new("con_1", ["a", ["b"]]).again(["b"])
    assert opening_from_json(json.loads(json.dumps(opening.as_json()))) == opening


def test_an_opening_whose_slot_is_anothers_is_refused() -> None:
    document = open_new("con_1", ["a"]).as_json() | {"slot": hashes.encode(open_new("con_1", ["a"]).slot)}
    with pytest.raises(ValueError, match="slot"):
        opening_from_json(document)


def test_a_receipt_names_the_ballot_it_was_given_for_and_no_other() -> None:
    opening = open_new("con_1", ["a"])
    mine = receipt(commitment=hashes.encode(opening.commitment))
    assert receipt_names(mine, opening)
    assert not receipt_names(mine, opening.again(["a"]))


@pytest.mark.parametrize("text", ["", "a.b", "e30.bm90IGpzb24.x", "e30.W10.x", "e30.e30.x.y"])
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        receipt_claims(text)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 7)))
def test_grades_are_kept_as_the_service_keeps_them(scores: dict[str, int]) -> None:
    form = ballot.form("score", ["a", "b", "c", "d"], rules={"max_score": 7})
    assert ballots.graded(scores, ["a", "b", "c", "d"], 7) == ballot.graded(form, scores)


@pytest.mark.parametrize(("scores", "most"), [({"a": 1}, None), ({"x": 1}, 5), ({"a": 6}, 5), ({"a": -1}, 5)])
def test_grades_that_do_not_fit_are_not_sent(scores: dict[str, int], most: int | None) -> None:
    with pytest.raises(ValueError, match="expected"):
        ballots.graded(scores, ["a", "b"], most)


def test_a_rank_of_several_is_put_into_ballot_order() -> None:
    assert ballots.in_ballot_order([["c", "a"], "b"], ["a", "b", "c"]) == (("a", "c"), ("b",))
