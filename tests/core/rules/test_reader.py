"""A rule is read or refused: every fault at once, with its place, its code and what is legal there."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.core.rules.conftest import a_test, document
from voting.core import rules
from voting.errors import Fault, Invalid
from voting.phrases import table

FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"format": 2}, "/format", "not_one_of"),
    ({"id": "Big Id"}, "/id", "wrong_form"),
    ({"version": 0}, "/version", "out_of_bounds"),
    ({"version": "1"}, "/version", "wrong_type"),
    ({"title": {"zh": "测试"}}, "/title/en", "missing_member"),
    ({"title": {"zh": "测试", "en": " "}}, "/title/en", "too_short"),
    ({"certainty": "verfied"}, "/certainty", "not_one_of"),
    ({"certainty": "memori"}, "/certainty", "not_one_of_did_you_mean"),
    ({"electorate": 3}, "/electorate", "wrong_type"),
    ({"participating": []}, "/participating", "too_short"),
    ({"participating": ["for", "for"]}, "/participating", "rule_state_twice"),
    ({"participating": ["yes"]}, "/participating/0", "not_one_of"),
    ({"fold": {"silent": "mayority"}}, "/fold/silent", "not_one_of_did_you_mean"),
    ({"fold": {"missing": "for"}}, "/fold/missing", "unknown_member"),
    ({"fold": {"silent": "silent"}}, "/fold/silent", "rule_fold_circle"),
    ({"fold": {"silent": "abstain", "abstain": "against"}}, "/fold/silent", "rule_fold_circle"),
    ({"tests": []}, "/tests", "rule_decides_nothing"),
    ({"tests": [a_test(kind="petition")]}, "/tests/0/kind", "not_one_of"),
    ({"tests": [a_test(basis="heads")]}, "/tests/0/basis", "not_one_of"),
    ({"tests": [a_test(have="for+for")]}, "/tests/0/have", "rule_figure"),
    ({"tests": [a_test(of="roll+for")]}, "/tests/0/of", "rule_figure"),
    ({"tests": [a_test(op="=>")]}, "/tests/0/op", "not_one_of_did_you_mean"),
    ({"tests": [a_test(fraction="0.5")]}, "/tests/0/fraction", "wrong_form"),
    ({"tests": [a_test(fraction="3/2")]}, "/tests/0/fraction", "wrong_form"),
    ({"tests": [a_test(fraction="1/0")]}, "/tests/0/fraction", "wrong_form"),
    ({"tests": [a_test(fraction=0.5)]}, "/tests/0/fraction", "wrong_form"),
    ({"tests": [{"kind": "pass"}]}, "/tests/0/basis", "missing_member"),
    ({"tests": [a_test(zz="1/2")]}, "/tests/0/zz", "unknown_member"),
    ({"tests": {}}, "/tests", "wrong_type"),
    ({"petition": [a_test()]}, "/petition/0/kind", "not_one_of"),
    ({"elect": {"as": "cn.nowhere"}}, "/elect/as", "rule_unknown"),
    ({"elect": {"as": "tw.31"}}, "/elect/as", "rule_unknown"),
    (
        {"elect": {"second_round": {"candidates": "all", "more_than_seats": 1}}},
        "/elect/second_round/candidates",
        "not_one_of",
    ),
    ({"fallback": {"then": "cn.nowhere", "needs": "second_vote"}}, "/fallback/then", "rule_unknown"),
    ({"fallback": {"then": "tw.32", "needs": "luck"}}, "/fallback/needs", "not_one_of"),
    ({"fallback": {"when": [], "then": "tw.32", "needs": "second_vote"}}, "/fallback/when", "too_short"),
    ({"objection": {"days": 0, "tests": []}}, "/objection/days", "out_of_bounds"),
    ({"objection": {"days": 7, "tests": [a_test()]}}, "/objection/tests/0/kind", "not_one_of"),
    ({"min_participants": True}, "/min_participants", "wrong_type"),
    ({"proxy": {"max": 3}}, "/proxy/max", "unknown_member"),
    ({"proxy": {"max_per_proxi": 3}}, "/proxy/max_per_proxi", "unknown_member_did_you_mean"),
    ({"proxy": {"max_share_of_roll": "2"}}, "/proxy/max_share_of_roll", "wrong_form"),
    ({"weights": []}, "/weights", "too_short"),
    ({"weights": [{"tag": "x"}]}, "/weights/0/holds", "missing_member"),
    ({"clocks": [{"what": "notice"}]}, "/clocks/0/length", "missing_member"),
    ({"official_channel_required": "yes"}, "/official_channel_required", "wrong_type"),
    ({"test": []}, "/test", "unknown_member_did_you_mean"),
]


def refusal(changes: dict[str, Any]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        rules.read(document(**changes), rules.catalogue().get)
    return caught.value


@pytest.mark.parametrize(("changes", "pointer", "code"), FAULTS, ids=lambda value: str(value)[:50])
def test_a_fault_is_named_with_its_place_and_code(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refusal(changes).faults]


def test_every_member_that_is_needed_is_asked_for() -> None:
    for member in document():
        with pytest.raises(Invalid) as caught:
            rules.read(document(**{member: None}))
        assert (f"/{member}", "missing_member") in [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_all_faults_are_found_in_one_reading() -> None:
    found = refusal({"version": 0, "electorate": "cats", "tests": [a_test(op="!"), a_test(basis="height")]})
    assert {fault.pointer for fault in found.faults} == {"/version", "/electorate", "/tests/0/op", "/tests/1/basis"}


def test_a_refusal_lists_what_is_legal() -> None:
    (fault,) = refusal({"tests": [a_test(op="!")]}).faults
    assert fault.facts["allowed"] == (">=", ">", "<=", "<")


@pytest.mark.parametrize("junk", [None, 3, "x", [], True, [document()]])
def test_what_is_no_object_is_refused(junk: Any) -> None:
    with pytest.raises(Invalid) as caught:
        rules.read(junk)
    assert caught.value.faults[0].code == "wrong_type"


def test_any_value_in_any_place_is_read_or_refused_and_nothing_else() -> None:
    def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *(place for name, one in inner for place in places(one, (*path, name)))]

    for identifier in ("tw.32", "au-nsw.special", "fr-copro.25"):
        whole = dict(rules.rule(identifier).document)
        for path in places(whole)[1:]:
            for wrong in (None, -1, 10**30, 0.5, "", "x" * 5000, [], {}, True, [[]], {"x": {}}):
                spoiled = copy.deepcopy(whole)
                inside: Any = spoiled
                for step in path[:-1]:
                    inside = inside[step]
                inside[path[-1]] = wrong
                _read_or_refused(spoiled)


def _read_or_refused(spoiled: dict[str, Any]) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        rules.read(spoiled, rules.catalogue().get)
    except Invalid as refused:
        faults = refused.faults
    assert all(fault.pointer.startswith("/") and fault.code in table() for fault in faults)


def test_every_code_of_the_room_has_its_sentences() -> None:
    folder: Path = ROOT / "voting" / "core" / "rules"
    calls = re.compile(r"""(?:\.fault|Fault|NotFound)\(\s*(?:f?"[^"]*",\s*)?"([a-z_]+)\"""")
    codes = {code for path in folder.glob("*.py") for code in calls.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 20
    assert codes - set(table()) == set()


def test_a_rule_keeps_the_document_it_was_read_from() -> None:
    given = document()
    assert rules.read(given).document is given
