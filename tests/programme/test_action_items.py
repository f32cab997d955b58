"""Action items over HTTP: added, given to others, done, dropped, opened again, erased."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from api.schemas.action_items import ActionItemOut
from tests.deliberation.test_comment_hostile import KEPT, REFUSED
from tests.programme.conftest import REASON, Hall, allowed
from voting.core.action_items import ACTION_ITEM
from voting.core.evidence import journal_entries
from voting.programme.tables import ActionItem

ITEMS = "/communities/com_1/action-items"
DRAFT = {"text": "在南门划出消防通道", "due_on": "2026-04-01", "responsible_person_id": "per_wang"}


def item(hall: Hall, activity: str | None = None, **members: Any) -> str:
    """An item of an activity that took place, to be done by Wang."""
    about = activity or hall.activity("hold")
    return str(hall.sun.post(f"/activities/{about}/action-items", DRAFT | members)["id"])


def patch(hall: Hall, identifier: str, body: Any, etag: str = "*") -> Any:
    return hall.sun.ask("PATCH", f"/action-items/{identifier}", body, **{"If-Match": etag})


def test_a_stranger_and_another_community_see_nothing(hall: Hall) -> None:
    made = item(hall)
    assert hall.service.request("GET", f"/v1/action-items/{made}").status_code == 401
    assert hall.far.refused(f"/action-items/{made}", method="GET") == (404, "action_item_not_found")
    assert hall.far.refused(ITEMS, method="GET") == (404, "community_not_found")


def test_items_come_of_activities_that_took_place(hall: Hall) -> None:
    early = hall.activity()
    assert hall.sun.refused(f"/activities/{early}/action-items", DRAFT) == (409, "illegal_move")
    held = hall.activity("hold")
    assert hall.wang.refused(f"/activities/{held}/action-items", DRAFT) == (403, "role_missing")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"responsible_person_id": None}, "one_responsible"),
        ({"responsible_role": "teller"}, "one_responsible"),
        ({"responsible_person_id": None, "responsible_role": "king"}, "not_one_of"),
        ({"responsible_person_id": "per_far"}, "person_not_found"),
        ({"text": "长" * 1001}, "text_too_long"),
        ({"due_on": "2026-02-30"}, "not_a_date"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(hall: Hall, members: dict[str, Any], code: str) -> None:
    refused = hall.sun.refused(f"/activities/{hall.activity('hold')}/action-items", DRAFT | members)
    assert refused == (422, code)


def test_whoever_is_responsible_says_that_it_is_done(hall: Hall) -> None:
    made = item(hall)
    mine, other = hall.wang.get(f"/action-items/{made}"), hall.li.get(f"/action-items/{made}")
    assert (mine["is_mine"], other["is_mine"]) == (True, False)
    assert tuple(allowed(mine)) == ACTION_ITEM.offered
    assert (allowed(mine)["complete"], allowed(other)["complete"]) == (None, "responsible_only")
    assert hall.li.refused(f"/action-items/{made}/complete") == (409, "responsible_only")
    assert hall.wang.post(f"/action-items/{made}/complete?dry_run=true")["state"] == "done"
    assert hall.wang.post(f"/action-items/{made}/complete")["state"] == "done"
    assert hall.wang.refused(f"/action-items/{made}/reopen", REASON) == (403, "role_missing")


def test_a_role_is_responsible_for_whoever_has_it(hall: Hall) -> None:
    made = item(hall, responsible_person_id=None, responsible_role="auditor")
    assert hall.zhou.get(f"/action-items/{made}")["is_mine"] is True
    assert hall.zhou.post(f"/action-items/{made}/complete")["state"] == "done"


def test_an_item_is_given_to_somebody_else_and_says_what_it_said(hall: Hall) -> None:
    made = item(hall)
    etag = hall.sun.get(f"/action-items/{made}")["etag"]
    assert hall.sun.ask("PATCH", f"/action-items/{made}", {"due_on": "2026-05-01"}).status_code == 428
    assert patch(hall, made, {"due_on": "2026-05-01"}, etag).json()["responsible_person_id"] == "per_wang"
    assert patch(hall, made, {"due_on": "2026-06-01"}, etag).status_code == 412
    given = patch(hall, made, {"responsible_role": "property_manager"}).json()
    assert (given["responsible_person_id"], given["responsible_role"], given["due_on"]) == (
        *(None, "property_manager", "2026-05-01"),
    )
    assert patch(hall, made, {"text": "x"}).status_code == 422
    assert patch(hall, made, {"responsible_role": None}).json()["errors"][0]["code"] == "one_responsible"


def test_an_activity_is_closed_when_nothing_is_left_to_be_done(hall: Hall) -> None:
    activity = hall.activity("hold")
    done, dropped = item(hall, activity), item(hall, activity)
    assert hall.sun.refused(f"/activities/{activity}/close") == (409, "action_items_open")
    hall.sun.post(f"/action-items/{done}/complete")
    assert hall.sun.refused(f"/action-items/{dropped}/drop") == (422, "reason_required")
    assert hall.sun.post(f"/action-items/{dropped}/drop", REASON)["reason"] == REASON["reason"]
    assert hall.sun.post(f"/action-items/{dropped}/reopen", REASON)["state"] == "open"
    hall.sun.post(f"/action-items/{dropped}/drop", REASON)
    hall.sun.post(f"/activities/{activity}/close")
    assert hall.sun.refused(f"/action-items/{done}/reopen", REASON) == (409, "activity_closed")
    assert hall.sun.refused(f"/activities/{activity}/action-items", DRAFT) == (409, "illegal_move")
    moves = [one.what for one in hall.journal_of(dropped)]
    assert moves == ["added", "dropped", "reopened", "dropped"]


def test_a_list_narrows_and_pages(hall: Hall) -> None:
    activity = hall.activity("hold")
    made = [item(hall, activity, responsible_person_id="per_zhao") for _ in range(3)]
    hall.sun.post(f"/action-items/{made[0]}/complete")
    listed = f"{ITEMS}?activity_id={activity}"

    def ids(query: str, who: Any = hall.li) -> list[str]:
        return [one["id"] for one in who.get(f"{listed}{query}")["items"]]

    assert ids("") == made[::-1]
    assert ids("&state=done") == made[:1]
    assert (ids("&mine=true"), ids("&mine=true", hall.zhao)) == ([], made[::-1])
    assert ids("&responsible_role=teller") == []
    first = hall.li.get(f"{listed}&limit=2")
    second = hall.li.get(f"{listed}&limit=2&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_what_is_erased_is_gone_and_the_journal_is_as_it_was(hall: Hall) -> None:
    made = item(hall)
    told = hall.wang.get(f"/action-items/{made}")
    (before,) = hall.journal_of(made)
    assert before.text == journal_entries.text_hash(bytes.fromhex(told["salt"]), told["text"])
    assert hall.sun.refused(f"/action-items/{made}/erase") == (422, "reason_required")
    gone = hall.sun.post(f"/action-items/{made}/erase", REASON)
    assert (gone["text"], gone["salt"]) == (None, None)
    assert hall.sun.refused(f"/action-items/{made}/erase", REASON) == (409, "text_erased_already")
    after = hall.journal_of(made)
    assert (after[0], after[1].text) == (before, before.text)


def test_a_key_adds_once(hall: Hall) -> None:
    key, activity = {"Idempotency-Key": "4b1d3ae0-action"}, hall.activity("hold")
    first, second = (hall.sun.post(f"/activities/{activity}/action-items", DRAFT, **key) for _ in range(2))
    assert first["id"] == second["id"]


@pytest.mark.parametrize("name", KEPT)
def test_text_that_is_kept_comes_back_as_it_was(hall: Hall, name: str) -> None:
    told = hall.wang.get(f"/action-items/{item(hall, text=KEPT[name])}")
    assert told["text"].encode() == unicodedata.normalize("NFC", KEPT[name]).encode()


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "half a surrogate"])
def test_text_that_is_refused_is_refused_by_name(hall: Hall, name: str) -> None:
    text, code = REFUSED[name]
    status, told = hall.sun.refused(f"/activities/{hall.activity('hold')}/action-items", DRAFT | {"text": text})
    assert (status, told) in ((422, code), (422, "too_long"))


def test_every_column_is_shown() -> None:
    assert set(ActionItem.model_fields) - set(ActionItemOut.model_fields) == {"version"}
