"""Written objections to a result, where its rule lets enough of them bring it down."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.result_objections import ResultObjectionDraft, ResultObjectionOut
from voting.contests import objecting

router = APIRouter(prefix="/v1", tags=["results"], route_class=YishiRoute)
_READ = documented(401, 403, 404)


@router.post(
    "/contests/{contest_id}/objections",
    operation_id="object_to_result",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def object_to_result(
    contest_id: str, body: ResultObjectionDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ResultObjectionOut:
    """Object in writing to a published result, within the period of its rule; an officer records a paper."""
    view = objecting.file(session, who, contest_id, body.wanted(), now=now)
    return conditional.answer(ResultObjectionOut.of(view), view.objection.version)


@router.get("/contests/{contest_id}/objections", operation_id="list_result_objections", responses=_READ)
def list_result_objections(
    contest_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[ResultObjectionOut]:
    """List the objections to a result: all for officers, one's own for everybody else; the order says nothing."""
    found = objecting.page(session, who, contest_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.objection.id,), ResultObjectionOut.of))


@router.get("/result-objections/{result_objection_id}", operation_id="get_result_objection", responses=_READ)
def get_result_objection(
    result_objection_id: str, session: Reading, who: Who, now: Now, conditional: Conditional
) -> ResultObjectionOut:
    """Read an objection to a result."""
    view = objecting.read(session, who, result_objection_id, now=now)
    return conditional.answer(ResultObjectionOut.of(view), view.objection.version)


@router.post(
    "/result-objections/{result_objection_id}/withdraw",
    operation_id="withdraw_result_objection",
    responses=documented(401, 403, 404, 409),
)
def withdraw_result_objection(
    result_objection_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ResultObjectionOut:
    """Take an objection to a result back, within the period."""
    view = objecting.withdraw(session, who, result_objection_id, now=now)
    return conditional.answer(ResultObjectionOut.of(view), view.objection.version)
