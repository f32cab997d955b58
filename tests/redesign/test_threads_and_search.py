"""What is said under a problem report, and that a search finds it as long as it may be read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.redesign.conftest import REASON, Street
from voting.community.search_tables import SearchDocument
from voting.store import reader

SEARCH = "/communities/com_1/search"


def found(street: Street, query: str, kind: str = "problem_report") -> list[str]:
    return [one["id"] for one in street.zhao.get(f"{SEARCH}?q={query}&kind={kind}")["items"]]


def talk(report: str) -> str:
    return f"/threads/problem_report/{report}/comments"


def test_a_report_has_a_thread(street: Street) -> None:
    report = street.report(building_id="bld_1")
    said = street.wang.post(talk(report), {"text": "晚上更堵"})
    street.li.post(talk(report), {"text": "是的", "parent_id": said["id"]})
    items = street.zhao.get(talk(report))["items"]
    assert [(one["thread_kind"], one["thread_id"]) for one in items] == [("problem_report", report)]
    assert street.far.refused(talk(report), method="GET") == (404, "thread_not_found")
    assert street.wang.refused(talk("prb_none"), method="GET") == (404, "thread_not_found")


def test_a_flagged_comment_of_a_report_is_a_case_like_any_other(street: Street) -> None:
    report = street.report()
    said = street.wang.post(talk(report), {"text": "骂人的话"})["id"]
    flagged = street.zhao.post(f"/comments/{said}/flag", {"rule_id": "abuse"})
    assert flagged["state"] == "flagged"


@pytest.mark.parametrize(("commands", "is_open"), [(("dismiss",), True), (("withdraw",), False)])
def test_talk_goes_on_unless_the_report_was_taken_back(
    street: Street, commands: tuple[str, ...], is_open: bool
) -> None:
    report = street.report(*commands)
    answer = street.wang.ask("POST", talk(report), {"text": "为什么"})
    assert (answer.status_code == 201) is is_open
    assert street.wang.ask("GET", talk(report)).status_code == 200


def test_talk_about_a_duplicate_is_at_the_report_it_leads_to(street: Street) -> None:
    target, copy = street.report(), street.report()
    street.sun.post(f"/problem-reports/{copy}/mark_duplicate", {"duplicate_of": target})
    assert street.wang.ask("POST", talk(copy), {"text": "x"}).status_code == 409
    assert street.wang.ask("POST", talk(target), {"text": "x"}).status_code == 201


def test_a_report_is_found_by_its_newest_words_in_both_languages(street: Street) -> None:
    report = street.report(observation="地库入口积水，the pump is broken")
    assert found(street, "积水") == found(street, "PUMP") == [report]
    assert found(street, "积水", "proposal") == []
    hit = street.zhao.get(f"{SEARCH}?q=积水")["items"][0]
    assert (hit["kind"], hit["href"]) == ("problem_report", f"/v1/problem-reports/{report}")
    assert hit["excerpt"] == {"und": "地库入口积水，the pump is broken"}
    changed = {"observation": "地库入口结冰"}
    assert street.li.ask("PATCH", f"/problem-reports/{report}", changed, **{"If-Match": "*"}).status_code == 200
    assert (found(street, "积水"), found(street, "结冰")) == ([], [report])
    assert street.far.refused(f"{SEARCH}?q=结冰", method="GET") == (404, "community_not_found")


def rows(street: Street, report: str) -> list[Any]:
    with reader(street.service.engine) as session:
        return list(session.exec(select(SearchDocument).where(SearchDocument.subject_id == report)))


def test_what_was_taken_back_or_erased_is_found_no_more(street: Street) -> None:
    taken, erased = street.report(observation="路灯闪烁甲"), street.report(observation="路灯闪烁乙")
    assert set(found(street, "路灯闪烁")) == {taken, erased}
    street.li.post(f"/problem-reports/{taken}/withdraw", REASON)
    street.sun.post(f"/problem-reports/{erased}/versions/1/erase", REASON)
    assert found(street, "路灯闪烁") == []
    assert rows(street, taken) == rows(street, erased) == []
    street.sun.post(f"/problem-reports/{erased}/acknowledge")
    assert rows(street, erased) == []
    street.li.ask("PATCH", f"/problem-reports/{erased}", {"observation": "路灯不亮"}, **{"If-Match": "*"})
    assert found(street, "路灯不亮") == [erased]


def test_an_old_version_that_is_erased_leaves_the_newest_to_be_found(street: Street) -> None:
    report = street.report(observation="垃圾房门坏")
    street.li.ask("PATCH", f"/problem-reports/{report}", {"observation": "垃圾房门锁坏"}, **{"If-Match": "*"})
    street.sun.post(f"/problem-reports/{report}/versions/1/erase", REASON)
    assert found(street, "门锁坏") == [report]
