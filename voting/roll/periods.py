"""When the periods of a roll are over: in its community's time zone, by its working days, to the end of the last day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from voting.community import documents
from voting.community.tables import Community
from voting.core.rules import clocks
from voting.core.rules.clocks import Period
from voting.roll.tables import Roll
from voting.roll.terms import RollTerms, from_document


def ends(session: Session, roll: Roll, since: datetime | None, days: int) -> datetime | None:
    """When so many days of the roll's unit since an instant are over; nothing where there are none, or nothing began."""
    if since is None or days == 0:
        return None
    terms = from_document(roll.terms)
    zone = ZoneInfo(session.get_one(Community, roll.community_id).time_zone)
    calendar = documents.calendar(session, roll.community_id, terms.calendar)
    return clocks.ends(since, Period(days, terms.unit), calendar, zone).at


def display(session: Session, roll: Roll) -> datetime | None:
    """Until when a displayed roll must be shown."""
    return ends(session, roll, roll.displayed_at, _terms(roll).display_days)


def objections(session: Session, roll: Roll) -> datetime | None:
    """Until when objections to a displayed roll are heard; nothing where that is as long as it is displayed."""
    return ends(session, roll, roll.displayed_at, _terms(roll).objection_days)


def _terms(roll: Roll) -> RollTerms:
    return from_document(roll.terms)
