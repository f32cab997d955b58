"""Minutes of activities: drafted, published, corrected, with every version that was published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.contests import EventOut
from api.schemas.minutes import (
    MinutesDiffOut,
    MinutesDraft,
    MinutesOut,
    MinutesPatch,
    MinutesReason,
    MinutesVersionOut,
)
from voting.programme import minutes, minutes_queries
from voting.programme.minutes_queries import Loaded

router = APIRouter(prefix="/v1", tags=["activities"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)
_ONE = "/minutes/{minutes_id}"
Number = Annotated[int, Path(ge=1, le=1_000_000, examples=[1])]


def _seen(session: Writing, who: Who, conditional: Conditional, loaded: Loaded) -> MinutesOut:
    return conditional.answer(MinutesOut.of(minutes_queries.view(session, who, loaded)), loaded.minutes.version)


@router.post(
    "/activities/{activity_id}/minutes",
    operation_id="draft_minutes",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def draft_minutes(
    activity_id: str, body: MinutesDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> MinutesOut:
    """Begin the minutes of an activity that took place. Those who organise read them until they are published."""
    return _seen(session, who, conditional, minutes.draft(session, who, activity_id, body.body, now=now))


@router.get(_ONE, operation_id="get_minutes", responses=_READ)
def get_minutes(minutes_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> MinutesOut:
    """Read minutes and what the caller may do with them."""
    return _seen(session, who, conditional, minutes_queries.load(session, who, minutes_id, now))


@router.patch(_ONE, operation_id="edit_minutes", responses=documented(401, 403, 404, 409, 412, 422, 428))
def edit_minutes(
    minutes_id: str,
    body: MinutesPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> MinutesOut:
    """Write another version: of a draft, or, with a reason, a correction of what is published. Needs If-Match."""
    loaded = minutes_queries.load(session, who, minutes_id, now, hold=True)
    minutes.require_edit(who, loaded)
    conditional.expects(loaded.minutes.version)
    return _seen(session, who, conditional, minutes.edit(session, who, loaded, body.body, reason=body.reason))


@router.post(f"{_ONE}/publish", operation_id="publish_minutes", responses=_MOVE)
def publish_minutes(minutes_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> MinutesOut:
    """Let everybody of the community read the minutes."""
    return _seen(session, who, conditional, minutes.publish(session, who, minutes_id, now=now))


@router.get(f"{_ONE}/versions", operation_id="list_minutes_versions", responses=_READ)
def list_minutes_versions(
    minutes_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[MinutesVersionOut]:
    """List everything minutes have said since their publication, oldest first."""
    found = minutes_queries.versions(session, who, minutes_id, after=page.after_number, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda one: (one.number,), MinutesVersionOut.of))


@router.get(f"{_ONE}/diff", operation_id="compare_minutes_versions", responses=_READ)
def compare_minutes_versions(
    minutes_id: str,
    session: Reading,
    who: Who,
    now: Now,
    conditional: Conditional,
    old: Annotated[int, Query(alias="from", ge=1, le=1_000_000, examples=[1])],
    new: Annotated[int, Query(alias="to", ge=1, le=1_000_000, examples=[2])],
) -> MinutesDiffOut:
    """Compare two versions of minutes by paragraphs."""
    found = minutes_queries.compare(session, who, minutes_id, old, new, now=now)
    return conditional.answer(MinutesDiffOut.of(old, new, found))


@router.post(f"{_ONE}/versions/{{number}}/erase", operation_id="erase_minutes_version", responses=_MOVE)
def erase_minutes_version(
    minutes_id: str,
    number: Number,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: MinutesReason | None = None,
) -> MinutesVersionOut:
    """Forget what a version said, with a reason. Its place and its hash in the journal stand."""
    reason = body.reason if body else None
    kept = minutes.erase(session, who, minutes_id, number, reason=reason, now=now)
    return conditional.answer(MinutesVersionOut.of(kept))


@router.get(f"{_ONE}/events", operation_id="list_minutes_events", responses=_READ)
def list_minutes_events(
    minutes_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[EventOut]:
    """List what happened to minutes, oldest first, for those who watch over them."""
    found = minutes_queries.events(session, who, minutes_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda event: (event.id,), EventOut.of))
