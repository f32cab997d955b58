"""Minutes over HTTP: drafted, published, corrected by two at once, erased, talked about, found."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from api.schemas.minutes import MinutesOut, MinutesVersionOut
from tests.deliberation.test_comment_hostile import KEPT, REFUSED
from tests.programme.conftest import REASON, Hall, allowed
from voting.core.activities import MINUTES
from voting.core.evidence import canonical, journal_entries
from voting.programme.tables import Minutes, MinutesVersion
from voting.store import reader

CHANGED = {"zh-CN": "一、到会\n\n二、议定（更正）"}


def patch(hall: Hall, minutes: str, body: Any, etag: str = "*", **members: Any) -> Any:
    return hall.sun.ask("PATCH", f"/minutes/{minutes}", {"body": body} | members, **{"If-Match": etag})


def found(hall: Hall, query: str) -> list[Any]:
    return list(hall.zhao.get(f"/communities/com_1/search?q={query}&kind=minutes")["items"])


def talk(minutes: str) -> str:
    return f"/threads/minutes/{minutes}/comments"


def test_a_stranger_is_asked_who_they_are(hall: Hall) -> None:
    assert hall.service.request("GET", f"/v1/minutes/{hall.minutes()}").status_code == 401


def test_a_draft_is_read_by_those_who_organise_alone(hall: Hall) -> None:
    activity = hall.activity("hold")
    minutes = hall.minutes(activity=activity)
    for path in ("", "/versions", "/diff?from=1&to=1", "/events"):
        assert hall.wang.refused(f"/minutes/{minutes}{path}", method="GET") == (404, "minutes_not_found")
    assert hall.wang.refused(talk(minutes), method="GET") == (404, "thread_not_found")
    assert hall.wang.get(f"/activities/{activity}")["minutes_id"] is None
    assert hall.sun.get(f"/activities/{activity}")["minutes_id"] == minutes
    hall.sun.post(f"/minutes/{minutes}/publish")
    assert hall.wang.get(f"/activities/{activity}")["minutes_id"] == minutes
    listed = hall.wang.get("/communities/com_1/activities?order=latest")["items"]
    assert minutes in {one["minutes_id"] for one in listed}
    assert hall.far.refused(f"/minutes/{minutes}", method="GET") == (404, "minutes_not_found")


def test_an_activity_has_one_set_of_minutes_after_it_took_place(hall: Hall) -> None:
    early, activity = hall.activity(), hall.activity("hold")
    said = {"body": {"en": "x"}}
    assert hall.sun.refused(f"/activities/{early}/minutes", said) == (409, "illegal_move")
    assert hall.wang.refused(f"/activities/{activity}/minutes", said) == (403, "role_missing")
    hall.minutes(activity=activity)
    assert hall.sun.refused(f"/activities/{activity}/minutes", said) == (409, "minutes_exist")
    assert hall.sun.refused(f"/activities/{activity}/close") == (409, "minutes_unpublished")


def test_what_is_published_is_corrected_with_a_reason_and_what_it_said_stays(hall: Hall) -> None:
    minutes = hall.minutes()
    assert patch(hall, minutes, {"zh-CN": "草稿二"}).status_code == 200
    hall.sun.post(f"/minutes/{minutes}/publish")
    assert patch(hall, minutes, CHANGED).json()["errors"][0]["code"] == "reason_required"
    corrected = patch(hall, minutes, CHANGED, **REASON).json()
    assert (corrected["state"], corrected["number"], corrected["published_number"]) == ("published", 3, 2)
    assert corrected["reason"] == REASON["reason"]
    told = hall.wang.get(f"/minutes/{minutes}/versions")["items"]
    assert [(one["number"], one["body"]["zh-CN"]) for one in told] == [(2, "草稿二"), (3, CHANGED["zh-CN"])]
    assert len(hall.sun.get(f"/minutes/{minutes}/versions")["items"]) == 3
    assert hall.wang.refused(f"/minutes/{minutes}/diff?from=1&to=3", method="GET") == (404, "minutes_version_not_found")
    assert patch(hall, minutes, CHANGED, **REASON).json()["number"] == 3


def test_a_comparison_goes_by_paragraphs(hall: Hall) -> None:
    minutes = hall.minutes("publish")
    patch(hall, minutes, CHANGED | {"en": "One"}, **REASON)
    told = hall.wang.get(f"/minutes/{minutes}/diff?from=1&to=2")
    english, chinese = told["languages"]
    assert (english["locale"], english["steps"]) == ("en", [{"kind": "added", "old": [], "new": ["One"]}])
    assert [step["kind"] for step in chinese["steps"]] == ["equal", "replaced"]


def test_of_two_who_correct_the_second_loses_nothing(hall: Hall) -> None:
    minutes = hall.minutes("publish")
    etag = hall.sun.get(f"/minutes/{minutes}")["etag"]
    assert hall.sun.ask("PATCH", f"/minutes/{minutes}", {"body": CHANGED} | REASON).status_code == 428
    assert patch(hall, minutes, CHANGED, etag, **REASON).status_code == 200
    assert patch(hall, minutes, {"en": "y"}, etag, **REASON).status_code == 412
    assert hall.wang.get(f"/minutes/{minutes}")["body"] == CHANGED


def test_a_resident_reads_and_changes_nothing(hall: Hall) -> None:
    minutes = hall.minutes("publish")
    told = hall.wang.get(f"/minutes/{minutes}")
    assert tuple(allowed(told)) == MINUTES.offered
    assert set(allowed(told).values()) == {"role_missing"}
    answer = hall.wang.ask("PATCH", f"/minutes/{minutes}", {"body": CHANGED} | REASON, **{"If-Match": "*"})
    assert answer.status_code == 403
    assert hall.wang.refused(f"/minutes/{minutes}/versions/1/erase", REASON) == (403, "role_missing")


def test_a_dry_run_leaves_nothing_and_a_key_makes_one(hall: Hall) -> None:
    activity = hall.activity("hold")
    told = hall.sun.post(f"/activities/{activity}/minutes?dry_run=true", {"body": {"en": "x"}})
    assert hall.sun.refused(f"/minutes/{told['id']}", method="GET")[0] == 404
    key = {"Idempotency-Key": "4b1d3ae0-minutes"}
    first, second = (hall.sun.post(f"/activities/{activity}/minutes", {"body": {"en": "x"}}, **key) for _ in range(2))
    assert first["id"] == second["id"]


def test_the_journal_holds_what_was_published_as_salted_hashes(hall: Hall) -> None:
    minutes = hall.minutes("publish")
    patch(hall, minutes, CHANGED, **REASON)
    entries = hall.journal_of(minutes)
    assert [one.what for one in entries] == ["published", "corrected"]
    for entry, version in zip(entries, hall.wang.get(f"/minutes/{minutes}/versions")["items"], strict=True):
        document = canonical.encode({"body": version["body"]}).decode()
        assert entry.text == journal_entries.text_hash(bytes.fromhex(version["salt"]), document)
    assert [one["kind"] for one in hall.zhou.get(f"/minutes/{minutes}/events")["items"]] == [
        *("drafted", "published", "corrected"),
    ]


def test_an_erased_version_is_gone_and_the_journal_is_as_it_was(hall: Hall) -> None:
    minutes = hall.minutes("publish", body={"zh-CN": "张三电话一三八"})
    before = hall.journal_of(minutes)
    path = f"/minutes/{minutes}/versions/1/erase"
    assert hall.sun.refused(path) == (422, "reason_required")
    gone = hall.sun.post(path, REASON)
    assert (gone["body"], gone["salt"]) == ({}, None)
    assert hall.sun.refused(path, REASON) == (409, "version_erased_already")
    after = hall.journal_of(minutes)
    assert after[:1] == before
    assert after[1].text == before[0].text == bytes.fromhex(gone["text_hash"])
    assert hall.wang.get(f"/minutes/{minutes}")["erased"] is True
    with reader(hall.service.engine) as session:
        row = session.get_one(MinutesVersion, (minutes, 1))
        assert (row.body, row.salt) == ({}, None)
    assert patch(hall, minutes, CHANGED, **REASON).json()["erased"] is False


def test_an_erased_draft_is_not_published(hall: Hall) -> None:
    minutes = hall.minutes()
    hall.sun.post(f"/minutes/{minutes}/versions/1/erase", REASON)
    assert hall.sun.refused(f"/minutes/{minutes}/publish") == (409, "text_erased_already")


def test_minutes_are_found_from_their_publication_on_by_what_they_say_now(hall: Hall) -> None:
    minutes = hall.minutes(body={"zh-CN": "岗亭搬迁"}, title={"zh-CN": "门禁议事会"})
    assert found(hall, "岗亭") == []
    hall.sun.post(f"/minutes/{minutes}/publish")
    (hit,) = found(hall, "岗亭")
    assert (hit["id"], hit["href"], hit["title"]) == (minutes, f"/v1/minutes/{minutes}", {"zh-CN": "门禁议事会"})
    patch(hall, minutes, {"zh-CN": "栅栏加高"}, **REASON)
    assert (found(hall, "岗亭"), len(found(hall, "栅栏")), found(hall, "门禁")[0]["in_title"]) == ([], 1, True)
    hall.sun.post(f"/activities/{hit['about_id']}/erase", REASON)
    assert (found(hall, "门禁"), len(found(hall, "栅栏"))) == ([], 1)
    hall.sun.post(f"/minutes/{minutes}/versions/2/erase", REASON)
    assert found(hall, "栅栏") == []


def test_published_minutes_have_a_thread(hall: Hall) -> None:
    minutes = hall.minutes("publish", unit_id="unt_2")
    said = hall.wang.post(talk(minutes), {"text": "第二条有误"})
    hall.sun.post(talk(minutes), {"text": "已更正", "parent_id": said["id"]})
    items = hall.zhao.get(f"{talk(minutes)}?sort=tree")["items"]
    assert [(one["thread_kind"], one["thread_id"]) for one in items] == [("minutes", minutes)] * 2
    assert hall.far.refused(talk(minutes), method="GET") == (404, "thread_not_found")
    assert hall.zhao.post(f"/comments/{said['id']}/flag", {"rule_id": "abuse"})["state"] == "flagged"


@pytest.mark.parametrize("name", KEPT)
def test_text_that_is_kept_comes_back_as_it_was(hall: Hall, name: str) -> None:
    minutes = hall.minutes("publish", body={"und": KEPT[name]})
    told = hall.wang.get(f"/minutes/{minutes}")["body"]["und"]
    assert told.encode() == unicodedata.normalize("NFC", KEPT[name]).encode()


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in ("half a surrogate", "too long")])
def test_text_that_is_refused_is_refused_by_name(hall: Hall, name: str) -> None:
    text, code = REFUSED[name]
    status, told = hall.sun.refused(f"/activities/{hall.activity('hold')}/minutes", {"body": {"en": text}})
    assert (status, told) in ((422, code), (422, "too_long"))


def test_more_than_can_be_compared_is_refused(hall: Hall) -> None:
    activity = hall.activity("hold")
    long, many = "长" * 50_001, "\n\n".join("a" * 401)
    for body, code in ((long, "text_too_long"), (many, "too_many_paragraphs")):
        assert hall.sun.refused(f"/activities/{activity}/minutes", {"body": {"en": body}}) == (422, code)


def test_every_column_is_shown() -> None:
    assert set(Minutes.model_fields) - set(MinutesOut.model_fields) == {"version"}
    assert set(MinutesVersion.model_fields) - set(MinutesVersionOut.model_fields) == {"community_id"}
