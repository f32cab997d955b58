"""Activities: what people come together for, from its announcement to its close."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.activities import ActivityDraft, ActivityOut, ActivityPatch, ActivityReason
from api.schemas.base import ListPage
from api.schemas.contests import EventOut
from voting.programme import activities, activity_queries
from voting.programme.activity_queries import Filter, Loaded

router = APIRouter(prefix="/v1", tags=["activities"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)
_ONE = "/activities/{activity_id}"


def _seen(session: Writing, who: Who, conditional: Conditional, loaded: Loaded) -> ActivityOut:
    return conditional.answer(ActivityOut.of(activity_queries.view(session, who, loaded)), loaded.activity.version)


@router.post(
    "/communities/{community_id}/activities",
    operation_id="create_activity",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def create_activity(
    community_id: str, body: ActivityDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ActivityOut:
    """Announce an activity: what it is, where and when, and the level of participation it is to deliver."""
    return _seen(session, who, conditional, activities.create(session, who, community_id, body.draft(), now=now))


@router.get("/communities/{community_id}/activities", operation_id="list_activities", responses=_READ)
def list_activities(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    state: Annotated[str | None, Query(max_length=40, examples=["announced"])] = None,
    kind: Annotated[str | None, Query(max_length=160, examples=["议事会"])] = None,
    building_id: Annotated[str | None, Query(max_length=60, examples=["bld_1"])] = None,
    unit_id: Annotated[str | None, Query(max_length=60, examples=["unt_1"])] = None,
    order: Annotated[str, Query(pattern="^(earliest|latest)$", examples=["latest"])] = "latest",
) -> ListPage[ActivityOut]:
    """List the activities of a community by their beginnings."""
    wanted = Filter(state, kind, building_id, unit_id, latest_first=order == "latest")
    found = activity_queries.page(session, who, community_id, wanted, after=page.after, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: view.key, ActivityOut.of))


@router.get(_ONE, operation_id="get_activity", responses=_READ)
def get_activity(activity_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ActivityOut:
    """Read an activity and what the caller may do with it."""
    return _seen(session, who, conditional, activity_queries.load(session, who, activity_id, now))


@router.patch(_ONE, operation_id="edit_activity", responses=documented(401, 403, 404, 409, 412, 422, 428))
def edit_activity(
    activity_id: str,
    body: ActivityPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> ActivityOut:
    """Change what is announced, before it has taken place. Needs If-Match."""
    loaded = activity_queries.load(session, who, activity_id, now, "activity.edit", hold=True)
    conditional.expects(loaded.activity.version)
    return _seen(session, who, conditional, activities.edit(session, who, loaded, body.changes()))


@router.post(f"{_ONE}/hold", operation_id="hold_activity", responses=_MOVE)
def hold_activity(activity_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ActivityOut:
    """Say that an activity took place."""
    return _seen(session, who, conditional, activities.give(session, who, activity_id, "hold", now=now))


@router.post(f"{_ONE}/close", operation_id="close_activity", responses=_MOVE)
def close_activity(activity_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ActivityOut:
    """Say that nothing is left to be done about an activity."""
    return _seen(session, who, conditional, activities.give(session, who, activity_id, "close", now=now))


@router.post(f"{_ONE}/cancel", operation_id="cancel_activity", responses=_MOVE)
def cancel_activity(
    activity_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ActivityReason | None = None,
) -> ActivityOut:
    """Cancel an activity, and say why."""
    reason = body.reason if body else None
    return _seen(
        session, who, conditional, activities.give(session, who, activity_id, "cancel", reason=reason, now=now)
    )


@router.post(f"{_ONE}/erase", operation_id="erase_activity", responses=_MOVE)
def erase_activity(
    activity_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ActivityReason | None = None,
) -> ActivityOut:
    """Forget what an activity is called and where it is, with a reason. Its hash in the journal stands."""
    reason = body.reason if body else None
    return _seen(session, who, conditional, activities.erase(session, who, activity_id, reason=reason, now=now))


@router.get(f"{_ONE}/events", operation_id="list_activity_events", responses=_READ)
def list_activity_events(
    activity_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[EventOut]:
    """List what happened to an activity, oldest first, for those who watch over it."""
    found = activity_queries.events(session, who, activity_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda event: (event.id,), EventOut.of))
