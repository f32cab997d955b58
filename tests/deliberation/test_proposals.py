"""Proposals over HTTP: written, written together, edited by two at once, published, and what others see of them."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from api import paging
from tests.deliberation.conftest import DRAFT, Caller, Town
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.journal_entries import Moved
from voting.core.moderation import STANDING
from voting.core.proposals import PROPOSAL
from voting.deliberation.proposal_tables import ProposalVersion
from voting.log import logs, storage
from voting.store import reader

PROPOSALS = "/communities/com_1/proposals"


def allowed(seen: dict[str, Any]) -> dict[str, str | None]:
    """Action → the reason against it, or nothing."""
    return {one["action"]: one["reason"] for one in seen["allowed_actions"]}


def states(town: Town, proposal: str) -> list[tuple[str, str | None, str]]:
    items = town.sun.get(f"/proposals/{proposal}/events")["items"]
    return [(event["kind"], event["from_state"], event["to_state"]) for event in items]


def test_a_stranger_is_asked_who_they_are(town: Town) -> None:
    answer = town.service.request("GET", f"/v1/proposals/{town.published()}")
    assert answer.status_code == 401


def test_another_community_finds_nothing(town: Town) -> None:
    assert town.far.refused(f"/proposals/{town.published()}", method="GET") == (404, "proposal_not_found")


def test_a_draft_is_seen_by_its_authors_alone(town: Town) -> None:
    draft = town.proposal()
    assert town.li.get(f"/proposals/{draft}")["state"] == "draft"
    assert town.wang.refused(f"/proposals/{draft}", method="GET") == (404, "proposal_not_found")
    assert town.sun.refused(f"/proposals/{draft}/publish") == (404, "proposal_not_found")


def test_what_is_submitted_is_seen_by_reviewers_and_published_by_another_than_its_author(town: Town) -> None:
    mine = town.proposal("submit", by=town.sun)
    assert town.sun.refused(f"/proposals/{mine}/publish") == (409, "author_never_reviews")
    assert town.wang.refused(f"/proposals/{mine}", method="GET") == (404, "proposal_not_found")
    theirs = town.proposal("submit")
    assert town.sun.post(f"/proposals/{theirs}/publish")["state"] == "published"
    assert town.wang.get(f"/proposals/{theirs}")["title"] == DRAFT["title"]


def test_who_has_left_the_authors_reviews_as_little_as_before(town: Town) -> None:
    mine = town.proposal(by=town.sun)
    town.sun.post(f"/proposals/{mine}/authors", {"person_id": "per_wang"})
    town.wang.post(f"/proposals/{mine}/authors/accept")
    town.sun.post(f"/proposals/{mine}/authors/leave")
    town.wang.post(f"/proposals/{mine}/submit")
    assert town.sun.refused(f"/proposals/{mine}/publish") == (409, "author_never_reviews")


def test_who_was_one_of_the_authors_for_a_while_reviews_nothing_and_who_declined_does(town: Town) -> None:
    theirs, declined = town.proposal(), town.proposal()
    for proposal, word in ((theirs, "accept"), (declined, "leave")):
        town.li.post(f"/proposals/{proposal}/authors", {"person_id": "per_sun"})
        town.sun.post(f"/proposals/{proposal}/authors/{word}")
    town.sun.post(f"/proposals/{theirs}/authors/leave")
    for proposal in (theirs, declined):
        town.li.post(f"/proposals/{proposal}/submit")
    assert town.sun.refused(f"/proposals/{theirs}/publish") == (409, "author_never_reviews")
    assert town.sun.post(f"/proposals/{declined}/publish")["state"] == "published"


def test_a_return_gives_a_reason_and_the_authors_submit_again(town: Town) -> None:
    proposal = town.proposal("submit")
    assert town.sun.refused(f"/proposals/{proposal}/return") == (422, "reason_required")
    for unread, code in (
        ("\u200b", "text_invisible_character"),
        ("\u2800", "text_empty"),
        ("甲\u202e", "text_direction_override"),
    ):
        assert town.sun.refused(f"/proposals/{proposal}/return", {"reason": unread}) == (422, code)
    town.sun.post(f"/proposals/{proposal}/return", {"reason": "请写明费用"})
    town.li.post(f"/proposals/{proposal}/submit")
    assert states(town, proposal) == [
        ("drafted", None, "draft"),
        ("submitted", "draft", "submitted"),
        ("returned", "submitted", "returned"),
        ("submitted", "returned", "submitted"),
    ]


def test_every_action_is_offered_with_the_reason_against_it(town: Town) -> None:
    proposal = town.proposal("submit")
    seen = allowed(town.sun.get(f"/proposals/{proposal}"))
    assert tuple(seen) == (*PROPOSAL.offered, *STANDING.offered)
    assert {action: reason for action, reason in seen.items() if reason != "wrong_state"} == {
        "invite": "authors_only",
        "accept_invitation": "not_invited",
        "leave": "not_among_authors",
        "publish": None,
        "return": None,
        "withdraw": "authors_only",
        "flag": "not_public_yet",
    }
    assert allowed(town.li.get(f"/proposals/{proposal}"))["publish"] == "role_missing"


def test_the_second_of_two_editors_is_told_and_loses_nothing(town: Town) -> None:
    proposal = town.published()
    read = town.li.get(f"/proposals/{proposal}")["etag"]
    first = town.li.ask("PATCH", f"/proposals/{proposal}", {"body": {"zh-CN": "甲"}}, **{"If-Match": read})
    second = {"body": {"zh-CN": "乙"}}
    assert first.status_code == 200
    assert town.li.refused(f"/proposals/{proposal}", second, "PATCH", **{"If-Match": read}) == (
        412,
        "precondition_failed",
    )
    assert town.li.refused(f"/proposals/{proposal}", second, "PATCH") == (428, "precondition_required")
    again = town.li.ask("PATCH", f"/proposals/{proposal}", second, **{"If-Match": first.json()["etag"]})
    assert again.json()["number"] == 3
    bodies = [one["body"]["zh-CN"] for one in town.wang.get(f"/proposals/{proposal}/versions")["items"]]
    assert bodies == ["一、现状\n\n二、建议", "甲", "乙"]


def test_two_versions_are_compared_by_paragraphs(town: Town) -> None:
    proposal = town.published(body={"zh-CN": "一\n\n二\n\n三"})
    changed = {"body": {"zh-CN": "一\n\n贰\n\n三\n\n四"}, "note": "改第二段", "minor": True}
    town.li.ask("PATCH", f"/proposals/{proposal}", changed, **{"If-Match": "*"})
    (found,) = town.wang.get(f"/proposals/{proposal}/diff?from=1&to=2")["languages"]
    assert found["steps"] == [
        {"kind": "equal", "old": ["一"], "new": ["一"]},
        {"kind": "replaced", "old": ["二"], "new": ["贰"]},
        {"kind": "equal", "old": ["三"], "new": ["三"]},
        {"kind": "added", "old": [], "new": ["四"]},
    ]
    assert town.wang.refused(f"/proposals/{proposal}/diff?from=1&to=9", method="GET") == (404, "version_not_found")


def test_a_dry_run_of_an_edit_leaves_no_version(town: Town) -> None:
    proposal = town.published()
    told = town.li.ask("PATCH", f"/proposals/{proposal}?dry_run=true", {"body": {"zh-CN": "x"}}, **{"If-Match": "*"})
    assert told.json()["number"] == 2
    assert town.li.get(f"/proposals/{proposal}")["number"] == 1


def test_authors_are_asked_and_become_authors_by_their_own_word(town: Town) -> None:
    proposal = town.proposal()
    asked = town.li.post(f"/proposals/{proposal}/authors", {"person_id": "per_wang"})
    assert [author["state"] for author in asked["authors"]] == ["accepted", "invited"]
    assert town.wang.refused(f"/proposals/{proposal}/submit") == (409, "authors_only")
    town.wang.post(f"/proposals/{proposal}/authors/accept")
    town.li.post(f"/proposals/{proposal}/authors/leave")
    assert town.wang.refused(f"/proposals/{proposal}/authors/leave") == (409, "last_author")
    assert town.wang.post(f"/proposals/{proposal}/submit")["state"] == "submitted"
    assert town.li.refused(f"/proposals/{proposal}", method="GET") == (404, "proposal_not_found")


def test_who_was_only_asked_is_named_to_the_authors_alone(town: Town) -> None:
    proposal = town.published()
    town.li.post(f"/proposals/{proposal}/authors", {"person_id": "per_zhou"})

    def named(who: Caller, path: str = f"/proposals/{proposal}") -> list[str]:
        return [author["person_id"] for author in who.get(path)["authors"]]

    assert named(town.li) == named(town.zhou) == ["per_li", "per_zhou"]
    assert named(town.wang) == named(town.sun) == ["per_li"]
    listed = town.wang.get(f"{PROPOSALS}?order=newest&limit=1")["items"]
    assert [author["person_id"] for author in listed[0]["authors"]] == ["per_li"]


def test_an_erased_version_is_repeated_by_no_answer(town: Town) -> None:
    key = {"Idempotency-Key": "key-of-a-draft"}
    proposal = town.li.post(PROPOSALS, DRAFT, **key)["id"]
    town.li.post(f"/proposals/{proposal}/submit")
    town.sun.post(f"/proposals/{proposal}/versions/1/erase", {"reason": "含他人电话"})
    assert town.li.post(PROPOSALS, DRAFT, **key)["id"] != proposal


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"title": {"zh-CN": "\u202e"}}, "text_direction_override"),
        ({"body": {"en": "x"}}, "languages_differ"),
        ({"body": {"zh-CN": "一\n\n" * 401}}, "too_many_paragraphs"),
        ({"title": {"zh-CN": "长" * 201}}, "text_too_long"),
        ({"building_id": "bld_9"}, "place_not_here"),
        ({"building_id": "bld_1", "unit_id": "unt_1"}, "one_scope_only"),
        ({"location": {"type": "Point", "coordinates": [181, 0]}}, "out_of_bounds"),
    ],
)
def test_a_draft_that_cannot_be_kept_is_refused_by_name(town: Town, members: dict[str, Any], code: str) -> None:
    assert town.li.refused(PROPOSALS, DRAFT | members) == (422, code)


def test_markup_and_emoji_come_back_byte_for_byte_in_nfc(town: Town) -> None:
    body = "<script>alert(1)</script> e\u0301 👩🏽‍⚕️ 👨‍👩‍👧‍👦"
    proposal = town.proposal(body={"zh-CN": body})
    answer = town.li.ask("GET", f"/proposals/{proposal}")
    assert answer.json()["body"]["zh-CN"].encode() == unicodedata.normalize("NFC", body).encode()
    assert answer.headers["content-type"] == "application/json"


def test_a_place_is_told_in_both_datums(town: Town) -> None:
    place = {"type": "Point", "coordinates": [116.404, 39.915]}
    proposal = town.published(location=place)
    assert town.wang.get(f"/proposals/{proposal}")["location"] == place
    shifted = town.wang.get(f"/proposals/{proposal}?crs=gcj02")
    assert (shifted["crs"], shifted["location"]["coordinates"]) == ("gcj02", [116.4102445, 39.9164043])
    listed = {one["id"]: one for one in town.wang.get("/communities/com_1/proposals?crs=gcj02&limit=200")["items"]}
    assert (listed[proposal]["crs"], listed[proposal]["location"]) == (shifted["crs"], shifted["location"])
    assert town.wang.refused(f"/proposals/{proposal}?crs=bd09", method="GET")[0] == 422


def test_the_list_is_filtered_and_paged_in_both_orders(town: Town) -> None:
    made = [town.published(category="灯", unit_id="unt_2") for _ in range(3)]
    hidden = town.proposal(category="灯")
    where = f"{PROPOSALS}?category=灯&limit=2"
    first = town.wang.get(where)
    second = town.wang.get(f"{where}&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["items"] + second["items"]] == made
    newest = town.li.get(f"{PROPOSALS}?category=灯&order=newest&limit=50")["items"]
    assert [one["id"] for one in newest] == [hidden, *reversed(made)]
    assert town.wang.get(f"{PROPOSALS}?state=draft")["items"] == []
    assert {one["scope"] for one in town.wang.get(f"{PROPOSALS}?unit_id=unt_2")["items"]} == {"unit"}
    assert town.wang.get(f"{PROPOSALS}?author_id=per_zhao")["items"] == []


def journal_of(town: Town, proposal: str) -> list[journal_entries.Moved]:
    """The entries of the community's signed journal that are about a proposal."""
    town.published()
    town.service.app.state.services.sequencer.flush("com_1")
    with reader(town.service.engine) as session:
        size = logs.get(session, "com_1").signed_size
        found = [journal_entries.parse(entry) for entry in storage.entries(session, "com_1", 0, size)]
    return [one for one in found if isinstance(one, Moved) and one.subject.id == proposal]


def test_a_made_up_cursor_is_refused_by_lists_sorted_by_numbers(town: Town) -> None:
    proposal = town.published()
    for path, filters, key in (
        (f"/proposals/{proposal}/versions", "", ("x",)),
        ("/communities/com_1/search", "q=车棚", (1,)),
        ("/communities/com_1/search", "q=车棚", ("a", "b", "c")),
    ):
        listed = f"/v1{path}?{urlencode(parse_qsl(filters))}"
        cursor = paging.encode(key, listed)
        refused = town.wang.refused(f"{path}?{filters}&cursor={cursor}", method="GET")
        assert refused == (422, "cursor_invalid")


def test_the_journal_holds_public_moves_and_of_the_text_a_salted_hash(town: Town) -> None:
    proposal = town.published()
    town.li.ask("PATCH", f"/proposals/{proposal}", {"body": {"zh-CN": "甲"}}, **{"If-Match": "*"})
    entries = journal_of(town, proposal)
    assert [entry.what for entry in entries] == ["published", "edited"]
    first, second = town.wang.get(f"/proposals/{proposal}/versions")["items"]
    for entry, version in zip(entries, (first, second), strict=True):
        document = canonical.encode({"body": version["body"], "title": version["title"]}).decode()
        assert entry.text == journal_entries.text_hash(bytes.fromhex(version["salt"]), document)


def test_what_is_withdrawn_before_anybody_knew_of_it_leaves_no_entry(town: Town) -> None:
    assert journal_of(town, town.proposal("withdraw")) == []
    assert [entry.what for entry in journal_of(town, town.proposal("submit", "publish", "withdraw"))] == [
        "published",
        "withdrawn",
    ]


def test_no_author_erases_what_was_read(town: Town) -> None:
    proposal = town.published()
    town.li.post(f"/proposals/{proposal}/authors", {"person_id": "per_sun"})
    town.sun.post(f"/proposals/{proposal}/authors/accept")
    path = f"/proposals/{proposal}/versions/1/erase"
    assert town.sun.refused(path, {"reason": "r"}) == (409, "author_never_reviews")


def test_an_erased_version_is_gone_and_the_journal_is_as_it_was(town: Town) -> None:
    proposal = town.published()
    town.li.ask("PATCH", f"/proposals/{proposal}", {"body": {"zh-CN": "甲"}}, **{"If-Match": "*"})
    before = journal_of(town, proposal)
    path = f"/proposals/{proposal}/versions/1/erase"
    assert town.wang.refused(path, {"reason": "r"}) == (403, "role_missing")
    gone = town.sun.post(path, {"reason": "含他人电话"})
    assert (gone["title"], gone["body"], gone["salt"]) == ({}, {}, None)
    assert town.sun.refused(path, {"reason": "r"}) == (409, "version_erased_already")
    after = journal_of(town, proposal)
    assert after[:2] == before
    assert after[2].text == before[0].text == bytes.fromhex(gone["text_hash"])

    with reader(town.service.engine) as session:
        row = session.get_one(ProposalVersion, (proposal, 1))
        assert (row.title, row.body, row.note, row.salt) == ({}, {}, None, None)
