"""Rules over HTTP: read, tried and compared by anybody."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio
ORDINARY = "cn.civil-code-278.ordinary"
COUNTS = {
    "roll": {"heads": 1291, "area": 1291},
    "votes": {"for": {"heads": 417, "area": 417}, "against": 278, "abstain": 8, "silent": 584},
}


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_alone


async def test_the_list_is_paged_and_complete(client: httpx.AsyncClient) -> None:
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        query = {"limit": "10"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/rules", params=query)).json()
        found += [rule["id"] for rule in page["items"]]
        cursor = page["next_cursor"]
    assert (len(found), found) == (27, sorted(found))


async def test_a_rule_says_where_it_comes_from_and_how_sure_that_is(client: httpx.AsyncClient) -> None:
    rule = (await client.get(f"/v1/rules/{ORDINARY}")).json()
    assert (rule["certainty"], rule["document"]["tests"][0]["fraction"]) == ("statute_read", "2/3")
    assert "278" in rule["clause"]["zh"]
    assert [action["href"] for action in rule["allowed_actions"]] == [f"/v1/rules/{ORDINARY}/evaluate"]


async def test_a_rule_nobody_has_is_404(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/rules/cn.nowhere", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json()["code"]) == (404, "rule_not_found")


async def test_an_evaluation_gives_both_numbers_and_a_sentence(client: httpx.AsyncClient) -> None:
    answer = (await client.post(f"/v1/rules/{ORDINARY}.follow-majority/evaluate", json=COUNTS)).json()
    assert (answer["passed"], answer["strict"], answer["folded"]) == (True, False, True)
    quorum = answer["strict_tests"][1]
    assert (quorum["have_value"], quorum["of_value"], quorum["result"]) == ("703", "1291", False)
    assert "2109" in quorum["text"]["zh"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"roll": 3, "votes": {"for": 4}}, "/votes/for", "counts_above_roll"),
        ({"roll": 3, "votes": {"fro": 1}}, "/votes/fro", "unknown_member_did_you_mean"),
        ({"roll": 3.5, "votes": {}}, "/roll", "wrong_form"),
        ({"roll": 3}, "/votes", "missing_member"),
        ({"roll": 3, "votes": {}, "vote": 1}, "/vote", "unknown_member_did_you_mean"),
    ],
)
async def test_counts_that_cannot_be_are_422_with_a_pointer(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await client.post(f"/v1/rules/{ORDINARY}/evaluate", json=body)
    assert answer.status_code == 422
    assert (pointer, code) in [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_an_election_is_evaluated_with_its_rounds(client: httpx.AsyncClient) -> None:
    body = {"roll": 100, "votes": {"for": 60}, "candidates": {"甲": 28, "乙": 20, "丙": 9}}
    answer = (await client.post("/v1/rules/cn.rc-election.residents/evaluate", json=body)).json()
    assert answer["rounds"][0]["next_round"] == {"seats": 1, "candidates": ["甲", "乙"]}


async def test_the_strictest_of_several_effects_is_named_with_the_reason(client: httpx.AsyncClient) -> None:
    body = {"effects": ["cn.civil-code-278.item-5", "cn.parking.on-common-ground"]}
    answer = (await client.post("/v1/rules/strictest", json=body)).json()
    assert answer["strictest"] == "cn.civil-code-278.special"
    assert answer["relations"][0]["kind"] == "weaker"
    # The counts shown pass the ordinary rule alone.
    assert answer["relations"][0]["only_first"]["roll"]["heads"] > 0


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/rules", "too_short"),
        ({"rules": ["x"]}, "/rules/0", "rule_unknown"),
        ({"effects": ["x"]}, "/effects/0", "rule_effect_unknown"),
    ],
)
async def test_rules_and_effects_nobody_knows_are_422(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await client.post("/v1/rules/strictest", json=body)
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
