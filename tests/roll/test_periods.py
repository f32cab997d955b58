"""A roll's periods follow the calendar of its community: its zone, its month ends, its holidays and the days worked instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.roll.neighbourhood import OFFICER
from voting.community import documents
from voting.community.tables import Community
from voting.core.authority import SYSTEM
from voting.errors import IllegalMove, Invalid
from voting.log import journal
from voting.roll import service
from voting.roll.service import Scope
from voting.roll.terms import RollTerms
from voting.store import writer

OWN: dict[str, Any] = {
    "title": {"zh": "本小区", "en": "Ours"},
    "clause": {"zh": "无", "en": "none"},
    "certainty": "practice",
    "weekend": [6, 7],
    "from": "2026-01-01",
    "until": "2026-12-31",
    "days_off": [{"from": "2026-03-02", "until": "2026-03-03"}],
    "working_days": ["2026-03-07"],
}


def anything(_: int) -> None:
    """Whatever version it is."""


def shown(session: Session, day: str, **terms: Any) -> service.RollView:
    """A roll displayed at noon UTC of a day."""
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    scope, values = Scope("community"), RollTerms(**terms)
    view = service.create(session, OFFICER, "com_1", name="x", basis="person", scope=scope, now=at, terms=values)
    service.compile_entries(session, OFFICER, view.roll.id, now=at)
    return service.display(session, OFFICER, view.roll.id, now=at)


@pytest.mark.parametrize(
    ("day", "days", "unit", "until"),
    [
        ("2026-01-28", 5, "day", "2026-02-02T16:00:00"),  # Over the end of January.
        ("2028-02-27", 3, "day", "2028-03-01T16:00:00"),  # Through the 29th of a leap year.
        ("2026-02-27", 1, "working_day", "2026-02-28T16:00:00"),  # A Saturday that is worked.
        ("2026-02-13", 2, "working_day", "2026-02-24T16:00:00"),  # The 14th is worked, then the Spring Festival.
        ("2026-12-31", 1, "day", "2027-01-01T16:00:00"),
    ],
)
def test_a_display_ends_at_the_midnight_of_its_last_day(
    settled: Engine, day: str, days: int, unit: str, until: str
) -> None:
    end = datetime.fromisoformat(until).replace(tzinfo=UTC)
    with writer(settled) as session:
        view = shown(session, day, display_days=days, unit=unit)
        assert view.display_until == end
        with pytest.raises(IllegalMove, match="display_period_running") as refused:
            service.close_objections(session, OFFICER, view.roll.id, now=end - timedelta(seconds=1))
        assert refused.value.facts["display_until"] == until + "Z"
        assert service.close_objections(session, OFFICER, view.roll.id, now=end).roll.state == "objections_closed"


def test_the_zone_of_the_community_says_which_day_it_is(settled: Engine) -> None:
    with writer(settled) as session:
        session.get_one(Community, "com_1").time_zone = "Europe/Berlin"
        # The clock goes forward on 29 March: midnight is 22:00 UTC from then on.
        assert shown(session, "2026-03-28", display_days=1).display_until == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_calendar_of_its_own_comes_before_the_one_of_the_terms(settled: Engine) -> None:
    with writer(settled) as session:
        documents.put(session, SYSTEM, "com_1", documents.CALENDAR, OWN, anything, now=datetime.now(UTC))
        view = shown(session, "2026-03-01", objection_days=4, unit="working_day")
        # Monday and Tuesday are off; Wednesday to Friday and the Saturday worked instead are four.
        assert view.objections_until == datetime(2026, 3, 7, 16, tzinfo=UTC)


def test_a_calendar_is_replaced_as_a_whole_and_each_time_is_one_event(settled: Engine) -> None:
    with writer(settled) as session:
        for number in (1, 2):
            seen = documents.put(session, SYSTEM, "com_1", documents.CALENDAR, OWN, anything, now=datetime.now(UTC))
            assert seen.version == number
        told = journal.of(session, "calendar", "com_1")
    assert [(one.kind, one.facts["version"]) for one in told] == [("laid_down", 1), ("laid_down", 2)]


def test_a_calendar_that_cannot_be_is_refused_with_its_place(settled: Engine) -> None:
    bad = OWN | {"working_days": ["2026-03-02"]}
    with writer(settled) as session, pytest.raises(Invalid) as refused:
        documents.put(session, SYSTEM, "com_1", documents.CALENDAR, bad, anything, now=datetime.now(UTC))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/working_days/0", "calendar_day_both")]
