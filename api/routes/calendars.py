"""A community's own working days: weekends, holidays and the days worked in their stead."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, IfMatch, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.calendars import CalendarDraft, CalendarOut
from voting.community import documents

router = APIRouter(prefix="/v1/communities", tags=["communities"], route_class=YishiRoute)


@router.get("/{community_id}/calendar", operation_id="get_calendar", responses=documented(401, 403, 404))
def get_calendar(community_id: str, session: Reading, who: Who, conditional: Conditional) -> CalendarOut:
    """Read the working days a community laid down for itself."""
    seen = documents.read(session, who, community_id, documents.CALENDAR)
    return conditional.answer(CalendarOut.of(seen), seen.version)


@router.put("/{community_id}/calendar", operation_id="put_calendar", responses=documented(401, 403, 404, 412, 422, 428))
def put_calendar(
    community_id: str,
    body: CalendarDraft,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> CalendarOut:
    """Replace the community's working days as a whole. Needs If-Match, with the etag that was read."""
    given = body.document()
    seen = documents.put(session, who, community_id, documents.CALENDAR, given, conditional.expects, now=now)
    return conditional.answer(CalendarOut.of(seen), seen.version)
