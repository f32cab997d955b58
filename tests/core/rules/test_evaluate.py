"""What a rule makes of counts beside its tests: folds, petitions, vetoes, fall-backs, weights, proxies, least numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.rules.conftest import a_test, document
from voting.core import rules
from voting.core.rules.evaluate import FAILED, INCONCLUSIVE, PASSED

FOLLOW = "cn.civil-code-278.ordinary.follow-majority"


def decided(identifier: str, roll: Any, votes: dict[str, Any], **members: Any) -> rules.Evaluation:
    return rules.evaluate(identifier, {"roll": roll, "votes": votes, **members})


def test_too_few_taking_part_decide_nothing() -> None:
    assert decided("cn.civil-code-278.ordinary", 9, {"for": 5}).outcome == INCONCLUSIVE


def test_enough_taking_part_who_do_not_carry_it_have_failed_it() -> None:
    assert decided("cn.civil-code-278.ordinary", 9, {"for": 3, "against": 3}).outcome == FAILED


def test_a_rule_without_a_fold_has_no_folded_result() -> None:
    found = decided("cn.civil-code-278.ordinary", 9, {"for": 6})
    assert (found.strict, found.folded, found.outcome) == (True, None, PASSED)


@pytest.mark.parametrize(
    ("votes", "to"),
    [
        ({"for": 3, "against": 2, "silent": 5}, "for"),
        ({"for": 2, "against": 3, "silent": 5}, "against"),
        ({"for": 2, "against": 2, "silent": 5}, None),
        ({"for": 2, "against": 1, "abstain": 4, "silent": 3}, "abstain"),
        ({"silent": 10}, None),
    ],
)
def test_silence_follows_whoever_leads_and_nobody_at_a_tie(votes: dict[str, int], to: str | None) -> None:
    assert {fold.to for fold in decided(FOLLOW, 10, votes).folds} == {to}


def test_each_basis_has_a_majority_of_its_own() -> None:
    votes = {"for": {"heads": 3, "area": 10}, "against": {"heads": 2, "area": 20}, "silent": {"heads": 5, "area": 70}}
    found = decided(FOLLOW, {"heads": 10, "area": 100}, votes)
    assert {(fold.basis, fold.to) for fold in found.folds} == {("count", "for"), ("area", "against")}
    assert found.outcome == FAILED


def test_folding_moves_votes_and_makes_none() -> None:
    found = decided(FOLLOW, 10, {"for": 3, "against": 2, "silent": 4})
    assert [test.have for test in found.tests] == [9, 9, 7, 7]


def test_a_fold_into_a_named_state() -> None:
    rule = rules.read(
        document(fold={"silent": "for"}, participating=["for", "against", "silent"], tests=[a_test(of="roll")])
    )
    found = rules.evaluate(rule, {"roll": 10, "votes": {"for": 2, "against": 4, "silent": 4}})
    assert (found.strict, found.folded) == (False, True)


# --- petition


@pytest.mark.parametrize(("signed", "passed"), [(9, False), (10, True)])
def test_a_petition_alone_is_judged_by_itself(signed: int, passed: bool) -> None:
    found = decided("cn.rc-recall.residents", 100, {"sign": signed})
    assert (found.stage, found.passed, found.tests[0].test.kind) == ("petition", passed, "petition")


def test_a_recall_whose_petition_fell_short_is_not_carried() -> None:
    votes = {"for": 51, "sign": 9}
    found = decided("cn.rc-recall.residents", 100, votes)
    assert (found.outcome, all(test.result for test in found.tests)) == (FAILED, True)
    assert decided("cn.rc-recall.residents", 100, votes | {"sign": 10}).passed


def test_a_petition_nobody_counted_is_pending() -> None:
    found = decided("cn.rc-recall.residents", 100, {"for": 51})
    assert (found.passed, found.pending) == (True, ("petition",))


# --- veto


@pytest.mark.parametrize(
    ("heads", "area", "stands"), [(33, 333, True), (34, 333, False), (33, 334, False), (0, 0, True), (100, 1000, False)]
)
def test_lishui_stands_while_the_objectors_are_less_than_a_third_by_both(heads: int, area: int, stands: bool) -> None:
    roll = {"heads": 100, "area": 1000}
    assert decided("cn.objection.lishui", roll, {"object": {"heads": heads, "area": area}}).passed is stands


def test_lishui_falls_at_exactly_a_third() -> None:
    assert not decided("cn.objection.lishui", 99, {"object": 33}).passed


@pytest.mark.parametrize(("objecting", "stands"), [(50, True), (51, False)])
def test_taiwan_32_stands_unless_more_than_half_object(objecting: int, stands: bool) -> None:
    votes = {"for": 20, "object": objecting}
    assert decided("tw.32", 100, votes).passed is stands


def test_objections_nobody_counted_are_pending() -> None:
    assert decided("tw.32", 100, {"for": 20}).pending == ("objection",)


def test_objections_alone_are_a_stage_of_their_own() -> None:
    found = decided("tw.32", 100, {"object": 51})
    assert (found.stage, found.passed, found.pending) == ("objection", False, ("vote",))


# --- least number


@pytest.mark.parametrize(("present", "outcome"), [(2, INCONCLUSIVE), (3, PASSED)])
def test_taiwan_32_needs_three_persons(present: int, outcome: str) -> None:
    roll, votes = {"heads": 10, "share": 1000}, {"for": {"heads": present, "share": 500}}
    assert decided("tw.32", roll, votes).outcome == outcome


# --- fall-back


def test_france_25_opens_the_way_of_25_1_with_a_third() -> None:
    found = decided("fr-copro.25", {"share": 999}, {"for": {"share": 333}, "against": {"share": 400}})
    assert found.fallback is not None
    assert (found.passed, found.fallback.open, found.fallback.needs) == (False, True, "second_vote")


def test_france_25_below_a_third_leaves_no_way() -> None:
    found = decided("fr-copro.25", {"share": 999}, {"for": {"share": 332}})
    assert found.fallback is not None
    assert not found.fallback.open


def test_the_second_vote_under_25_1_decides() -> None:
    first = {"for": {"share": 400}, "against": {"share": 100}}
    second = {"votes": {"for": {"share": 300}, "against": {"share": 299}}}
    assert decided("fr-copro.25", {"share": 1000}, first, second=second).passed


def test_a_second_vote_cannot_undo_a_first_that_carried() -> None:
    second = {"votes": {"against": {"share": 900}}}
    assert decided("fr-copro.25", {"share": 1000}, {"for": {"share": 501}}, second=second).passed


def test_a_second_vote_that_the_law_does_not_open_counts_for_nothing() -> None:
    second = {"votes": {"for": {"share": 1000}}}
    assert not decided("fr-copro.25", {"share": 1000}, {"for": {"share": 300}}, second=second).passed


def test_taiwan_31_without_a_resolution_is_called_again_under_32() -> None:
    again = {"votes": {"for": 11, "against": 10}}
    found = decided("tw.31", 100, {"for": 50}, second=again)
    assert found.fallback is not None
    assert found.fallback.evaluation is not None
    assert (found.fallback.then, found.fallback.needs, found.passed) == ("tw.32", "new_meeting", True)
    assert [test.result for test in found.tests[:2]] == [False, False]


# --- weight


def owners(holds: int, lots: int) -> dict[str, Any]:
    """900 of 1000 entitlements vote; the original owner casts all of theirs against."""
    return {
        "roll": {"entitlement": 1000, "lots": lots},
        "votes": {"for": {"entitlement": 400}, "against": {"entitlement": 500}},
        "weights": {"original-owner": {"holds": {"entitlement": holds}, "votes": {"against": {"entitlement": 500}}}},
    }


@pytest.mark.parametrize(("holds", "lots", "counted"), [(500, 3, "500/3"), (499, 3, None), (500, 2, None)])
def test_an_original_owner_counts_a_third_with_half_of_more_than_two_lots(
    holds: int, lots: int, counted: str | None
) -> None:
    made = owners(holds, lots)
    if holds < 500:
        made["weights"]["original-owner"]["votes"]["against"]["entitlement"] = holds
    answer = rules.evaluation_to_json(rules.evaluate("au-nsw.special", made))
    assert answer["tests"][0]["have_value"] == (counted or "500")
    assert answer["tests"][0]["of_value"] == ("1700/3" if counted else "900")


def test_a_weight_is_shown_with_both_figures() -> None:
    (weighed,) = rules.evaluation_to_json(rules.evaluate("au-nsw.special", owners(500, 3)))["weights"]
    assert (weighed["before"], weighed["after"]) == ("500", "500/3")
    assert "1/3" in weighed["text"]["zh"]


@pytest.mark.parametrize(("against", "passed"), [(25, True), (26, False)])
def test_new_south_wales_counts_those_against(against: int, passed: bool) -> None:
    votes = {"for": {"entitlement": 100 - against}, "against": {"entitlement": against}}
    assert decided("au-nsw.special", {"entitlement": 100}, votes).passed is passed


@pytest.mark.parametrize(("against", "passed"), [(0, True), (1, False)])
def test_unanimity_is_broken_by_one_vote_against(against: int, passed: bool) -> None:
    assert decided("au-nsw.unanimous", 100, {"for": 5, "against": against}).passed is passed


# --- proxies


def households(**proxy: Any) -> rules.Evaluation:
    held = {"holder": "王芳", "held": 3} | proxy
    return decided("cn.rc-election.residents", 10, {"for": 8}, proxies=[held])


def test_a_proxy_within_the_caps_changes_nothing() -> None:
    assert households().passed


@pytest.mark.parametrize(
    ("proxy", "code"),
    [({"held": 4}, "max_per_proxy"), ({"candidate": True}, "candidate_may_hold"), ({"written": False}, "written")],
)
def test_a_proxy_beyond_what_the_rule_allows_is_named(proxy: dict[str, Any], code: str) -> None:
    found = households(**proxy)
    assert [check.code for check in found.proxies if not check.result] == [code]
    assert found.outcome == FAILED


def test_delegates_vote_in_person() -> None:
    found = decided("cn.rc-election.delegates", 9, {"for": 8}, proxies=[{"holder": "王芳", "held": 1}])
    assert [check.code for check in found.proxies] == ["proxies_not_allowed"]


def test_in_taiwan_a_proxy_holds_at_most_a_fifth_of_the_roll() -> None:
    roll, votes = {"heads": 100, "share": 1000}, {"for": {"heads": 80, "share": 800}}
    exact = [{"holder": "a", "held": {"heads": 20, "share": 200}}]
    above = [{"holder": "a", "held": {"heads": 20, "share": 201}}]
    assert decided("tw.31", roll, votes, proxies=exact).passed
    assert not decided("tw.31", roll, votes, proxies=above).passed


TAIWAN = {"heads": 20, "share": 1000}


def assembly(**votes: Any) -> rules.Evaluation:
    """Sixteen of twenty for it, of whom one votes for six others who hold 300: two heads and 100 too many."""
    cast = {"for": {"heads": 16, "share": 800}, "against": {"heads": 4, "share": 200}}
    held = {"holder": "王芳", "held": {"heads": 6, "share": 300}} | votes
    return decided("tw.31", TAIWAN, cast, proxies=[held])


def test_what_a_proxy_holds_above_a_fifth_is_left_out_of_the_count() -> None:
    found = assembly(votes={"for": {"heads": 6, "share": 300}})
    assert [(test.have, test.of) for test in found.tests] == [(18, 20), (900, 1000), (14, 18), (700, 900)]
    assert (found.outcome, found.pending) == (PASSED, ())


def test_nothing_is_decided_while_nobody_said_how_the_excess_was_voted() -> None:
    found = assembly()
    assert (found.outcome, found.pending) == (INCONCLUSIVE, ("proxy_votes",))
