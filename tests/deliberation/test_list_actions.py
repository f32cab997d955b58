"""A list that is asked for actions tells of each item what the item tells of itself, to every caller."""

from __future__ import annotations

import pytest

from tests.deliberation.conftest import Caller, Town
from voting.core.moderation import COMMENT

CHANGE = {"base": 1, "locale": "zh-CN", "action": "replace", "paragraph": 1, "text": "甲"}


def callers(town: Town) -> tuple[Caller, ...]:
    return town.li, town.wang, town.zhao, town.sun, town.zhou


def alike(town: Town, path: str, one: str) -> int:
    """Compare each item's actions with those of the item alone, for every caller; the number of items compared."""
    compared = 0
    for caller in callers(town):
        answer = caller.ask("GET", f"{path}{'&' if '?' in path else '?'}actions=true")
        if answer.status_code == 403:
            continue
        for item in answer.json()["items"]:
            assert item["allowed_actions"] == caller.get(f"/{one}/{item['id']}")["allowed_actions"]
            compared += 1
        assert all("allowed_actions" not in item for item in caller.get(path)["items"])
    return compared


@pytest.fixture(scope="module")
def thread(town: Town) -> str:
    """A thread with comments in many states."""
    path = f"/threads/proposal/{town.published()}/comments"
    said = [town.wang.post(path, {"text": f"第{n}条", "mentions": ["per_zhao"]})["id"] for n in range(5)]
    town.li.post(path, {"text": "答", "parent_id": said[0]})
    town.wang.post(f"/comments/{said[1]}/retract")
    rule = town.li.get("/communities/com_1/moderation-policy")["rules"][0]["id"]
    town.zhao.post(f"/comments/{said[2]}/flag", {"rule_id": rule})
    for caller in (town.li, town.zhao, town.sun):
        flagged = caller.ask("POST", f"/comments/{said[3]}/flag", {"rule_id": rule})
        assert flagged.status_code == 200, flagged.text
    return path


@pytest.mark.parametrize("sort", ["newest", "tree"])
def test_comments_of_a_thread(town: Town, thread: str, sort: str) -> None:
    assert alike(town, f"{thread}?sort={sort}", "comments") >= 25


def test_mentions(town: Town, thread: str) -> None:
    assert alike(town, "/me/mentions", "comments") >= 4


def test_proposals_and_amendments(town: Town) -> None:
    town.proposal()
    gathering = town.published()
    town.sun.post(f"/proposals/{gathering}/gather", {"days": 30, "number": 3})
    town.wang.post(f"/proposals/{gathering}/endorsements")
    amended = town.published()
    first = town.wang.post(f"/proposals/{amended}/amendments", CHANGE)["id"]
    town.wang.post(f"/proposals/{amended}/amendments", CHANGE)
    town.li.post(f"/amendments/{first}/accept")
    assert alike(town, f"/proposals/{amended}/amendments", "amendments") == 2 * len(callers(town))
    assert alike(town, "/communities/com_1/proposals", "proposals") >= 11


def test_the_next_page_is_asked_for_actions_as_well(town: Town, thread: str) -> None:
    answer = town.zhao.ask("GET", f"{thread}?actions=true&limit=2")
    link = answer.headers["link"]
    assert "actions=true" in link
    following = town.zhao.get(link.partition("<")[2].partition(">")[0].removeprefix("/v1"))
    assert all(item["allowed_actions"] for item in following["items"])


def test_a_list_of_proposals_tells_of_each_its_answers_and_the_callers_own_support(town: Town) -> None:
    accepted = town.published()
    town.sun.post(f"/proposals/{accepted}/gather", {"days": 5, "number": 1})
    town.wang.post(f"/proposals/{accepted}/endorsements")
    town.sun.post(f"/proposals/{accepted}/review")
    town.sun.post(f"/proposals/{accepted}/accept", {"text": {"zh-CN": "采纳"}, "cost_fen": 1})
    town.sun.post(f"/proposals/{accepted}/report_outcome", {"text": {"zh-CN": "改了选址"}})
    for caller in callers(town):
        listed = {item["id"]: item for item in caller.get("/communities/com_1/proposals?limit=200")["items"]}
        alone = caller.get(f"/proposals/{accepted}")
        assert (listed[accepted]["answer"], listed[accepted]["outcome"]) == (alone["answer"], alone["outcome"])
        assert listed[accepted]["support"] == alone["support"]
        assert alone["answer"]["cost_fen"] == 1
    assert town.wang.get(f"/proposals/{accepted}")["support"]["mine"] == "standing"


def test_an_author_is_not_offered_what_moderators_do(town: Town) -> None:
    said = town.li.post(f"/threads/proposal/{town.published()}/comments", {"text": "一"})["id"]
    refusal = town.li.ask("POST", f"/comments/{said}/react", {"reaction": "support"}).json()
    told = {one["action"]: one["reason"] for one in town.li.get(f"/comments/{said}")["allowed_actions"]}
    assert refusal["allowed_actions"] == [
        action for action, reason in told.items() if reason is None and action in COMMENT.offered
    ]
    assert (
        {one["action"]: one["code"] for one in refusal["blocked_actions"]}["publish"]
        == told["publish"]
        == "role_missing"
    )


def test_a_refusal_offers_what_the_thing_itself_offers(town: Town) -> None:
    here = f"/proposals/{town.published()}"
    town.sun.post(f"{here}/gather", {"days": 5, "number": 2})
    town.wang.post(f"{here}/endorsements")
    for caller, command in ((town.wang, "endorsements"), (town.li, "submit"), (town.sun, "publish")):
        refusal = caller.ask("POST", f"{here}/{command}").json()
        told = {one["action"]: one["reason"] for one in caller.get(here)["allowed_actions"] if one["action"] != "flag"}
        assert refusal["allowed_actions"] == [action for action, reason in told.items() if reason is None]
        assert {one["action"]: one["code"] for one in refusal["blocked_actions"]} == {
            action: reason for action, reason in told.items() if reason is not None
        }
