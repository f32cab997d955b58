"""When periods end: calendar days, working days, months and years, in the time zone of a community.

Source: Civil Code of the PRC, arts. 201–203. The day on which a period begins is not counted; a period of days ends with the
end of its last day, at midnight; a period of months ends on the same day of a later month, or on that month's last day
where it has no such day. Where a rule says so, a last day that is not worked moves to the next one that is.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from voting.core.rules.calendars import Calendar
from voting.core.rules.form import Clock, Extension
from voting.errors import Fact, Fault

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """So many of a unit. `extends`: a last day that is not worked moves to the next that is."""

    length: int
    unit: str
    extends: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period: its last day, the instant at which that day is over, and whether the calendar knew every day."""

    last_day: date
    at: datetime
    certain: bool


def of(clock: Clock) -> Period:
    """The period of a rule's clock."""
    return Period(clock.length, clock.unit, clock.extends)


def ends(start: datetime, period: Period, calendar: Calendar, zone: ZoneInfo) -> Deadline:
    """When a period that begins at an instant is over. No period at all is over as it begins."""
    first = start.astimezone(zone).date()
    if period.length == 0:
        return Deadline(first, start.astimezone(UTC), True)
    last = _last_day(first, period, calendar)
    worked = period.unit == "working_day" or period.extends
    certain = not worked or (calendar.knows(first) and calendar.knows(last))
    return Deadline(last, midnight_after(last, zone), certain)


def begins_at_latest(end: datetime, period: Period, calendar: Calendar, zone: ZoneInfo) -> date:
    """The last day on which a period may begin so that it is over by an instant."""
    day = end.astimezone(zone).date()
    while ends(datetime.combine(day, time(), zone), period, calendar, zone).at > end:
        day -= _DAY
    return day


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day is over in a zone, in UTC. Where that midnight is skipped, the instant of the skip."""
    return datetime.combine(day + _DAY, time(), zone).astimezone(UTC)


def _last_day(first: date, period: Period, calendar: Calendar) -> date:
    if period.unit == "working_day":
        last = _worked(first, period.length, calendar)
    elif period.unit == "day":
        last = first + timedelta(days=period.length)
    else:
        last = _months_on(first, period.length * (12 if period.unit == "year" else 1))
    while period.extends and not calendar.is_working(last):
        last += _DAY
    return last


def _worked(first: date, length: int, calendar: Calendar) -> date:
    """The `length`-th working day after a day."""
    last = first
    while length:
        last += _DAY
        length -= calendar.is_working(last)
    return last


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def window_faults(
    opens_at: datetime, closes_at: datetime, clocks: Sequence[Clock], calendar: Calendar, zone: ZoneInfo
) -> tuple[Fault, ...]:
    """What is wrong with the length of a window: shorter than a rule's least, longer than its most."""
    faults = []
    for clock in clocks:
        if clock.what != "window":
            continue
        edge = ends(opens_at, of(clock), calendar, zone)
        code = "window_too_short" if clock.bound == "min" else "window_too_long"
        if (closes_at < edge.at) if clock.bound == "min" else (closes_at > edge.at):
            facts: dict[str, Fact] = {"last_day": edge.last_day.isoformat(), "length": clock.length, "unit": clock.unit}
            faults.append(Fault("/closes_at", code, facts))
    return tuple(faults)


def extension_obstacle(extension: Extension | None, times: int, turnout: Fraction) -> str | None:
    """The code of what stands against another extension, or nothing; a rule that is silent leaves it to the terms.

    `times`: extensions so far; `turnout`: the share of the roll that has taken part.
    """
    if extension is None:
        return None
    if times >= extension.times:
        return "extension_used_up"
    below = extension.turnout_below
    return "extension_turnout_enough" if below is not None and turnout >= below else None


def last_end(first_end: datetime, extension: Extension, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The latest end that an extension may set, counted from the end that was announced first."""
    return ends(first_end, Period(extension.length, extension.unit), calendar, zone).at
