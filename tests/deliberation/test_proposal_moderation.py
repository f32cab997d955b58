"""Proposals under moderation: the machine of comments, a tombstone that leaks nothing, and everything back by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from tests.api.conftest import Service
from tests.deliberation import talk
from tests.deliberation.talk import PDF_FILE, Talk
from voting.deliberation import attachment_pdfs, moderated
from voting.store import transact

SECRET = "SECRETWORD"
PLACE = {"type": "Point", "coordinates": [121.4737123, 31.2304123]}
CHANGE = {"base": 1, "locale": "en", "action": "replace", "paragraph": 1, "text": "fine"}


@pytest.fixture(scope="module")
def town(service: Service) -> Talk:
    transact(service.engine, talk.settle)
    return Talk(service)


def shown(town: Talk, proposal: str, who: str = "9") -> bool:
    """Whether this person reads it."""
    read = town.done("GET", f"/proposals/{proposal}", who=who)
    assert bool(read["body"]) is bool(read["authors"])
    return bool(read["body"])


def test_enough_flags_hide_a_proposal_until_the_review_is_late(town: Talk) -> None:
    proposal = town.proposal("gather")
    path = f"/proposals/{proposal}"
    town.flag(path, "2", "3")
    assert shown(town, proposal)
    town.flag(path, "4")
    assert [shown(town, proposal, who) for who in ("9", "aud", "1", "mod", "rev")] == [False, False, True, True, True]
    stone = town.done("GET", path, who="9")
    assert (stone["tombstone"], stone["title"], stone["authors"], stone["category"]) == (
        "hidden_for_review",
        {},
        [],
        None,
    )
    assert (stone["state"], stone["support"]["needed"], stone["case_id"]) == ("gathering_support", 5, None)
    for asked in (
        ("POST", f"{path}/endorsements", None, "9"),
        ("POST", f"{path}/amendments", CHANGE, "9"),
        ("PATCH", path, {"title": {"en": "x"}, "body": {"en": "x"}}, "1"),
    ):
        answer = town.send(*asked)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "proposal_hidden_for_review"), problem
        assert stone["hidden_until"] in problem["detail"].replace("+00:00", "Z"), problem["detail"]
    answer = town.send("POST", f"/threads/proposal/{proposal}/comments", {"text": "好"}, "9")
    assert (answer.status_code, answer.json()["code"]) == (409, "subject_hidden_for_review")
    assert stone["hidden_until"] in answer.json()["detail"]
    town.wait(72)
    assert shown(town, proposal)
    town.done("POST", f"{path}/endorsements", who="9")
    town.done("POST", f"/threads/proposal/{proposal}/comments", {"text": "好"}, "9")
    town.flag(path, "5", "6", "7")
    assert shown(town, proposal), "a case hides once"


def test_flags_near_its_end_take_nothing_from_a_window_of_support(town: Talk) -> None:
    proposal = town.proposal("gather")
    path = f"/proposals/{proposal}"
    before = datetime.fromisoformat(town.done("GET", path)["support"]["until"])
    town.flag(path, "2", "3", "4")
    support = town.done("GET", path)["support"]
    assert datetime.fromisoformat(support["until"]) - before == timedelta(hours=72)
    assert support["rule"]["last_day"] == str(
        (before + timedelta(hours=71)).astimezone(ZoneInfo("Asia/Shanghai")).date()
    )
    events = town.done("GET", f"{path}/events", who="admin")["items"]
    assert [one["kind"] for one in events][-1] == "support_prolonged"


def test_a_decision_hides_it_by_a_rule_and_an_appeal_brings_it_back(town: Talk) -> None:
    proposal = town.proposal("gather")
    path = f"/proposals/{proposal}"
    town.done("POST", f"{path}/endorsements", who="8")
    case = town.hidden(path)
    stone = town.done("GET", path, who="9")
    assert (stone["tombstone"], stone["rule_id"], stone["standing"], stone["body"]) == ("hidden", "abuse", "hidden", {})
    assert stone["support"]["standing"] == 1
    assert town.refused("POST", f"{path}/endorsements", who="9") == (409, "proposal_hidden")
    assert town.refused("POST", f"/threads/proposal/{proposal}/comments", {"text": "x"}, "9") == (409, "subject_hidden")
    town.done("POST", f"{path}/endorsements/withdraw", who="8")
    assert town.done("GET", path)["case_id"] == case
    appeal = f"/moderation-cases/{case}/appeal"
    assert town.refused("POST", appeal, {"reason": "r"}, "mod2") == (409, "authors_appeal")
    assert town.refused("POST", appeal, {"reason": "r"}, "2") == (403, "role_missing")
    town.decide(case, "appeal", "1")
    assert town.refused("POST", f"/moderation-cases/{case}/reinstate", {"reason": "r"}, "mod") == (
        409,
        "moderator_never_reviews",
    )
    town.decide(case, "reinstate", "rev")
    assert shown(town, proposal)
    assert town.refused("POST", f"{path}/flag", {"rule_id": "abuse"}, "3") == (409, "illegal_move")
    town.done("PATCH", path, {"body": {"zh-CN": "改"}})
    assert town.flag(path, "3") != case


def test_an_amendment_quotes_nothing_of_a_hidden_proposal(town: Talk) -> None:
    proposal = town.proposal()
    amendment = town.done("POST", f"/proposals/{proposal}/amendments", CHANGE | {"locale": "zh-CN"}, "5")["id"]
    town.hidden(f"/proposals/{proposal}")
    stone = town.done("GET", f"/amendments/{amendment}", who="9")
    assert (stone["tombstone"], stone["text"], stone["why"], stone["paragraph_text"]) == (
        "proposal_hidden",
        None,
        None,
        None,
    )
    (listed,) = town.done("GET", f"/proposals/{proposal}/amendments", who="9")["items"]
    assert (listed["tombstone"], listed["text"]) == ("proposal_hidden", None)
    for who in ("1", "5", "mod"):
        assert town.done("GET", f"/amendments/{amendment}", who=who)["text"] == "fine"


@pytest.mark.parametrize("command", ["dismiss", "remove_legal"])
def test_a_case_about_a_proposal_ends_as_one_about_a_comment_does(town: Talk, command: str) -> None:
    proposal = town.proposal()
    case = town.hidden(f"/proposals/{proposal}", command)
    read = town.done("GET", f"/proposals/{proposal}", who="9")
    expected = ("visible", None) if command == "dismiss" else ("removed_legal", "removed_legal")
    assert (read["standing"], read["tombstone"]) == expected
    assert shown(town, proposal) is (command == "dismiss")
    seen = town.done("GET", f"/moderation-cases/{case}", who="mod")
    assert (seen["subject_kind"], seen["subject_id"], seen["author_id"]) == ("proposal", proposal, "per_1")


def test_every_author_appeals_and_none_decides(town: Talk) -> None:
    made = town.done("POST", "/communities/com_1/proposals", {"title": talk.TITLE, "body": talk.BODY})["id"]
    for who in ("mod", "3", "4"):
        town.done("POST", f"/proposals/{made}/authors", {"person_id": f"per_{who}"})
    for who in ("mod", "3"):
        town.done("POST", f"/proposals/{made}/authors/accept", who=who)
    town.done("POST", f"/proposals/{made}/submit")
    town.done("POST", f"/proposals/{made}/publish", who="admin")
    path = f"/proposals/{made}"
    assert town.actions(path, "3")["flag"] == town.actions(path, "1")["flag"] == "own_text"
    case = town.flag(path, "2")
    assert town.refused("POST", f"/moderation-cases/{case}/take", who="mod") == (409, "author_never_decides")
    town.decide(case, "take", "mod2")
    town.decide(case, "hide", "mod2")
    assert [shown(town, made, who) for who in ("3", "4", "2")] == [True, False, False]
    assert town.refused("GET", f"/moderation-cases/{case}", who="4") == (403, "role_missing")
    seen = town.done("GET", f"/moderation-cases/{case}", who="3")
    assert (seen["flagged_by"], seen["moderator_id"]) == ([], None)
    town.decide(case, "appeal", "3")
    assert town.refused("POST", f"/moderation-cases/{case}/uphold", {"reason": "r"}, "mod") == (
        409,
        "author_never_decides",
    )
    town.decide(case, "uphold", "rev")
    assert town.done("GET", path, who="2")["tombstone"] == "upheld"


def test_only_what_is_published_is_flagged_and_once_by_each(town: Talk) -> None:
    made = town.done("POST", "/communities/com_1/proposals", {"title": talk.TITLE, "body": talk.BODY})["id"]
    town.done("POST", f"/proposals/{made}/submit")
    assert town.actions(f"/proposals/{made}", "mod")["flag"] == "not_public_yet"
    assert town.refused("POST", f"/proposals/{made}/flag", {"rule_id": "abuse"}, "2") == (404, "proposal_not_found")
    town.done("POST", f"/proposals/{made}/publish", who="admin")
    assert town.actions(f"/proposals/{made}", "2")["flag"] is None
    town.done("POST", f"/proposals/{made}/flag?dry_run=true", {"rule_id": "abuse"}, "2")
    town.flag(f"/proposals/{made}", "2")
    assert town.actions(f"/proposals/{made}", "2")["flag"] == "flagged_already"
    assert town.refused("POST", f"/proposals/{made}/flag", {"rule_id": "abuse"}, "2") == (409, "flagged_already")
    assert town.refused("POST", f"/proposals/{made}/flag", {"rule_id": "dislike"}, "3") == (
        422,
        "moderation_rule_unknown",
    )


def test_a_sanction_forbids_to_propose_until_its_end(town: Talk) -> None:
    proposal, draft = town.proposal(), {"title": talk.TITLE, "body": talk.BODY}
    made = town.done("POST", "/communities/com_1/proposals", draft)["id"]
    case = town.hidden(f"/proposals/{proposal}", sanction={"acts": ["propose"], "days": 2})
    other = town.done("POST", "/communities/com_1/proposals", draft, "3")["id"]
    town.done("POST", f"/proposals/{other}/submit", who="3")
    town.done("POST", f"/proposals/{other}/publish", who="admin")
    for path, body in (
        ("/communities/com_1/proposals", draft),
        (f"/proposals/{made}/submit", None),
        (f"/proposals/{other}/amendments", CHANGE | {"locale": "zh-CN"}),
    ):
        assert town.refused("POST", path, body) == (403, "sanctioned"), path
    assert town.refused("PATCH", f"/proposals/{made}", {"body": {"zh-CN": "x"}}) == (403, "sanctioned")
    actions = town.actions(f"/proposals/{made}", "1")
    assert {actions["edit"], actions["submit"], town.actions(f"/proposals/{other}", "1")["amend"]} == {"sanctioned"}
    assert town.done("POST", f"/threads/proposal/{other}/comments", {"text": "好"})
    town.wait(48)
    town.done("POST", f"/proposals/{made}/submit")
    assert len(town.done("GET", f"/moderation-cases/{case}", who="mod")["sanction_ids"]) == 1


def test_the_figures_of_a_month_tell_what_they_are_about(town: Talk) -> None:
    opened = town.flag(f"/proposals/{town.proposal()}", "2")
    at = datetime.fromisoformat(town.done("GET", f"/moderation-cases/{opened}", who="mod")["opened_at"])
    month = at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")

    def figures(kind: str) -> int:
        read = town.done("GET", f"/communities/com_1/moderation-counts?month={month}")["rules"]
        (of_abuse,) = (one for one in read if one["rule_id"] == "abuse")
        total = {step: sum(its[step] for its in of_abuse["by_subject"].values()) for step in of_abuse["counts"]}
        assert total == of_abuse["counts"]
        return int(of_abuse["by_subject"].get(kind, {}).get("flagged", 0))

    before = figures("proposal"), figures("comment")
    town.flag(f"/proposals/{town.proposal()}", "2")
    said = town.done("POST", "/threads/contest/con_1/comments", {"text": "x"})["id"]
    town.flag(f"/comments/{said}", "2")
    assert (figures("proposal"), figures("comment")) == (before[0] + 1, before[1] + 1)


def test_nothing_that_can_be_read_tells_what_a_hidden_proposal_said(town: Talk) -> None:
    texts: Any = {"title": {"en": f"{SECRET} shed"}, "body": {"en": f"{SECRET} one\n\ntwo"}}
    proposal = town.proposal(**texts, category=SECRET, location=PLACE)
    town.done("PATCH", f"/proposals/{proposal}", {"body": {"en": f"{SECRET} again\n\ntwo"}, "note": SECRET})
    attached = town.done(
        "POST", f"/proposals/{proposal}/attachments?name={SECRET}.pdf", PDF_FILE, **{"Content-Type": "application/pdf"}
    )
    amendment = town.done("POST", f"/proposals/{proposal}/amendments", CHANGE, "2")["id"]
    draft = town.done(
        "POST", "/communities/com_1/proposals", {"title": {"en": f"{SECRET} shed"}, "body": {"en": "b"}}, "9"
    )
    ids = {
        "proposal_id": proposal,
        "kind": "proposal",
        "subject": proposal,
        "community_id": "com_1",
        "attachment_id": attached["id"],
        "amendment_id": amendment,
        "person_id": "per_1",
        "contest_id": "con_1",
    }
    queries = {
        "/v1/communities/{community_id}/search": f"?q={SECRET}",
        "/v1/proposals/{proposal_id}/diff": "?from=1&to=2",
    }
    paths = {
        route.path.format(**ids) + queries.get(route.path, "")
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and set(route.param_convertors) <= set(ids)
    }
    about = (
        "/v1/communities/",
        "/v1/proposals/",
        "/v1/amendments/",
        "/v1/attachments/",
        "/v1/threads/",
        "/v1/me",
        "/v1/journal",
    )
    paths = {path.removeprefix("/v1") for path in paths if path.startswith(about) and not path.endswith("/changes")}
    paths |= {f"/communities/com_1/proposals?{query}" for query in ("actions=true", "order=newest&limit=100")}
    paths |= {f"/communities/com_1/proposals?category={SECRET}", "/communities/com_1/proposals?author_id=per_1"}
    paths |= {f"/proposals/{draft['id']}/duplicates"}

    attached_bytes = attachment_pdfs.cleaned(PDF_FILE)

    def leaks(who: str) -> set[str]:
        found = set()
        for path in sorted(paths):
            answer = town.send("GET", path, who=who)
            assert answer.status_code < 500, (path, answer.text)
            told = answer.content.replace(SECRET.encode() + b".pdf?", b"")
            if SECRET.encode() in told or b"121.4737123" in told or answer.content == attached_bytes:
                found.add(path)
        return found

    of_draft = f"/proposals/{draft['id']}"
    open_to_all = leaks("9")
    assert {f"/proposals/{proposal}", f"/proposals/{proposal}/versions", of_draft + "/duplicates"} <= open_to_all
    assert {f"/proposals/{proposal}/diff?from=1&to=2", f"/amendments/{amendment}"} <= open_to_all
    assert {f"/attachments/{attached['id']}", f"/attachments/{attached['id']}/content"} <= open_to_all
    assert {f"/communities/com_1/search?q={SECRET}", f"/communities/com_1/proposals?category={SECRET}"} <= open_to_all
    assert f"/proposals/{proposal}/attachments" in open_to_all
    case = town.flag(f"/proposals/{proposal}", "2", "3", "4")
    of_drafts = {path for path in open_to_all if path.startswith("/communities/com_1/proposals")}
    for step in ("flagged", "take", "hide"):
        if step != "flagged":
            town.decide(case, step)
        assert leaks("2") == set(), step
        assert leaks("9") <= of_drafts - {f"/communities/com_1/proposals?category={SECRET}"}, "their own draft alone"
        assert leaks("aud") == set(), step
        assert (
            leaks("1") >= open_to_all - {of_draft + "/duplicates", f"/communities/com_1/search?q={SECRET}"} - of_drafts
        )
        assert town.refused("POST", f"/amendments/{amendment}/promote", who="2")[1].startswith("proposal_hidden")
        assert town.refused("POST", f"/amendments/{amendment}/accept", who="1")[1].startswith("proposal_hidden")
        found = town.done("GET", "/communities/com_1/proposals?author_id=per_1&limit=100", who="9")["items"]
        assert proposal not in {one["id"] for one in found}
        assert proposal in {
            one["id"]
            for one in town.done("GET", "/communities/com_1/proposals?limit=100&order=newest", who="9")["items"]
        }
    town.decide(case, "appeal", "1")
    town.decide(case, "reinstate", "rev")
    assert leaks("9") == open_to_all


def test_an_amendment_is_hidden_and_becomes_part_of_nothing(town: Talk) -> None:
    proposal = town.proposal()
    change = CHANGE | {"locale": "zh-CN", "text": SECRET, "why": SECRET}
    made = town.done("POST", f"/proposals/{proposal}/amendments", change, "6")["id"]
    path = f"/amendments/{made}"
    assert (town.actions(path, "6")["flag"], town.actions(path, "1")["flag"]) == ("own_text", None)
    case = town.flag(path, "1", "3", "4")
    places = (path, f"/proposals/{proposal}/amendments", f"/proposals/{proposal}/amendments?actions=true")

    def reads(who: str) -> set[bool]:
        return {SECRET in town.send("GET", place, who=who).text for place in places}

    assert [reads(who) for who in ("9", "1", "aud", "6", "mod")] == [{False}] * 3 + [{True}] * 2
    stone = town.done("GET", path, who="9")
    assert (stone["tombstone"], stone["author_id"], stone["salt"]) == ("hidden_for_review", None, None)
    assert stone["paragraph_text"] == "一、现状"
    answer = town.send("POST", f"{path}/accept", who="1")
    assert (answer.status_code, answer.json()["code"]) == (409, "amendment_hidden_for_review")
    assert stone["hidden_until"] in answer.json()["detail"]
    town.decide(case, "take")
    town.decide(case, "hide", sanction={"acts": ["propose"], "days": 1})
    assert town.refused("POST", f"{path}/accept") == (409, "amendment_hidden")
    assert (town.actions(path, "6")["promote"], reads("9")) == ("amendment_hidden", {False})
    assert town.refused("POST", f"/moderation-cases/{case}/appeal", {"reason": "r"}, "mod2") == (409, "authors_appeal")
    town.decide(case, "appeal", "6")
    assert town.done("GET", path, who="9")["tombstone"] == "appealed"
    town.decide(case, "reinstate", "rev")
    assert reads("9") == {True}
    assert town.done("POST", f"{path}/accept")["state"] == "accepted"


def test_a_flagged_amendment_is_back_by_itself(town: Talk) -> None:
    proposal = town.proposal()
    made = town.done("POST", f"/proposals/{proposal}/amendments", CHANGE | {"locale": "zh-CN"}, "2")["id"]
    town.flag(f"/amendments/{made}", "1", "3", "4")
    town.wait(72)
    assert town.done("GET", f"/amendments/{made}", who="9")["text"] == "fine"
    assert town.done("POST", f"/amendments/{made}/accept")["state"] == "accepted"


def test_what_is_hidden_joins_nothing(town: Talk) -> None:
    one, other = town.proposal("gather"), town.proposal("gather")
    town.hidden(f"/proposals/{one}")
    into = {"into": one, "reason": "r"}
    assert town.refused("POST", f"/proposals/{other}/merge", into, "admin") == (422, "cannot_be_merged_into")
    assert town.refused("POST", f"/proposals/{one}/merge", {"into": other, "reason": "r"}, "admin") == (
        409,
        "proposal_hidden",
    )
    parts = [{"title": {"en": name}, "body": {"en": name}} for name in "ab"]
    assert town.refused("POST", f"/proposals/{one}/split", {"parts": parts, "reason": "r"}) == (409, "proposal_hidden")
    assert town.done("POST", f"/proposals/{one}/withdraw", {"reason": "r"})["state"] == "withdrawn"


def test_where_texts_are_checked_first_a_published_one_is_what_its_reviewer_read(town: Talk) -> None:
    proposal, draft = town.proposal(), {"title": talk.TITLE, "body": talk.BODY}
    path, policy = f"/proposals/{proposal}", "/communities/com_1/moderation-policy"
    made = town.done("POST", f"{path}/amendments", CHANGE | {"locale": "zh-CN"}, "2")["id"]
    town.done("PATCH", policy, {"pre_check": True}, "admin")
    try:
        for asked in (
            ("PATCH", path, {"body": {"zh-CN": "x"}}, "1"),
            ("POST", f"{path}/amendments", CHANGE | {"locale": "zh-CN"}, "2"),
        ):
            assert town.refused(*asked) == (409, "checked_before_shown")
        actions = town.actions(path, "1")
        assert {actions["edit"], actions["attach"], town.actions(path, "2")["amend"]} == {"checked_before_shown"}
        assert town.refused("POST", f"/amendments/{made}/accept") == (409, "proposal_text_final")
        assert town.done("GET", path, who="9")["body"] == talk.BODY
        mine = town.done("POST", "/communities/com_1/proposals", draft)["id"]
        town.done("PATCH", f"/proposals/{mine}", {"body": {"zh-CN": "新"}})
        town.done("POST", f"/proposals/{mine}/submit")
        town.done("POST", f"/proposals/{mine}/publish", who="mod")
        assert town.done("GET", f"/proposals/{mine}", who="9")["body"] == {"zh-CN": "新"}
    finally:
        town.done("PATCH", policy, {"pre_check": False}, "admin")


def test_every_kind_has_joined_by_its_name() -> None:
    assert {"comment", "proposal", "amendment"} <= set(moderated.kinds())
    assert [moderated.of(name).name for name in moderated.kinds()] == list(moderated.kinds())
