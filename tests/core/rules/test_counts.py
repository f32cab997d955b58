"""Counts are read exactly or refused: missing figures are nothing, silence needs proof, and nobody votes twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from voting.core import rules
from voting.core.rules import counts
from voting.errors import Invalid

ORDINARY = "cn.civil-code-278.ordinary"

FAULTS: list[tuple[Any, str, str]] = [
    ([], "", "wrong_type"),
    ({}, "/roll", "missing_member"),
    ({"roll": 3}, "/votes", "missing_member"),
    ({"roll": 3, "votes": []}, "/votes", "wrong_type"),
    ({"roll": 3, "votes": {}, "vote": {}}, "/vote", "unknown_member_did_you_mean"),
    ({"roll": 0, "votes": {"for": 1}}, "/votes/for", "counts_above_roll"),
    ({"roll": -3, "votes": {}}, "/roll", "out_of_bounds"),
    ({"roll": 3.0, "votes": {}}, "/roll", "wrong_form"),
    ({"roll": True, "votes": {}}, "/roll", "wrong_form"),
    ({"roll": "3 people", "votes": {}}, "/roll", "wrong_form"),
    ({"roll": "1/0", "votes": {}}, "/roll", "wrong_form"),
    ({"roll": 10**16, "votes": {}}, "/roll", "out_of_bounds"),
    ({"roll": "7/2", "votes": {}}, "/roll", "counts_heads_not_whole"),
    ({"roll": {"heads": 3}, "votes": {}}, "/roll", "counts_basis_missing"),
    ({"roll": {"heads": 3, "areas": 3}, "votes": {}}, "/roll/areas", "unknown_member_did_you_mean"),
    ({"roll": {"heads": 3, "count": 3, "area": 3}, "votes": {}}, "/roll/count", "counts_heads_twice"),
    ({"roll": 3, "votes": {"yes": 1}}, "/votes/yes", "unknown_member"),
    ({"roll": 3, "votes": {"for": {"heads": 1}}}, "/votes/for", "counts_basis_missing"),
    ({"roll": 3, "votes": {"for": None}}, "/votes/for", "wrong_form"),
    ({"roll": 3, "votes": {"for": 4}}, "/votes/for", "counts_above_roll"),
    ({"roll": 3, "votes": {"for": 2, "silent": 2}}, "/votes", "counts_above_roll"),
    ({"roll": 3, "votes": {"for": 2, "silent": {"delivered": 1, "undelivered": 1}}}, "/votes", "counts_above_roll"),
    ({"roll": 3, "votes": {"silent": {"undelivered": 1}}}, "/votes/silent/delivered", "missing_member"),
    ({"roll": 3, "votes": {"silent": {"delivered": 1, "lost": 1}}}, "/votes/silent/lost", "unknown_member"),
    ({"roll": {"heads": 3, "area": 10}, "votes": {"for": {"heads": 1, "area": 11}}}, "/votes/for", "counts_above_roll"),
    ({"roll": 3, "votes": {"object": 4}}, "/votes/object", "counts_above_roll"),
    ({"roll": 3, "votes": {}, "proxies": [{"held": 1}]}, "/proxies/0/holder", "missing_member"),
    ({"roll": 3, "votes": {}, "weights": {"original-owner": {}}}, "/weights/original-owner", "unknown_member"),
    ({"roll": 3, "votes": {}, "second": {"votes": {"for": 4}}}, "/second/votes/for", "counts_above_roll"),
]


@pytest.mark.parametrize(("document", "pointer", "code"), FAULTS, ids=lambda value: str(value)[:60])
def test_impossible_counts_are_refused_with_a_pointer(document: Any, pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.evaluate(ORDINARY, document)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_a_bare_number_means_the_same_for_every_basis() -> None:
    bare = {"roll": 6, "votes": {"for": 3, "against": 1}}
    spelled = {
        "roll": {"heads": 6, "area": 6},
        "votes": {"for": {"heads": 3, "area": 3}, "against": {"count": 1, "area": 1}},
    }
    assert rules.evaluate(ORDINARY, bare) == rules.evaluate(ORDINARY, spelled)


def test_a_state_that_is_not_given_is_nothing() -> None:
    assert rules.evaluate(ORDINARY, {"roll": 6, "votes": {"for": 3}}).tests[1].have == 3


def test_nobody_is_silent_until_that_was_counted() -> None:
    found = counts.read({"roll": 10, "votes": {"for": 3, "against": 1}}, ("count", "area"))
    assert (found.of("silent", "area"), "silent" in found.given) == (0, False)


def test_silence_given_apart_is_what_was_delivered_with_proof() -> None:
    silent = {"delivered": {"heads": 4, "area": 40}, "undelivered": {"heads": 2, "area": 20}}
    document = {"roll": {"heads": 10, "area": 100}, "votes": {"for": {"heads": 3, "area": 30}, "silent": silent}}
    found = counts.read(document, ("count", "area"))
    assert (found.of("silent", "count"), found.of("silent", "area")) == (4, 40)


def test_silence_that_is_given_may_be_less_than_the_rest() -> None:
    found = counts.read({"roll": 10, "votes": {"for": 3, "silent": 2}}, ("count",))
    assert found.of("silent", "count") == 2


def test_a_basis_that_no_test_looks_at_may_be_left_out() -> None:
    assert rules.evaluate("fr-copro.24", {"roll": {"share": 1000}, "votes": {"for": {"share": 1}}}).passed


def test_a_basis_that_no_test_looks_at_may_be_given() -> None:
    given = {"heads": 9, "share": 1000}
    assert rules.evaluate("fr-copro.24", {"roll": given, "votes": {"for": {"heads": 1, "share": 1}}}).passed


@pytest.mark.parametrize("area", ["88.25", Decimal("88.25"), "353/4"])
def test_a_figure_with_a_point_is_exact(area: object) -> None:
    found = counts.read({"roll": {"area": "100"}, "votes": {"for": {"area": area}}}, ("area",))
    assert found.of("for", "area") * 4 == 353


def test_figures_beyond_a_float_are_exact() -> None:
    # 2^53 + 1 is not a float: with floats these two would be equal, and the majority would be missed.
    half = 2**48
    votes = {"for": {"heads": 2, "area": half + 1}, "against": {"heads": 1, "area": half}}
    found = rules.evaluate(ORDINARY, {"roll": {"heads": 3, "area": 2 * half + 1}, "votes": votes})
    assert found.passed
