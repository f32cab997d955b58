"""Working-day calendars as data: weekends, holidays, and weekend days that are worked instead (调休上班).

A calendar says which days it was written for; beyond them it knows only its weekend, and a date that rests on that is not
certain. A community may carry a calendar of its own, read by the same reader.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from voting.core.rules.form import CERTAINTIES, FORMAT, Words
from voting.core.rules.reading import Node
from voting.errors import NotFound

_LEGAL = (
    "format",
    "id",
    "version",
    "title",
    "clause",
    "certainty",
    "weekend",
    "from",
    "until",
    "days_off",
    "working_days",
)
_LONGEST = 366


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. `weekend` holds ISO weekdays, 1 Monday to 7 Sunday."""

    id: str
    title: Words
    clause: Words
    certainty: str
    weekend: frozenset[int]
    first: date
    last: date
    days_off: frozenset[date]
    working_days: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether a day is worked; a day named as worked is, whatever else it is."""
        if day in self.working_days:
            return True
        return day.isoweekday() not in self.weekend and day not in self.days_off

    def knows(self, day: date) -> bool:
        """Whether the calendar was written for this day."""
        return self.first <= day <= self.last


def read(document: Any) -> Calendar:
    """The calendar of a document. Raises `Invalid` with every fault."""
    top = Node(document)
    parts = top.members(_LEGAL, _LEGAL)
    if "format" in parts and parts["format"].value != FORMAT:
        parts["format"].fault("not_one_of", value=str(parts["format"].value)[:80], allowed=(str(FORMAT),))
    parts["version"].whole(1, 10**6)
    first, last = parts["from"].day(), parts["until"].day()
    calendar = Calendar(
        id=parts["id"].text(),
        title=parts["title"].words(),
        clause=parts["clause"].words(),
        certainty=parts["certainty"].choice(CERTAINTIES),
        weekend=frozenset(entry.whole(1, 7) for entry in parts["weekend"].items(most=6)),
        first=first,
        last=last,
        days_off=frozenset(day for entry in parts["days_off"].items() for day in _span(entry)),
        working_days=frozenset(entry.day() for entry in parts["working_days"].items()),
    )
    if last < first:
        parts["until"].fault("calendar_ends_before_it_begins")
    for entry in parts["working_days"].items():
        if entry.day() in calendar.days_off:
            entry.fault("calendar_day_both", day=str(entry.value))
    top.finish()
    return calendar


def _span(node: Node) -> tuple[date, ...]:
    parts = node.members(("from", "until", "name"), ("from", "until"))
    first, last = parts["from"].day(), parts["until"].day()
    length = (last - first).days + 1
    if not 1 <= length <= _LONGEST:
        parts["until"].fault("calendar_ends_before_it_begins")
        return ()
    return tuple(first + timedelta(days=place) for place in range(length))


@cache
def catalogue() -> Mapping[str, Calendar]:
    """The calendars that come with the service, by id."""
    folder = resources.files(__name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    found = [read(json.loads((folder / name).read_text(encoding="utf-8"))) for name in names]
    return {calendar.id: calendar for calendar in found}


def calendar(identifier: str) -> Calendar:
    """The calendar of that id. Raises `NotFound`."""
    found = catalogue().get(identifier)
    if found is None:
        raise NotFound("calendar_not_found", id=identifier[:80], known=tuple(catalogue()))
    return found
