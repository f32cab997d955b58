"""Everything of a person who leaves is erased from problem reports too; what others stand behind can still be dealt with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service
from tests.deliberation.conftest import Caller
from tests.deliberation.test_contribution_erasure import REGISTER, administer, rows_with
from tests.redesign.conftest import REASON, REPORTS, Street
from tests.redesign.test_duplicates import recounted
from voting.log import logs, storage
from voting.store import reader, transact

WORD, ME = "字字句句", "per_wang"
HOME = {"type": "Point", "coordinates": [121.4737123, 31.2304987]}
SAID = {"observation": f"{WORD} 一", "category": f"{WORD}类", "location": HOME, "unit_id": "unt_1"}


class Life:
    """What Wang did: a report of their own, one that others have too, a duplicate, a confirmation, one asked for again."""

    def __init__(self, street: Street, admin: Caller) -> None:
        self.street, self.admin = street, admin
        self.alone = street.report(by=street.wang, **SAID)
        body = {"observation": f"{WORD} 二"}
        street.wang.ask("PATCH", f"/problem-reports/{self.alone}", body, **{"If-Match": "*"})
        street.wang.post(f"/problem-reports/{self.alone}/withdraw", {"reason": f"{WORD} 三"})
        self.shared = street.report(by=street.wang, observation=f"{WORD} 四", location=HOME, category="停车")
        street.zhao.post(f"/problem-reports/{self.shared}/confirm")
        self.target, self.copy = street.report(), street.report(by=street.wang, **SAID)
        street.wang.post(
            f"/problem-reports/{self.copy}/mark_duplicate", {"duplicate_of": self.target, "reason": f"{WORD} 六"}
        )
        self.confirmed = street.report("acknowledge", "start")
        street.wang.post(f"/problem-reports/{self.confirmed}/confirm")
        street.sun.post(f"/problem-reports/{self.confirmed}/resolve", REASON)
        street.wang.post(f"/problem-reports/{self.confirmed}/reopen", {"reason": f"{WORD} 五"})

    def erase(self, query: str = "") -> dict[str, int]:
        found: dict[str, int] = self.admin.post(f"/persons/{ME}/erase_contributions{query}")["counts"]
        return found

    def entries(self) -> list[bytes]:
        """The journal, as it is signed."""
        self.street.service.app.state.services.sequencer.flush("com_1")
        with reader(self.street.service.engine) as session:
            return list(storage.entries(session, "com_1", 0, logs.get(session, "com_1").signed_size))


@pytest.fixture(scope="module")
def life(street: Street, service: Service) -> Life:
    transact(service.engine, administer)
    return Life(street, Caller(service, "per_adm"))


@pytest.fixture(scope="module")
def erased(life: Life) -> Any:
    before = life.entries()
    held = {name for name, _ in rows_with(life.street.service.engine, WORD)}
    told = life.erase("?dry_run=true")
    return {"told": told, "done": life.erase(), "before": before, "held": held}


def test_a_dry_run_tells_what_the_erasure_then_does(erased: Any) -> None:
    assert erased["told"] == erased["done"]
    counts = erased["done"]
    assert (counts["problem_reports"], counts["problem_confirmations"], counts["events"]) == (3, 1, 7)


def test_no_table_holds_a_word_of_theirs_or_names_them(life: Life, erased: Any) -> None:
    assert {"problem_report", "problem_report_version", "event", "search_document"} <= erased["held"]
    engine = life.street.service.engine
    assert list(rows_with(engine, WORD)) == []
    assert {name for name, _ in rows_with(engine, ME) if name not in REGISTER} == {"event"}


def test_what_others_have_too_can_be_dealt_with_and_no_other_place_is_told(life: Life, erased: Any) -> None:
    shared, alone, copy = (life.street.seen(report) for report in (life.shared, life.alone, life.copy))
    assert (shared["observation"], shared["category"], shared["location"]) == (None, "停车", HOME)
    assert shared["confirmations"] == 1
    for gone in (alone, copy):
        assert (gone["observation"], gone["category"], gone["building_id"], gone["unit_id"]) == (None,) * 4
        assert gone["location"]["coordinates"] == [121.473, 31.23]
    versions = life.street.li.get(f"/problem-reports/{life.alone}/versions")["items"]
    assert [(one["longitude_e7"], one["salt"]) for one in versions] == [(1_214_730_000, None)] * 2
    assert life.street.sun.post(f"/problem-reports/{life.shared}/acknowledge")["state"] == "acknowledged"


def test_counts_are_of_those_who_are_there(life: Life, erased: Any) -> None:
    assert life.street.seen(life.target)["confirmations"] == life.street.seen(life.confirmed)["confirmations"] == 0
    assert recounted(life.street) == {}


def test_why_they_asked_again_is_forgotten_and_what_was_done_in_an_office_stays(life: Life, erased: Any) -> None:
    seen = life.street.seen(life.confirmed)
    assert (seen["state"], seen["reason"]) == ("reopened", None)
    events = life.street.sun.get(f"/problem-reports/{life.confirmed}/events")["items"]
    assert [(one["kind"], one["actor_id"], one["reason"]) for one in events[-2:]] == [
        ("resolved", "per_sun", REASON["reason"]),
        ("asked_again", "erased", None),
    ]


def test_the_journal_is_as_it_was(life: Life, erased: Any) -> None:
    assert life.entries()[: len(erased["before"])] == erased["before"]


def test_no_answer_holds_them(life: Life, erased: Any) -> None:
    mine = (life.alone, life.shared, life.copy, life.confirmed, life.target)
    paths = [
        f"/problem-reports/{one}{tail}" for one in mine for tail in ("", "/versions", "/events", "?format=geojson")
    ]
    paths += [REPORTS, f"{REPORTS}?format=geojson", f"/communities/com_1/search?q={WORD}", "/journal?community=com_1"]
    for who in (life.street.sun, life.street.zhao, life.admin):
        for path in paths:
            answer = who.ask("GET", path)
            assert answer.status_code in (200, 403), (path, answer.text)
            assert ME not in answer.text, path
            assert f"{WORD} " not in answer.text, path


def test_erasing_again_finds_nothing(life: Life, erased: Any) -> None:
    assert set(life.erase().values()) == {0}
