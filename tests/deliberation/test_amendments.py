"""Amendments over HTTP: accepted into a new version, rejected with a reason, promoted, outdated by another edit."""

from __future__ import annotations

from typing import Any

from tests.deliberation.conftest import Town
from voting.core.evidence import canonical, journal_entries

BODY = {"zh-CN": "一\n\n二\n\n三"}
CHANGE = {"base": 1, "locale": "zh-CN", "action": "replace", "paragraph": 2, "text": "贰", "why": "更准确"}


def amended(town: Town, proposal: str, **members: Any) -> str:
    return str(town.wang.post(f"/proposals/{proposal}/amendments", CHANGE | members)["id"])


def body_of(town: Town, proposal: str) -> str:
    return str(town.li.get(f"/proposals/{proposal}")["body"]["zh-CN"])


def test_an_accepted_amendment_is_a_new_version(town: Town) -> None:
    proposal = town.published(body=BODY)
    amendment = amended(town, proposal)
    assert town.zhao.refused(f"/amendments/{amendment}/accept") == (409, "amended_by_authors")
    assert town.li.post(f"/amendments/{amendment}/accept", {"minor": True})["number"] == 2
    assert body_of(town, proposal) == "一\n\n贰\n\n三"
    assert town.li.refused(f"/amendments/{amendment}/accept") == (409, "illegal_move")


def test_the_journal_can_be_checked_against_the_amendment(town: Town) -> None:
    seen = town.wang.post(f"/proposals/{town.published(body=BODY)}/amendments", CHANGE)
    document = canonical.encode({"text": "贰", "why": "更准确"}).decode()
    assert journal_entries.text_hash(bytes.fromhex(seen["salt"]), document).hex() == seen["text_hash"]


def test_an_amendment_fits_a_later_version_that_left_its_paragraph_alone(town: Town) -> None:
    proposal = town.published(body=BODY)
    first, second, third = (
        amended(town, proposal),
        amended(town, proposal, text="弍"),
        amended(town, proposal, paragraph=3),
    )
    town.li.ask("PATCH", f"/proposals/{proposal}", {"body": {"zh-CN": "零\n\n一\n\n二\n\n三"}}, **{"If-Match": "*"})
    town.li.post(f"/amendments/{first}/accept")
    assert town.li.refused(f"/amendments/{second}/accept") == (409, "amendment_outdated")
    town.li.post(f"/amendments/{third}/accept")
    assert body_of(town, proposal) == "零\n\n一\n\n贰\n\n贰"


def test_a_rejected_amendment_may_become_a_proposal_of_its_own(town: Town) -> None:
    proposal = town.published(body=BODY, category="车棚")
    amendment = amended(town, proposal, action="delete", text=None)
    assert town.li.refused(f"/amendments/{amendment}/reject") == (422, "reason_required")
    assert town.li.post(f"/amendments/{amendment}/reject", {"reason": "不妥"})["decision"] == "不妥"
    assert town.li.refused(f"/amendments/{amendment}/promote") == (409, "amender_only")
    child = town.wang.post(f"/amendments/{amendment}/promote")["promoted_id"]
    made = town.wang.get(f"/proposals/{child}")
    assert (made["state"], made["body"], made["category"]) == ("draft", {"zh-CN": "一\n\n三"}, "车棚")
    assert [one["person_id"] for one in made["authors"]] == ["per_wang"]
    (tie,) = town.wang.get(f"/proposals/{child}/lineage")["parents"]
    assert (tie["parent_id"], tie["kind"]) == (proposal, "promoted_from")
    assert town.li.get(f"/proposals/{proposal}/lineage")["children"] == []
    listed = town.li.get(f"/proposals/{proposal}/amendments")["items"]
    assert town.li.get(f"/amendments/{amendment}")["promoted_id"] is listed[0]["promoted_id"] is None
    town.wang.post(f"/proposals/{child}/submit")
    town.sun.post(f"/proposals/{child}/publish")
    assert town.li.get(f"/proposals/{proposal}/amendments")["items"][0]["promoted_id"] == child
    assert [tie["child_id"] for tie in town.li.get(f"/proposals/{proposal}/lineage")["children"]] == [child]


def test_no_author_of_a_proposal_erases_an_amendment_to_it(town: Town) -> None:
    proposal = town.published(body=BODY)
    amendment = amended(town, proposal)
    town.li.post(f"/proposals/{proposal}/authors", {"person_id": "per_sun"})
    town.sun.post(f"/proposals/{proposal}/authors/accept")
    assert town.sun.refused(f"/amendments/{amendment}/erase", {"reason": "r"}) == (409, "author_never_reviews")


def test_an_amendment_names_what_is_there(town: Town) -> None:
    path = f"/proposals/{town.published(body=BODY)}/amendments"
    assert town.wang.refused(path, CHANGE | {"base": 2}) == (422, "version_not_there")
    assert town.wang.refused(path, CHANGE | {"locale": "en"}) == (422, "language_not_there")
    assert town.wang.refused(path, CHANGE | {"paragraph": 4}) == (422, "paragraph_not_there")
    assert town.wang.refused(path, CHANGE | {"action": "delete"}) == (422, "amendment_text_unclear")
    assert town.wang.refused(path, CHANGE | {"text": "\u202e"}) == (422, "text_direction_override")
    assert town.li.refused(path, CHANGE) == (409, "author_edits_instead")


def test_amendments_are_listed_by_state_and_end_with_the_text(town: Town) -> None:
    proposal = town.published(body=BODY)
    first, second = amended(town, proposal), amended(town, proposal, paragraph=1)
    town.wang.post(f"/amendments/{first}/take_back")
    assert [one["id"] for one in town.zhao.get(f"/proposals/{proposal}/amendments?state=proposed")["items"]] == [second]
    assert town.far.refused(f"/amendments/{second}", method="GET") == (404, "amendment_not_found")
    town.li.post(f"/proposals/{proposal}/withdraw", {"reason": "r"})
    assert town.li.refused(f"/amendments/{second}/accept") == (409, "proposal_text_final")


def test_an_erased_amendment_keeps_its_place_and_hash_and_is_accepted_no_more(town: Town) -> None:
    proposal = town.published(body=BODY)
    amendment = amended(town, proposal)
    path = f"/amendments/{amendment}/erase"
    assert town.li.refused(path, {"reason": "r"}) == (403, "role_missing")
    assert town.sun.refused(path) == (422, "reason_required")
    before = town.li.get(f"/amendments/{amendment}")
    gone = town.sun.post(path, {"reason": "含他人电话"})
    assert [gone[name] for name in ("erased", "text", "why", "salt")] == [True, None, None, None]
    assert [gone[name] for name in ("state", "text_hash")] == ["proposed", before["text_hash"]]
    assert town.sun.refused(path, {"reason": "r"}) == (409, "amendment_erased_already")
    assert town.li.refused(f"/amendments/{amendment}/accept") == (409, "amendment_erased")
    assert town.wang.refused(f"/amendments/{amendment}/promote") == (409, "amendment_erased")
    assert town.wang.post(f"/amendments/{amendment}/take_back")["state"] == "taken_back"
