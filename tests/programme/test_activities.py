"""Activities over HTTP: announced, changed by two at once, held, closed, cancelled, erased, and what others see of them."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from api.schemas.activities import ActivityOut
from tests.deliberation.test_comment_hostile import KEPT, REFUSED
from tests.programme.conftest import ACTIVITIES, REASON, Hall, allowed, draft, hours
from voting.core.activities import ACTIVITY
from voting.core.evidence import canonical, journal_entries
from voting.programme.tables import Activity

HASHED = ("building_id", "ends_at", "kind", "level", "place", "starts_at", "title", "unit_id")


def patch(hall: Hall, activity: str, body: dict[str, Any], etag: str = "*") -> Any:
    return hall.sun.ask("PATCH", f"/activities/{activity}", body, **{"If-Match": etag})


def seen(hall: Hall, activity: str) -> Any:
    return hall.wang.get(f"/activities/{activity}")


def test_a_stranger_is_asked_who_they_are(hall: Hall) -> None:
    assert hall.service.request("GET", f"/v1/activities/{hall.activity()}").status_code == 401


def test_another_community_finds_nothing(hall: Hall) -> None:
    assert hall.far.refused(f"/activities/{hall.activity()}", method="GET") == (404, "activity_not_found")
    assert hall.far.refused(ACTIVITIES, method="GET") == (404, "community_not_found")


def test_residents_read_what_officers_announce(hall: Hall) -> None:
    told = seen(hall, hall.activity(unit_id="unt_2"))
    assert (told["state"], told["title"], told["unit_id"]) == ("announced", {"zh-CN": "停车议事会"}, "unt_2")
    assert told["building_id"] is not None
    assert hall.wang.refused(ACTIVITIES, draft()) == (403, "role_missing")
    assert set(allowed(told).values()) == {"role_missing"}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"title": {"en": "a\u202eb"}}, "text_direction_override"),
        ({"title": {"en": "长" * 201}}, "text_too_long"),
        ({"kind": " "}, "text_empty"),
        ({"kind": "长" * 41}, "text_too_long"),
        ({"place": "长" * 201}, "text_too_long"),
        ({"level": 0}, "out_of_bounds"),
        ({"level": 6}, "out_of_bounds"),
        ({"ends_at": hours(-3)}, "ends_before_it_starts"),
        ({"building_id": "bld_9"}, "place_not_here"),
        ({"building_id": "bld_1", "unit_id": "unt_1"}, "one_scope_only"),
    ],
)
def test_what_cannot_be_announced_is_refused_by_name(hall: Hall, members: dict[str, Any], code: str) -> None:
    assert hall.sun.refused(ACTIVITIES, draft(**members)) == (422, code)


def test_every_action_is_offered_with_the_reason_against_it(hall: Hall) -> None:
    activity = hall.activity(starts_at=hours(1), ends_at=hours(2))
    offered = allowed(hall.sun.get(f"/activities/{activity}"))
    assert tuple(offered) == ACTIVITY.offered
    assert {name for name, reason in offered.items() if reason is None} == {"edit", "cancel"}
    assert (offered["hold"], offered["close"]) == ("activity_not_begun", "wrong_state")
    assert hall.sun.refused(f"/activities/{activity}/hold") == (409, "activity_not_begun")


def test_the_way_of_an_activity(hall: Hall) -> None:
    activity = hall.activity("hold")
    assert hall.sun.refused(f"/activities/{activity}/cancel", REASON) == (409, "illegal_move")
    assert hall.sun.post(f"/activities/{activity}/close?dry_run=true")["state"] == "closed"
    assert seen(hall, activity)["state"] == "held"
    assert hall.sun.post(f"/activities/{activity}/close")["state"] == "closed"
    assert [one.what for one in hall.journal_of(activity)] == ["announced", "held", "closed"]
    told = hall.zhou.get(f"/activities/{activity}/events")["items"]
    assert [one["kind"] for one in told] == ["announced", "held", "closed"]


def test_a_cancellation_says_why(hall: Hall) -> None:
    activity = hall.activity()
    assert hall.sun.refused(f"/activities/{activity}/cancel") == (422, "reason_required")
    hall.sun.post(f"/activities/{activity}/cancel", REASON)
    told = seen(hall, activity)
    assert (told["state"], told["reason"]) == ("cancelled", REASON["reason"])
    assert patch(hall, activity, {"level": 1}).status_code == 409


def test_of_two_who_edit_the_second_loses_nothing(hall: Hall) -> None:
    activity = hall.activity()
    etag = hall.sun.get(f"/activities/{activity}")["etag"]
    assert hall.sun.ask("PATCH", f"/activities/{activity}", {"level": 4}).status_code == 428
    assert patch(hall, activity, {"level": 4}, etag).status_code == 200
    assert patch(hall, activity, {"level": 5}, etag).status_code == 412
    assert seen(hall, activity)["level"] == 4


def test_an_edit_names_another_place_or_none(hall: Hall) -> None:
    activity = hall.activity(unit_id="unt_2")
    assert patch(hall, activity, {"place": None}).json()["unit_id"] == "unt_2"
    moved = patch(hall, activity, {"building_id": "bld_1"}).json()
    assert (moved["building_id"], moved["unit_id"], moved["place"]) == ("bld_1", None, None)
    before = len(hall.journal_of(activity))
    assert patch(hall, activity, {"building_id": "bld_1"}).status_code == 200
    assert len(hall.journal_of(activity)) == before


def test_a_key_announces_once(hall: Hall) -> None:
    key, said = {"Idempotency-Key": "4b1d3ae0-activity"}, draft()
    first, second = (hall.sun.post(ACTIVITIES, said, **key) for _ in range(2))
    assert first["id"] == second["id"]


def test_the_journal_holds_a_salted_hash_of_what_was_announced(hall: Hall) -> None:
    activity = hall.activity(unit_id="unt_2")
    told = patch(hall, activity, {"title": {"en": "Parking"}, "place": None}).json()
    document = canonical.encode({name: told[name] for name in HASHED if told[name] is not None}).decode()
    hashed = journal_entries.text_hash(bytes.fromhex(told["salt"]), document)
    assert [one.text for one in hall.journal_of(activity)][1] == hashed == bytes.fromhex(told["text_hash"])


def test_what_is_erased_is_gone_and_the_journal_is_as_it_was(hall: Hall) -> None:
    activity = hall.activity()
    before = hall.journal_of(activity)
    assert hall.wang.refused(f"/activities/{activity}/erase", REASON) == (403, "role_missing")
    assert hall.sun.refused(f"/activities/{activity}/erase") == (422, "reason_required")
    gone = hall.sun.post(f"/activities/{activity}/erase", REASON)
    assert (gone["title"], gone["place"], gone["salt"]) == ({}, None, None)
    assert hall.sun.refused(f"/activities/{activity}/erase", REASON) == (409, "text_erased_already")
    assert patch(hall, activity, {"level": 1}).json()["code"] == "text_erased_already"
    after = hall.journal_of(activity)
    assert after[:1] == before
    assert after[1].text == before[0].text


def test_an_erased_activity_is_repeated_by_no_answer(hall: Hall) -> None:
    key, announced = {"Idempotency-Key": "key-of-an-activity"}, draft()
    activity = hall.sun.post(ACTIVITIES, announced, **key)["id"]
    assert hall.sun.post(ACTIVITIES, announced, **key)["id"] == activity
    hall.sun.post(f"/activities/{activity}/erase", REASON)
    assert hall.sun.post(ACTIVITIES, announced, **key)["id"] != activity


def test_a_list_goes_by_beginnings_and_narrows(hall: Hall) -> None:
    made = [hall.activity(kind="列表", starts_at=hours(-n), ends_at=hours(0)) for n in (3, 2, 2, 1)]
    hall.sun.post(f"/activities/{made[0]}/hold")
    listed = f"{ACTIVITIES}?kind=列表"

    def ids(query: str) -> list[str]:
        return [one["id"] for one in hall.li.get(f"{listed}{query}")["items"]]

    earliest = ids("&order=earliest")
    assert (earliest[0], earliest[3], set(earliest)) == (made[0], made[3], set(made))
    assert ids("") == earliest[::-1]
    assert ids("&state=held") == [made[0]]
    assert ids("&building_id=bld_1") == []
    for order in ("earliest", "latest"):
        first = hall.li.get(f"{listed}&order={order}&limit=2")
        second = hall.li.get(f"{listed}&order={order}&limit=2&cursor={first['next_cursor']}")
        assert [one["id"] for one in first["items"] + second["items"]] == ids(f"&order={order}")
        assert second["next_cursor"] is None


def test_a_list_is_answered_only_when_it_has_changed(hall: Hall) -> None:
    hall.activity(kind="等待")
    known = hall.li.get(f"{ACTIVITIES}?kind=等待")["etag"]
    assert hall.li.ask("GET", f"{ACTIVITIES}?kind=等待", **{"If-None-Match": known}).status_code == 304


@pytest.mark.parametrize("name", KEPT)
def test_text_that_is_kept_comes_back_as_it_was(hall: Hall, name: str) -> None:
    activity = hall.activity(place=KEPT[name])
    assert seen(hall, activity)["place"].encode() == unicodedata.normalize("NFC", KEPT[name]).encode()


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in ("half a surrogate", "nine marks")])
def test_text_that_is_refused_is_refused_by_name(hall: Hall, name: str) -> None:
    status, code = hall.sun.refused(ACTIVITIES, draft(place=REFUSED[name][0]))
    assert status == 422
    assert code in (REFUSED[name][1], "too_long")


@pytest.mark.parametrize("command", ACTIVITY.offered)
def test_every_move_has_a_route_that_its_action_names(hall: Hall, command: str) -> None:
    told = hall.sun.get(f"/activities/{hall.activity()}")
    (action,) = [one for one in told["allowed_actions"] if one["action"] == command]
    answer = hall.sun.ask(
        action["method"], action["href"].removeprefix("/v1") + "?dry_run=true", {}, **{"If-Match": "*"}
    )
    assert answer.status_code in (200, 409, 422)


def test_every_column_is_shown() -> None:
    assert set(Activity.model_fields) - set(ActivityOut.model_fields) == {"version"}
