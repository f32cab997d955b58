"""Two who edit one text over HTTP: the second is told, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service
from tests.deliberation import talk
from tests.deliberation.talk import Talk
from voting.store import transact

THREAD = "/threads/contest/con_1/comments"


@pytest.fixture(scope="module")
def town(service: Service) -> Talk:
    transact(service.engine, talk.settle)
    return Talk(service)


def test_the_second_of_two_edits_of_a_comment_is_a_412_and_loses_nothing(town: Talk) -> None:
    path = f"/comments/{town.done('POST', THREAD, {'text': '零'})['id']}"
    phone, desk = (town.done("GET", path)["etag"] for _ in range(2))
    first = town.done("PATCH", path, {"text": "一"}, **{"If-Match": phone})
    second: Any = {"text": "二", "alignment": 1}
    assert town.refused("PATCH", path, second, **{"If-Match": desk}) == (412, "precondition_failed")
    assert town.refused("PATCH", f"{path}?dry_run=true", second, **{"If-Match": desk}) == (412, "precondition_failed")
    read = town.done("GET", path)
    assert (read["text"], read["alignment"], read["edition"]) == ("一", 0, 2)
    assert read["etag"] == first["etag"]
    assert town.done("PATCH", path, second, **{"If-Match": read["etag"]})["text"] == "二"
    assert [one["text"] for one in town.done("GET", f"{path}/versions")["items"]] == ["零", "一", "二"]


def test_an_edit_of_a_comment_that_names_no_version_is_a_428(town: Talk) -> None:
    path = f"/comments/{town.done('POST', THREAD, {'text': '零'})['id']}"
    assert town.refused("PATCH", path, {"text": "一"}, **{"If-Match": ""}) == (428, "precondition_required")
    read = town.done("GET", path)
    assert (read["text"], read["edition"]) == ("零", 1)


def test_what_others_do_to_a_comment_makes_no_edit_stale(town: Talk) -> None:
    path = f"/comments/{(made := town.done('POST', THREAD, {'text': '零'}))['id']}"
    town.done("POST", f"{path}/react", {"reaction": "support"}, "2")
    town.done("POST", THREAD, {"text": "答", "parent_id": made["id"]}, "3")
    assert town.done("PATCH", path, {"text": "一"}, **{"If-Match": made["etag"]})["text"] == "一"


def test_a_decision_between_reading_and_editing_makes_the_edit_stale(town: Talk) -> None:
    path = f"/comments/{(made := town.done('POST', THREAD, {'text': '零'}))['id']}"
    case = town.flag(path, "2")
    town.decide(case, "take")
    town.decide(case, "dismiss")
    assert town.refused("PATCH", path, {"text": "一"}, **{"If-Match": made["etag"]}) == (412, "precondition_failed")
    assert town.done("GET", path, who="9")["text"] == "零"


def test_the_second_of_two_authors_who_edit_a_proposal_is_a_412_and_loses_nothing(town: Talk) -> None:
    made = town.proposal()
    path = f"/proposals/{made}"
    town.done("POST", f"{path}/authors", {"person_id": "per_2"})
    town.done("POST", f"{path}/authors/accept", who="2")
    one, two = (town.done("GET", path, who=who)["etag"] for who in "12")
    town.done("PATCH", path, {"body": {"zh-CN": "一"}}, **{"If-Match": one})
    second = {"body": {"zh-CN": "二"}}
    assert town.refused("PATCH", path, second, "2", **{"If-Match": two}) == (412, "precondition_failed")
    assert town.refused("PATCH", path, second, "2", **{"If-Match": ""}) == (428, "precondition_required")
    read = town.done("GET", path, who="2")
    assert (read["body"], read["number"]) == ({"zh-CN": "一"}, 2)
    town.done("PATCH", path, second, "2", **{"If-Match": read["etag"]})
    assert len(town.done("GET", f"{path}/versions")["items"]) == 3
