"""Duplicates and confirmations over HTTP: where a report leads to, and who is counted where, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from tests.redesign.conftest import REASON, Street
from voting.core import problem_reports
from voting.redesign.tables import ProblemConfirmation, ProblemReport
from voting.store import reader, transact


def mark(street: Street, report: str, target: str, by: Any = None) -> Any:
    return (by or street.sun).post(f"/problem-reports/{report}/mark_duplicate", {"duplicate_of": target})


def refused(street: Street, report: str, target: str, by: Any = None) -> tuple[int, str]:
    return (by or street.sun).refused(f"/problem-reports/{report}/mark_duplicate", {"duplicate_of": target})


def count(street: Street, report: str) -> int:
    return int(street.seen(report)["confirmations"])


def test_a_duplicate_leads_to_the_end(street: Street) -> None:
    first, second, third = street.report(), street.report(), street.report()
    assert mark(street, second, first)["leads_to"] == {"id": first, "state": "open"}
    assert mark(street, third, second)["duplicate_of"] == first
    zero = street.report()
    mark(street, first, zero)
    seen = street.seen(third)
    assert (seen["state"], seen["duplicate_of"]) == ("duplicate", first)
    assert seen["leads_to"] == {"id": zero, "state": "open"}
    for command in ("acknowledge", "start", "resolve"):
        street.sun.post(f"/problem-reports/{zero}/{command}", REASON if command == "resolve" else None)
    assert street.seen(second)["leads_to"]["state"] == "resolved"


def test_there_is_no_circle_and_no_way_out_of_the_community(street: Street) -> None:
    first, second, third = street.report(), street.report(), street.report()
    assert refused(street, first, first) == (422, "duplicate_of_itself")
    mark(street, second, first)
    mark(street, third, second)
    assert refused(street, first, second) == (422, "duplicate_circle")
    assert refused(street, first, third) == (422, "duplicate_circle")
    assert refused(street, first, "prb_none") == (422, "report_not_here")
    assert refused(street, street.report(), street.report("dismiss")) == (422, "cannot_be_led_to")
    assert refused(street, street.report(), street.report("withdraw")) == (422, "cannot_be_led_to")
    assert street.seen(first)["state"] == "open"


def test_a_report_of_another_community_is_not_here(street: Street) -> None:
    theirs = street.far.post("/communities/com_2/problem-reports", {"observation": "o", "location": PLACE})["id"]
    assert refused(street, street.report(), theirs) == (422, "report_not_here")


PLACE = {"type": "Point", "coordinates": [0, 0]}


def test_a_chain_has_an_end(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem_reports, "MOST_CHAIN", 2)
    made = [street.report() for _ in range(4)]
    mark(street, made[0], made[1])
    mark(street, made[1], made[2])
    assert refused(street, made[2], made[3]) == (422, "duplicate_chain_too_long")


def test_a_reporter_says_that_their_own_is_a_duplicate_and_a_neighbour_does_not(street: Street) -> None:
    first, second = street.report(by=street.wang), street.report()
    assert refused(street, second, first, street.zhao) == (403, "role_missing")
    assert mark(street, second, first, street.li)["state"] == "duplicate"
    assert street.li.post(f"/problem-reports/{second}/reopen", {"reason": "另一处"})["duplicate_of"] is None


def test_a_resident_confirms_once_and_is_told_to_nobody_else(street: Street) -> None:
    report = street.report()
    path = f"/problem-reports/{report}/confirm"
    assert street.li.refused(path) == (409, "reporter_never_confirms")
    told = street.wang.post(path)
    assert (told["confirmations"], told["confirmed_by_me"]) == (1, True)
    assert street.wang.refused(path) == (409, "confirmed_already")
    seen = street.seen(report)
    assert (seen["confirmations"], seen["confirmed_by_me"]) == (1, False)
    assert "per_wang" not in street.sun.ask("GET", f"/problem-reports/{report}/events").text
    assert street.wang.post(f"/problem-reports/{report}/take_back")["confirmations"] == 0
    assert street.wang.refused(f"/problem-reports/{report}/take_back") == (409, "not_confirmed")


def test_whoever_stands_behind_a_duplicate_counts_with_its_target_once(street: Street) -> None:
    target, copy = street.report(), street.report(by=street.wang)
    street.zhao.post(f"/problem-reports/{target}/confirm")
    street.zhao.post(f"/problem-reports/{copy}/confirm")
    street.li.post(f"/problem-reports/{copy}/confirm")
    mark(street, copy, target)
    # Zhao counts once, Wang reported the copy, Li reported the target.
    assert (count(street, target), count(street, copy)) == (2, 2)
    assert street.zhou.post(f"/problem-reports/{copy}/confirm")["confirmations"] == 3
    assert count(street, target) == 3
    street.zhao.post(f"/problem-reports/{copy}/take_back")
    assert (count(street, target), count(street, copy)) == (3, 2)
    street.sun.post(f"/problem-reports/{copy}/reopen", REASON)
    assert (count(street, target), count(street, copy)) == (1, 2)


def test_a_report_with_duplicates_is_not_taken_back(street: Street) -> None:
    target, copy = street.report(), street.report()
    mark(street, copy, target)
    assert count(street, target) == 0
    assert street.li.refused(f"/problem-reports/{target}/withdraw", REASON) == (409, "duplicates_follow")


def recounted(street: Street) -> dict[str, tuple[int, int]]:
    """Report → what is stored and what a brute count finds, where they differ."""
    with reader(street.service.engine) as session:
        rows = {row.id: row for row in session.exec(select(ProblemReport))}
        said = [(row.report_id, row.person_id) for row in session.exec(select(ProblemConfirmation))]

    def leads(report: str | None, to: str) -> bool:
        return report is not None and (report == to or leads(rows[report].duplicate_of, to))

    wrong = {}
    for key, row in rows.items():
        who = {person for report, person in said if leads(report, key)}
        who |= {other.author_id for other in rows.values() if other.id != key and leads(other.id, key)}
        if len(who - {row.author_id, None}) != row.confirmations:
            wrong[key] = row.confirmations, len(who - {row.author_id, None})
    return wrong


def test_counts_are_right_when_all_come_at_once(street: Street) -> None:
    target, copies = street.report(), [street.report(by=who) for who in (street.wang, street.zhao, street.zhou)]
    callers = (street.wang, street.zhao, street.zhou, street.sun)
    asked = [(who, report, "confirm", None) for who in callers for report in (target, *copies)]
    asked += [(street.sun, copy, "mark_duplicate", {"duplicate_of": target}) for copy in copies]
    asked += [(street.sun, target, "mark_duplicate", {"duplicate_of": copies[0]})]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one[0].ask("POST", f"/problem-reports/{one[1]}/{one[2]}", one[3]), asked))
    assert {answer.status_code for answer in answers} <= {200, 409, 422}, [
        a.text for a in answers if a.status_code > 422
    ]
    assert recounted(street) == {}


def test_a_circle_is_never_closed_by_two_at_once(street: Street) -> None:
    for _ in range(4):
        one, other = street.report(), street.report()
        asked = [(one, {"duplicate_of": other}), (other, {"duplicate_of": one})]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda ask: street.sun.ask("POST", f"/problem-reports/{ask[0]}/mark_duplicate", ask[1]), asked)
            )
        assert sorted(answer.status_code for answer in answers) == [200, 422]


def test_a_brute_count_sees_a_wrong_one(street: Street) -> None:
    report = street.report()
    transact(street.service.engine, lambda session: setattr(session.get_one(ProblemReport, report), "confirmations", 9))
    assert recounted(street)[report] == (9, 0)
    transact(street.service.engine, lambda session: setattr(session.get_one(ProblemReport, report), "confirmations", 0))
