"""A community's own time. A demo community's clock runs ahead by whole seconds; everywhere else it is the clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from voting.community.tables import Community


def now_in(community: Community, now: datetime) -> datetime:
    """The instant as the community has it (aware, UTC)."""
    return now + timedelta(seconds=community.clock_offset_seconds) if community.demo else now


def today_in(community: Community, now: datetime) -> date:
    """The calendar day in the community's time zone."""
    return now_in(community, now).astimezone(ZoneInfo(community.time_zone)).date()
