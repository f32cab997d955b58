"""Action items: what is to be done after an activity, by whom and until when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.action_items import ActionItemDraft, ActionItemOut, ActionItemPatch, ActionItemReason
from api.schemas.base import ListPage
from voting.programme import action_item_queries, action_items
from voting.programme.action_item_queries import Filter, Loaded

router = APIRouter(prefix="/v1", tags=["activities"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)
_ONE = "/action-items/{action_item_id}"


def _seen(who: Who, conditional: Conditional, loaded: Loaded) -> ActionItemOut:
    return conditional.answer(ActionItemOut.of(action_item_queries.view(who, loaded)), loaded.item.version)


@router.post(
    "/activities/{activity_id}/action-items",
    operation_id="add_action_item",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def add_action_item(
    activity_id: str, body: ActionItemDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ActionItemOut:
    """Say what is to be done after an activity that took place, by whom and until when."""
    return _seen(who, conditional, action_items.create(session, who, activity_id, body.draft(), now=now))


@router.get("/communities/{community_id}/action-items", operation_id="list_action_items", responses=_READ)
def list_action_items(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    activity_id: Annotated[str | None, Query(max_length=60, examples=["atv_01jv3c"])] = None,
    state: Annotated[str | None, Query(max_length=40, examples=["open"])] = None,
    responsible_role: Annotated[str | None, Query(max_length=60, examples=["property_manager"])] = None,
    mine: Annotated[bool, Query(description="Only those that I do as a person", examples=[False])] = False,
) -> ListPage[ActionItemOut]:
    """List the action items of a community, newest first."""
    wanted = Filter(activity_id, state, who.id if mine else None, responsible_role)
    found = action_item_queries.page(session, who, community_id, wanted, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.item.id,), ActionItemOut.of))


@router.get(_ONE, operation_id="get_action_item", responses=_READ)
def get_action_item(
    action_item_id: str, session: Reading, who: Who, now: Now, conditional: Conditional
) -> ActionItemOut:
    """Read an action item and what the caller may do with it."""
    return _seen(who, conditional, action_item_queries.load(session, who, action_item_id, now))


@router.patch(_ONE, operation_id="edit_action_item", responses=documented(401, 403, 404, 409, 412, 422, 428))
def edit_action_item(
    action_item_id: str,
    body: ActionItemPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> ActionItemOut:
    """Give an action item to somebody else, or another day. Needs If-Match."""
    loaded = action_item_queries.load(session, who, action_item_id, now, "action_item.edit", hold=True)
    conditional.expects(loaded.item.version)
    return _seen(who, conditional, action_items.edit(session, who, loaded, body.changes()))


@router.post(f"{_ONE}/complete", operation_id="complete_action_item", responses=_MOVE)
def complete_action_item(
    action_item_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ActionItemOut:
    """Say that it is done: whoever is responsible, or those who organise."""
    return _seen(who, conditional, action_items.give(session, who, action_item_id, "complete", now=now))


@router.post(f"{_ONE}/drop", operation_id="drop_action_item", responses=_MOVE)
def drop_action_item(
    action_item_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ActionItemReason | None = None,
) -> ActionItemOut:
    """Say that it will not be done, and why."""
    reason = body.reason if body else None
    return _seen(who, conditional, action_items.give(session, who, action_item_id, "drop", reason=reason, now=now))


@router.post(f"{_ONE}/reopen", operation_id="reopen_action_item", responses=_MOVE)
def reopen_action_item(
    action_item_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ActionItemReason | None = None,
) -> ActionItemOut:
    """Say that it is to be done after all, and why, while the activity is not closed."""
    reason = body.reason if body else None
    return _seen(who, conditional, action_items.give(session, who, action_item_id, "reopen", reason=reason, now=now))


@router.post(f"{_ONE}/erase", operation_id="erase_action_item", responses=_MOVE)
def erase_action_item(
    action_item_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ActionItemReason | None = None,
) -> ActionItemOut:
    """Forget what was to be done, with a reason. Its hash in the journal stands."""
    reason = body.reason if body else None
    return _seen(who, conditional, action_items.erase(session, who, action_item_id, reason=reason, now=now))
