"""Problem reports under moderation: their words are hidden, decided on and appealed; the problem is dealt with all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.access.world import a_role
from tests.api.conftest import Service
from tests.deliberation import talk
from tests.deliberation.talk import Talk
from voting.deliberation import moderated
from voting.store import transact

REPORTS, SECRET = "/communities/com_1/problem-reports", "SECRETWORD"
PLACE = {"type": "Point", "coordinates": [121.4737123, 31.2304123]}
DRAFT = {"observation": f"{SECRET} 挡路", "category": f"{SECRET}类", "location": PLACE}


@pytest.fixture(scope="module")
def street(service: Service) -> Talk:
    def settle(session: Any) -> None:
        talk.settle(session)
        session.add(a_role("rle_off", "per_off", "committee_officer"))

    transact(service.engine, settle)
    return Talk(service)


def report(street: Talk, **members: Any) -> str:
    """The address of a report of the first resident."""
    return f"/problem-reports/{street.done('POST', REPORTS, DRAFT | members)['id']}"


def shown(street: Talk, path: str, who: str = "9") -> bool:
    """Whether this person reads what it says."""
    read = street.done("GET", path, who=who)
    assert (read["observation"] is None) is (read["location"] is None)
    return read["observation"] is not None


def test_enough_flags_hide_what_it_says_until_the_review_is_late(street: Talk) -> None:
    path = report(street)
    street.flag(path, "2", "3")
    assert shown(street, path)
    street.flag(path, "4")
    assert [shown(street, path, who) for who in ("9", "aud", "1", "mod", "rev", "off")] == [False, False, *[True] * 4]
    stone = street.done("GET", path, who="9")
    assert (stone["tombstone"], stone["category"], stone["location"], stone["case_id"]) == (
        *("hidden_for_review", None, None, None),
    )
    for asked in (("POST", f"{path}/confirm", None, "9"), ("PATCH", path, {"observation": "x"}, "1")):
        answer = street.send(*asked)
        assert (answer.status_code, answer.json()["code"]) == (409, "report_hidden_for_review")
        assert stone["hidden_until"] in answer.json()["detail"]
    thread = f"/threads/problem_report/{stone['id']}/comments"
    assert street.refused("POST", thread, {"text": "好"}, "9") == (409, "subject_hidden_for_review")
    assert street.done("POST", f"{path}/acknowledge", who="off")["state"] == "acknowledged"
    street.wait(72)
    assert shown(street, path)
    street.done("POST", f"{path}/confirm", who="9")
    street.done("POST", thread, {"text": "好"}, "9")


def test_a_decision_hides_it_by_a_rule_and_an_appeal_brings_it_back(street: Talk) -> None:
    path = report(street)
    case = street.hidden(path)
    stone = street.done("GET", path, who="9")
    assert (stone["tombstone"], stone["rule_id"], stone["standing"]) == ("hidden", "abuse", "hidden")
    assert street.refused("POST", f"{path}/confirm", who="9") == (409, "report_hidden")
    seen = street.done("GET", f"/moderation-cases/{case}", who="mod")
    assert (seen["subject_kind"], f"/problem-reports/{seen['subject_id']}") == ("problem_report", path)
    assert street.refused("POST", f"/moderation-cases/{case}/appeal", {"reason": "r"}, "2") == (403, "role_missing")
    street.decide(case, "appeal", "1")
    street.decide(case, "reinstate", "rev")
    assert shown(street, path)
    assert street.refused("POST", f"{path}/flag", {"rule_id": "abuse"}, "3") == (409, "illegal_move")
    street.done("PATCH", path, {"observation": "改"})
    assert street.flag(path, "3") != case


@pytest.mark.parametrize("command", ["dismiss", "remove_legal"])
def test_a_case_about_a_report_ends_as_one_about_a_comment_does(street: Talk, command: str) -> None:
    path = report(street)
    street.hidden(path, command)
    expected = ("visible", None) if command == "dismiss" else ("removed_legal", "removed_legal")
    read = street.done("GET", path, who="9")
    assert (read["standing"], read["tombstone"]) == expected
    assert shown(street, path) is (command == "dismiss")


def test_nobody_flags_their_own_or_twice(street: Talk) -> None:
    path = report(street)
    assert street.actions(path, "1")["flag"] == "own_text"
    assert street.actions(path, "2")["flag"] is None
    street.flag(path, "2")
    assert street.actions(path, "2")["flag"] == "flagged_already"
    assert street.refused("POST", f"{path}/flag", {"rule_id": "abuse"}, "2") == (409, "flagged_already")


def test_a_tombstone_tells_nothing_by_any_way(street: Talk) -> None:
    path = report(street)
    street.hidden(path)
    reads = [path, f"{path}?format=geojson", f"{path}/versions", REPORTS, f"{REPORTS}?format=geojson"]
    reads += [f"{REPORTS}?actions=true", f"/communities/com_1/search?q={SECRET}"]
    for read in reads:
        text = street.send("GET", read, who="9").text
        assert path.rpartition("/")[2] in text or "versions" in read or "search" in read
        assert _of(text, path).count(SECRET) == 0, read
        assert "121.4737123" not in _of(text, path), read


def _of(text: str, path: str) -> str:
    """What an answer says of one report: others of this file may be shown."""
    told = json.loads(text)
    identifier = path.rpartition("/")[2]
    items = told.get("items", told.get("features", [told]))
    return json.dumps([one for one in items if identifier in json.dumps(one)], ensure_ascii=False)


def test_what_is_hidden_is_found_by_neither_its_category_nor_its_place(street: Talk) -> None:
    here = {"type": "Point", "coordinates": [10.5, 20.5]}
    path = report(street, category="藏", location=here)
    identifier = path.rpartition("/")[2]
    ways = [f"{REPORTS}?category=藏", f"{REPORTS}?bbox=10,20,11,21", f"{REPORTS}/near?longitude=10.5&latitude=20.5"]

    def finds(who: str) -> list[bool]:
        return [identifier in [one["id"] for one in street.done("GET", way, who=who)["items"]] for way in ways]

    assert finds("9") == [True] * 3
    street.hidden(path)
    assert finds("9") == [False] * 3
    assert finds("1") == finds("mod") == finds("off") == [True] * 3


def test_reports_have_joined_what_is_moderated() -> None:
    assert "problem_report" in moderated.kinds()
