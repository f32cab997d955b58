"""Periods end when the law says: over weekends, holidays, adjusted days, month ends and changes of the clock."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.rules.conftest import document
from voting.core import rules
from voting.core.rules import calendars, clocks
from voting.core.rules.clocks import Period
from voting.core.rules.form import Clock, Extension
from voting.errors import Invalid, NotFound

CN, WEEKENDS = calendars.calendar("cn"), calendars.calendar("weekends")
SHANGHAI, BERLIN, CAIRO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Cairo")


def noon(day: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=zone)


def last_day(start: str, length: int, unit: str, extends: bool = False, zone: ZoneInfo = SHANGHAI) -> str:
    return clocks.ends(noon(start, zone), Period(length, unit, extends), CN, zone).last_day.isoformat()


def test_the_day_a_period_begins_is_not_counted() -> None:
    found = clocks.ends(noon("2026-03-01"), Period(10, "day"), CN, SHANGHAI)
    assert found.last_day == date(2026, 3, 11)
    # The end of the eleventh in Shanghai is 16:00 UTC.
    assert found.at == datetime(2026, 3, 11, 16, tzinfo=UTC)


def test_the_hour_of_the_beginning_changes_nothing() -> None:
    early, late = (noon("2026-03-01").replace(hour=hour) for hour in (0, 23))
    assert clocks.ends(early, Period(7, "day"), CN, SHANGHAI) == clocks.ends(late, Period(7, "day"), CN, SHANGHAI)


def test_the_zone_says_which_day_it_is() -> None:
    # 17:00 UTC is the next day in Shanghai already.
    instant = datetime(2026, 3, 1, 17, tzinfo=UTC)
    assert clocks.ends(instant, Period(1, "day"), CN, SHANGHAI).last_day == date(2026, 3, 3)
    assert clocks.ends(instant, Period(1, "day"), CN, BERLIN).last_day == date(2026, 3, 2)


def test_no_period_is_over_as_it_begins() -> None:
    assert clocks.ends(noon("2026-03-01"), Period(0, "day"), CN, SHANGHAI).at == noon("2026-03-01")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-03-06", 1, "2026-03-09"),  # Friday to Monday.
        ("2026-02-13", 1, "2026-02-14"),  # A Saturday that is worked before the Spring Festival.
        ("2026-02-14", 1, "2026-02-24"),  # The nine days of the Spring Festival.
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-27", 1, "2026-02-28"),  # A Saturday that is worked after it.
        ("2026-09-18", 1, "2026-09-20"),  # A Sunday that is worked before National Day.
        ("2026-09-30", 3, "2026-10-10"),  # National Day, then a Saturday that is worked.
        ("2026-12-31", 0, "2026-12-31"),
    ],
)
def test_working_days_keep_holidays_and_adjusted_days(start: str, length: int, end: str) -> None:
    assert last_day(start, length, "working_day") == end


@pytest.mark.parametrize(
    ("start", "length", "unit", "end"),
    [
        ("2026-01-31", 1, "month", "2026-02-28"),
        ("2028-01-31", 1, "month", "2028-02-29"),
        ("2026-08-31", 1, "month", "2026-09-30"),
        ("2026-01-31", 2, "month", "2026-03-31"),
        ("2026-11-30", 3, "month", "2027-02-28"),
        ("2028-02-29", 1, "year", "2029-02-28"),
        ("2026-12-31", 12, "month", "2027-12-31"),
        ("2026-02-27", 2, "day", "2026-03-01"),
        ("2028-02-27", 2, "day", "2028-02-29"),
    ],
)
def test_a_period_ends_within_the_month_it_reaches(start: str, length: int, unit: str, end: str) -> None:
    assert last_day(start, length, unit) == end


def test_a_last_day_off_moves_on_where_the_rule_says_so() -> None:
    assert last_day("2026-09-26", 7, "day") == "2026-10-03"
    assert last_day("2026-09-26", 7, "day", extends=True) == "2026-10-08"


def test_a_day_has_23_or_25_hours_where_clocks_change() -> None:
    # Clocks in Berlin go forward on 29 March and back on 25 October 2026.
    for day, hours in (("2026-03-28", 23), ("2026-10-24", 25), ("2026-06-01", 24)):
        start = clocks.midnight_after(date.fromisoformat(day), BERLIN)
        end = clocks.midnight_after(date.fromisoformat(day) + timedelta(days=1), BERLIN)
        assert (end - start) == timedelta(hours=hours)


def test_a_midnight_that_does_not_exist_is_the_instant_of_the_change() -> None:
    # Cairo goes from 00:00 to 01:00 on Friday 24 April 2026: the day before ends then.
    end = clocks.midnight_after(date(2026, 4, 23), CAIRO)
    assert end == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert end.astimezone(CAIRO).hour == 1


def test_beyond_its_days_a_calendar_is_not_certain() -> None:
    assert clocks.ends(noon("2026-12-24"), Period(3, "working_day"), CN, SHANGHAI).certain
    assert not clocks.ends(noon("2026-12-30"), Period(3, "working_day"), CN, SHANGHAI).certain
    # Calendar days need no calendar.
    assert clocks.ends(noon("2026-12-30"), Period(3, "day"), CN, SHANGHAI).certain


@pytest.mark.parametrize("unit", ["day", "working_day", "month"])
def test_the_latest_beginning_is_the_last_from_which_the_period_is_over_in_time(unit: str) -> None:
    dice = Random(unit)
    for _ in range(60):
        end = noon("2026-06-01") + timedelta(hours=dice.randint(0, 3000))
        period = Period(dice.randint(1, 15 if unit != "month" else 3), unit)
        latest = clocks.begins_at_latest(end, period, CN, SHANGHAI)
        assert clocks.ends(noon(latest.isoformat()), period, CN, SHANGHAI).at <= end
        after = noon((latest + timedelta(days=1)).isoformat())
        assert clocks.ends(after, period, CN, SHANGHAI).at > end


def test_working_days_agree_with_a_count_day_by_day() -> None:
    dice = Random("工作日")
    for _ in range(100):
        start, length = date(2026, 1, 1) + timedelta(days=dice.randint(0, 300)), dice.randint(1, 20)
        found = clocks.ends(noon(start.isoformat()), Period(length, "working_day"), CN, SHANGHAI).last_day
        days = [start + timedelta(days=n) for n in range(1, (found - start).days + 1)]
        assert (sum(CN.is_working(day) for day in days), CN.is_working(found)) == (length, True)


# --- windows and extensions


def window(bound: str, length: int) -> Clock:
    words = {"zh": "无", "en": "none"}
    return Clock("window", bound, length, "day", words, "practice")


@pytest.mark.parametrize(("days", "codes"), [(6, ["window_too_short"]), (8, []), (20, []), (32, ["window_too_long"])])
def test_a_window_has_a_least_and_a_most(days: int, codes: list[str]) -> None:
    opens = noon("2026-03-01")
    found = clocks.window_faults(
        opens, opens + timedelta(days=days), [window("min", 7), window("max", 30)], CN, SHANGHAI
    )
    assert [fault.code for fault in found] == codes


@pytest.mark.parametrize(
    ("extension", "times", "turnout", "code"),
    [
        (None, 5, "1", None),
        (Extension(7, "day"), 0, "1/2", None),
        (Extension(7, "day"), 1, "0", "extension_used_up"),
        (Extension(7, "day", 2, Fraction(2, 3)), 1, "1/2", None),
        (Extension(7, "day", 2, Fraction(2, 3)), 1, "2/3", "extension_turnout_enough"),
    ],
)
def test_an_end_is_moved_only_as_the_rule_allows(
    extension: Extension | None, times: int, turnout: str, code: str | None
) -> None:
    assert clocks.extension_obstacle(extension, times, Fraction(turnout)) == code


def test_an_extension_is_counted_from_the_first_end() -> None:
    assert clocks.last_end(noon("2026-03-08"), Extension(7, "day"), CN, SHANGHAI) == datetime(
        2026, 3, 15, 16, tzinfo=UTC
    )


def test_a_rule_says_how_its_vote_may_be_extended() -> None:
    given = {"length": 7, "unit": "day", "times": 2, "turnout_below": "2/3"}
    assert rules.read(document(extension=given)).extension == Extension(7, "day", 2, Fraction(2, 3))


# --- calendars


def test_the_calendar_of_2026_has_the_published_number_of_days() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    # 261 weekdays, 19 of them off, 6 weekend days worked.
    off = [day for day in CN.days_off if day.isoweekday() < 6]
    assert (len(off), len(CN.working_days)) == (19, 6)
    assert sum(map(CN.is_working, days)) == 261 - 19 + 6
    assert all(day.isoweekday() > 5 for day in CN.working_days)


def test_a_community_may_carry_a_calendar_of_its_own() -> None:
    folder = calendars.resources.files("voting.core.rules.calendars")
    own = json.loads((folder / "cn.json").read_text(encoding="utf-8")) | {"id": "own", "days_off": [], "weekend": [7]}
    assert calendars.read(own).is_working(date(2026, 10, 3))


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"from": "2026-02-30"}, "/from", "not_a_date"),
        ({"until": "2025-12-31"}, "/until", "calendar_ends_before_it_begins"),
        ({"weekend": [0]}, "/weekend/0", "out_of_bounds"),
        ({"weekend": [1, 2, 3, 4, 5, 6, 7]}, "/weekend", "too_long"),
        (
            {"days_off": [{"from": "2026-01-02", "until": "2026-01-01"}]},
            "/days_off/0/until",
            "calendar_ends_before_it_begins",
        ),
        ({"working_days": ["2026-01-01"]}, "/working_days/0", "calendar_day_both"),
        ({"holidays": []}, "/holidays", "unknown_member_did_you_mean"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(changes: dict[str, Any], pointer: str, code: str) -> None:
    folder = calendars.resources.files("voting.core.rules.calendars")
    given = json.loads((folder / "cn.json").read_text(encoding="utf-8"))
    with pytest.raises(Invalid) as caught:
        calendars.read(given | changes)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_a_calendar_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound):
        calendars.calendar("mars")
