"""The rules that come with the service say what the published profiles say, in our own form."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest

from voting.core import rules
from voting.core.rules import form
from voting.errors import NotFound

CERTAINTY = {"verified": "statute_read", "secondary": "secondary", "practice": "practice", "memory": "memory"}


def test_there_are_the_published_rules_and_no_others(published: dict[str, Any]) -> None:
    assert sorted(rules.catalogue()) == sorted(published)
    assert len(published) == 27


def test_each_rule_has_a_file_of_its_own() -> None:
    files = {entry.name for entry in (resources.files("voting.core.rules") / "profiles").iterdir()}
    assert {f"{identifier}.json" for identifier in rules.catalogue()} <= files


@pytest.mark.parametrize("member", ["participating", "tests"])
def test_sets_and_tests_are_those_published(published: dict[str, Any], member: str) -> None:
    ours = {identifier: rule.document[member] for identifier, rule in rules.catalogue().items()}
    assert ours == {identifier: profile[member] for identifier, profile in published.items()}


def test_folds_petitions_and_vetoes_are_those_published(published: dict[str, Any]) -> None:
    for identifier, profile in published.items():
        rule = rules.rule(identifier)
        assert {fold.state: fold.to for fold in rule.fold} == profile["fold"]
        assert list(rule.document.get("petition", [])) == profile.get("petition", [])
        assert rule.document.get("objection") == profile.get("objection")
        assert rule.min_participants == profile.get("min_participants")


def test_each_says_how_sure_its_source_is(published: dict[str, Any]) -> None:
    said = {identifier: rule.certainty for identifier, rule in rules.catalogue().items()}
    assert said == {identifier: CERTAINTY[profile["source"]] for identifier, profile in published.items()}


def test_the_elections_are_those_published(published: dict[str, Any]) -> None:
    residents = rules.rule("cn.rc-election.residents").elect
    assert residents is not None
    assert residents.first_round is not None
    assert residents.second_round is not None
    first, second = (published["cn.rc-election.residents"]["elect"][name] for name in ("first_round", "second_round"))
    assert rules.rule("cn.rc-election.residents").document["elect"]["first_round"] == first
    assert residents.second_round.floor is not None
    assert str(residents.second_round.floor.fraction) == second["floor"]["fraction"]
    for identifier in ("cn.rc-election.households", "cn.rc-election.delegates", "cn.unit-leader.double-majority"):
        assert rules.rule(identifier).elect == residents
    assert rules.rule("cn.unit-leader.plurality").elect == form.Elect(None, None)


def test_periods_are_those_published(published: dict[str, Any]) -> None:
    for identifier, profile in published.items():
        stated = {clock.what: clock.length for clock in rules.rule(identifier).clocks}
        assert profile.get("notice_days", stated.get("notice")) == stated.get("notice")
        assert profile.get("window_days", stated.get("publicity")) == stated.get("publicity")


def test_caps_of_proxies_are_those_published(published: dict[str, Any]) -> None:
    for identifier, profile in published.items():
        rule = rules.rule(identifier)
        if "proxy" not in profile:
            assert rule.proxy is None
        elif profile["proxy"] is None:
            assert rule.proxy == form.ProxyRule(allowed=False)
        else:
            assert rule.document["proxy"] == profile["proxy"]


def test_the_nine_effects_of_the_civil_code_demand_the_published_rule(published: dict[str, Any]) -> None:
    for identifier in ("cn.civil-code-278.ordinary", "cn.civil-code-278.special"):
        for item in published[identifier]["items"]:
            assert rules.effects()[f"cn.civil-code-278.item-{item}"].rule == identifier


def test_every_rule_is_told_in_both_languages() -> None:
    for rule in rules.catalogue().values():
        for words in (rule.title, rule.clause):
            assert set(words) == {"zh", "en"}
            assert any("\u4e00" <= letter <= "\u9fff" for letter in words["zh"])


def test_a_rule_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        rules.rule("cn.nowhere")
    assert caught.value.code == "rule_not_found"
