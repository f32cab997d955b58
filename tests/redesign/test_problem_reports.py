"""Problem reports over HTTP: made, edited by two at once, dealt with, taken up again, and what others see of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.redesign.conftest import DRAFT, GATE, REASON, REPORTS, Street
from voting.core.evidence import canonical, journal_entries
from voting.core.evidence.journal_entries import Moved
from voting.core.problem_reports import REPORT
from voting.log import logs, storage
from voting.redesign.tables import ProblemReportVersion
from voting.store import reader


def allowed(seen: dict[str, Any]) -> dict[str, str | None]:
    """Action → the reason against it, or nothing."""
    return {one["action"]: one["reason"] for one in seen["allowed_actions"]}


def patch(street: Street, report: str, body: dict[str, Any], etag: str = "*") -> Any:
    return street.li.ask("PATCH", f"/problem-reports/{report}", body, **{"If-Match": etag})


def test_a_stranger_is_asked_who_they_are(street: Street) -> None:
    assert street.service.request("GET", f"/v1/problem-reports/{street.report()}").status_code == 401


def test_another_community_finds_nothing(street: Street) -> None:
    report = f"/problem-reports/{street.report()}"
    assert street.far.refused(report, method="GET") == (404, "problem_report_not_found")
    assert street.far.refused(REPORTS, method="GET") == (404, "community_not_found")
    assert street.far.refused(f"{report}/confirm") == (404, "problem_report_not_found")


def test_a_report_is_read_by_everybody_and_its_reporter_known_to_those_who_deal_with_it(street: Street) -> None:
    report = street.report(building_id="bld_1")
    mine, theirs = street.seen(report, street.li), street.seen(report, street.wang)
    assert (theirs["observation"], theirs["location"], theirs["building_id"]) == (DRAFT["observation"], GATE, "bld_1")
    assert (mine["author_id"], mine["is_mine"]) == ("per_li", True)
    assert (theirs["author_id"], theirs["is_mine"]) == (None, False)
    assert street.seen(report, street.sun)["author_id"] == "per_li"
    assert street.seen(report, street.zhou)["author_id"] is None
    told = [
        caller.get(f"/problem-reports/{report}/versions")["items"][0]["author_id"]
        for caller in (street.li, street.wang)
    ]
    assert told == ["per_li", None]
    assert street.zhou.refused(f"/problem-reports/{report}/events", method="GET")[0] == 403


def test_nobody_who_may_not_know_learns_the_reporter_from_any_read(street: Street) -> None:
    report = street.report(by=street.wang)
    read = [f"/problem-reports/{report}", f"/problem-reports/{report}/versions", REPORTS]
    assert not any("per_wang" in street.li.ask("GET", path).text for path in read)


def test_a_place_is_told_in_both_datums(street: Street) -> None:
    report = street.report(location={"type": "Point", "coordinates": [116.404, 39.915]})
    told = street.li.get(f"/problem-reports/{report}?crs=gcj02")
    assert told["crs"] == "gcj02"
    assert told["location"]["coordinates"] == [116.4102445, 39.9164043]
    assert street.seen(report)["location"]["coordinates"] == [116.404, 39.915]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"observation": "a\u202eb"}, "text_direction_override"),
        ({"observation": " \n "}, "text_empty"),
        ({"observation": "长" * 4001}, "text_too_long"),
        ({"category": "长" * 41}, "text_too_long"),
        ({"building_id": "bld_9"}, "place_not_here"),
        ({"unit_id": "unt_9"}, "place_not_here"),
        ({"building_id": "bld_1", "unit_id": "unt_1"}, "one_scope_only"),
        ({"location": {"type": "Point", "coordinates": [181, 0]}}, "out_of_bounds"),
        ({"location": None}, "wrong_type"),
        ({"observed_at": "2100-01-01T00:00:00Z"}, "observed_in_future"),
    ],
)
def test_a_report_that_cannot_be_kept_is_refused_by_name(street: Street, members: dict[str, Any], code: str) -> None:
    assert street.li.refused(REPORTS, DRAFT | members) == (422, code)


def test_what_was_seen_before_is_kept_with_its_hour(street: Street) -> None:
    seen_at = (datetime.now(UTC) - timedelta(days=2)).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    assert street.seen(street.report(observed_at=seen_at))["observed_at"] == seen_at


def test_a_key_makes_one_report_of_two_requests(street: Street) -> None:
    key = {"Idempotency-Key": "4b1d3ae0-reports"}
    first, second = (street.zhao.post(REPORTS, DRAFT, **key) for _ in range(2))
    assert first["id"] == second["id"]
    assert street.zhao.refused(REPORTS, DRAFT | {"category": "灯"}, **key)[0] == 422


def test_a_dry_run_leaves_nothing(street: Street) -> None:
    told = street.wang.post(f"{REPORTS}?dry_run=true", DRAFT)
    assert street.wang.refused(f"/problem-reports/{told['id']}", method="GET")[0] == 404
    report = street.report()
    assert street.sun.post(f"/problem-reports/{report}/acknowledge?dry_run=true")["state"] == "acknowledged"
    assert street.seen(report)["state"] == "open"


def test_every_action_is_offered_with_the_reason_against_it(street: Street) -> None:
    report = street.report()
    officer, resident, reporter = (allowed(street.seen(report, who)) for who in (street.sun, street.wang, street.li))
    assert tuple(officer) == tuple(resident) == (*REPORT.offered, "flag")
    assert {name for name, reason in officer.items() if reason is None} == {
        *("confirm", "acknowledge", "dismiss", "mark_duplicate", "flag"),
    }
    assert (resident["edit"], resident["acknowledge"], resident["take_back"]) == (
        *("reporter_only", "role_missing", "not_confirmed"),
    )
    assert {name for name, reason in reporter.items() if reason is None} == {"edit", "withdraw", "mark_duplicate"}


def test_the_second_of_two_editors_is_told_and_loses_nothing(street: Street) -> None:
    report = street.report()
    etag = street.seen(report, street.li)["etag"]
    first = patch(street, report, {"observation": "三辆车"}, etag)
    assert first.json()["number"] == 2
    assert patch(street, report, {"observation": "四辆车"}, etag).status_code == 412
    assert street.li.refused(f"/problem-reports/{report}", {"category": "灯"}, "PATCH") == (
        428,
        "precondition_required",
    )
    assert patch(street, report, {"category": None}, first.json()["etag"]).json()["category"] is None
    said = [
        (one["number"], one["observation"]) for one in street.wang.get(f"/problem-reports/{report}/versions")["items"]
    ]
    assert said == [(1, DRAFT["observation"]), (2, "三辆车"), (3, "三辆车")]


def test_a_confirmation_makes_no_edit_stale(street: Street) -> None:
    report = street.report()
    etag = street.seen(report, street.li)["etag"]
    street.wang.post(f"/problem-reports/{report}/confirm")
    assert street.seen(report, street.li)["etag"] != etag
    assert patch(street, report, {"observation": "三辆车"}, etag).status_code == 200


def test_an_edit_that_changes_nothing_leaves_no_version(street: Street) -> None:
    report = street.report(unit_id="unt_1")
    assert patch(street, report, {"observation": DRAFT["observation"], "location": GATE}).json()["number"] == 1
    moved = patch(street, report, {"building_id": "bld_2"}).json()
    assert (moved["number"], moved["building_id"], moved["unit_id"]) == (2, "bld_2", None)


def test_a_problem_goes_its_way_to_the_end_and_everybody_reads_why(street: Street) -> None:
    report = street.report("acknowledge", "start")
    assert street.sun.refused(f"/problem-reports/{report}/resolve") == (422, "reason_required")
    street.sun.post(f"/problem-reports/{report}/resolve", REASON)
    seen = street.seen(report)
    assert (seen["state"], seen["reason"]) == ("resolved", "已划黄线")
    assert street.zhao.refused(f"/problem-reports/{report}/reopen", REASON) == (409, "not_concerned")
    again = street.li.post(f"/problem-reports/{report}/reopen", {"reason": "又堵了"})
    assert (again["state"], again["reason"]) == ("reopened", "又堵了")
    items = street.sun.get(f"/problem-reports/{report}/events")["items"]
    assert [(one["kind"], one["from_state"], one["to_state"]) for one in items] == [
        ("reported", None, "open"),
        ("acknowledged", "open", "acknowledged"),
        ("work_begun", "acknowledged", "in_progress"),
        ("resolved", "in_progress", "resolved"),
        ("asked_again", "resolved", "reopened"),
    ]


def test_nobody_decides_on_their_own_report(street: Street) -> None:
    report = street.report("acknowledge", "start", by=street.sun)
    assert street.sun.refused(f"/problem-reports/{report}/resolve", REASON) == (409, "reporter_never_decides")
    assert street.sun.refused(f"/problem-reports/{report}/dismiss", REASON) == (409, "reporter_never_decides")


def test_what_was_dismissed_is_reopened_by_officers_alone(street: Street) -> None:
    report = street.report("dismiss")
    assert street.li.refused(f"/problem-reports/{report}/reopen", REASON) == (409, "handlers_only")
    assert street.sun.post(f"/problem-reports/{report}/reopen", REASON)["state"] == "reopened"


def test_a_report_that_others_confirmed_is_not_taken_back(street: Street) -> None:
    report = street.report()
    street.wang.post(f"/problem-reports/{report}/confirm")
    assert street.li.refused(f"/problem-reports/{report}/withdraw", REASON) == (409, "others_confirmed")
    street.wang.post(f"/problem-reports/{report}/take_back")
    assert street.li.post(f"/problem-reports/{report}/withdraw", REASON)["state"] == "withdrawn"


def test_the_list_is_filtered_and_paged_in_both_orders(street: Street) -> None:
    mark = {"category": "列表"}
    made = [street.report(**mark), street.report("acknowledge", **mark), street.report(by=street.wang, **mark)]
    newest = made[::-1]

    def ids(query: str, who: Any = street.li) -> list[str]:
        return [one["id"] for one in who.get(f"{REPORTS}?category=列表{query}")["items"]]

    assert ids("") == newest
    assert ids("&order=oldest") == made
    assert ids("&state=acknowledged") == [made[1]]
    assert ids("&mine=true") == newest[1:]
    assert ids("&mine=true", street.wang) == newest[:1]
    assert ids("&building_id=bld_1") == []
    first = street.li.get(f"{REPORTS}?category=列表&limit=2")
    second = street.li.get(f"{REPORTS}?category=列表&limit=2&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["items"] + second["items"]] == newest
    assert second["next_cursor"] is None


def journal_of(street: Street, report: str) -> list[Moved]:
    street.service.app.state.services.sequencer.flush("com_1")
    with reader(street.service.engine) as session:
        size = logs.get(session, "com_1").signed_size
        found = [journal_entries.parse(entry) for entry in storage.entries(session, "com_1", 0, size)]
    return [one for one in found if isinstance(one, Moved) and one.subject.id == report]


HASHED = ("building_id", "category", "latitude_e7", "longitude_e7", "observation", "observed_at", "unit_id")


def test_the_journal_holds_every_move_and_of_what_was_said_a_salted_hash(street: Street) -> None:
    report = street.report(unit_id="unt_2")
    patch(street, report, {"observation": "三辆车", "category": None})
    street.sun.post(f"/problem-reports/{report}/acknowledge")
    entries = journal_of(street, report)
    assert [entry.what for entry in entries] == ["reported", "edited", "acknowledged"]
    versions = street.wang.get(f"/problem-reports/{report}/versions")["items"]
    for entry, version in zip(entries, (*versions, versions[1]), strict=True):
        document = canonical.encode({name: version[name] for name in HASHED if version[name] is not None}).decode()
        assert entry.text == journal_entries.text_hash(bytes.fromhex(version["salt"]), document)


def test_the_journal_is_opened_for_whom_the_reporter_is_told_alone(street: Street) -> None:
    report = street.report()
    journal_of(street, report)

    def opened(who: Any) -> list[Any]:
        items, cursor = [], ""
        while cursor is not None:
            page = who.get(f"/journal?community=com_1&limit=200{cursor}")
            items += page["items"]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        (entry,) = [one for one in items if one["entry"].get("subject", {}).get("id") == report]
        return entry["opened"] and entry["opened"]["actor_id"]

    assert (opened(street.sun), opened(street.zhou), opened(street.wang)) == ("per_li", None, None)


def test_an_erased_report_is_repeated_by_no_answer(street: Street) -> None:
    key = {"Idempotency-Key": "key-of-a-report"}
    report = street.li.post(REPORTS, DRAFT, **key)["id"]
    assert street.li.post(REPORTS, DRAFT, **key)["id"] == report
    street.sun.post(f"/problem-reports/{report}/versions/1/erase", REASON)
    assert street.li.post(REPORTS, DRAFT, **key)["id"] != report


def test_an_erased_version_is_gone_and_the_journal_is_as_it_was(street: Street) -> None:
    report = street.report()
    before = journal_of(street, report)
    path = f"/problem-reports/{report}/versions/1/erase"
    assert street.wang.refused(path, REASON) == (403, "role_missing")
    assert street.sun.refused(path) == (422, "reason_required")
    gone = street.sun.post(path, {"reason": "含他人电话"})
    assert (gone["observation"], gone["category"], gone["salt"]) == (None, None, None)
    assert street.sun.refused(path, REASON) == (409, "version_erased_already")
    after = journal_of(street, report)
    assert after[:1] == before
    assert after[1].text == before[0].text == bytes.fromhex(gone["text_hash"])
    seen = street.seen(report)
    assert (seen["observation"], seen["category"], seen["erased"]) == (None, None, True)
    assert patch(street, report, {"category": "灯"}).json()["errors"][0]["code"] == "text_empty"
    assert patch(street, report, {"observation": "新写"}).json()["erased"] is False
    with reader(street.service.engine) as session:
        row = session.get_one(ProblemReportVersion, (report, 1))
        assert (row.observation, row.salt) == (None, None)
