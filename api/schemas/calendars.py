"""Bodies of a community's own working days. What is inside is read by `voting.core.rules.calendars`."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Request
from api.schemas.parts import Day
from voting.community.documents import SeenDocument

_EXAMPLE: dict[str, Any] = {
    "title": {"zh": "本小区工作日历", "en": "Our working days"},
    "clause": {"zh": "国务院办公厅放假安排", "en": "Holiday notice of the State Council"},
    "certainty": "secondary",
    "weekend": [6, 7],
    "from": "2026-01-01",
    "until": "2026-12-31",
    "days_off": [{"from": "2026-10-01", "until": "2026-10-07", "name": {"zh": "国庆节", "en": "National Day"}}],
    "working_days": ["2026-10-10"],
}


class DaysOff(Request):
    """Days nobody works, both included."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE["days_off"][0]]})

    first: Day = Field(alias="from")
    last: Day = Field(alias="until")
    name: dict[str, str] = Field(default_factory=dict, max_length=2)


class CalendarDraft(Request):
    """The working days of a community: its weekend, its holidays, and the days worked in their stead (调休)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: dict[str, str] = Field(max_length=2, description="`zh` and `en`")
    clause: dict[str, str] = Field(max_length=2, description="By which notice, in `zh` and `en`")
    certainty: str = Field(max_length=40, description="statute_read, secondary, practice or memory")
    weekend: list[int] = Field(max_length=6, description="ISO weekdays: 1 Monday to 7 Sunday")
    first: Day = Field(alias="from", description="The first day it was written for")
    last: Day = Field(alias="until", description="The last; beyond it a date that rests on working days is not certain")
    days_off: list[DaysOff] = Field(default_factory=list, max_length=400)
    working_days: list[Day] = Field(default_factory=list, max_length=400, description="Worked whatever else they are")

    def document(self) -> dict[str, Any]:
        """As the reader takes it."""
        return {"days_off": [], "working_days": []} | self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class CalendarOut(Actionable):
    """A community's own working days; none: every rule counts by the calendar that it names."""

    community_id: str
    calendar: dict[str, Any] | None = Field(examples=[_EXAMPLE])
    version: int = Field(description="0 before the first")
    changed_at: Instant | None

    @classmethod
    def of(cls, seen: SeenDocument) -> CalendarOut:
        """Present it."""
        base = f"/v1/communities/{seen.community_id}/calendar"
        return cls(
            community_id=seen.community_id,
            calendar=None if seen.document is None else dict(seen.document),
            version=seen.version,
            changed_at=seen.changed_at,
            allowed_actions=offered(seen.actions, base, replace="PUT"),
        )
