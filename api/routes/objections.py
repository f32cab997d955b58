"""Objections to a displayed roll: filed by residents, decided by officers, appealed to another."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.objections import ObjectionDecision, ObjectionDraft, ObjectionOut
from voting.roll import objections

router = APIRouter(prefix="/v1", tags=["rolls"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)


@router.post(
    "/rolls/{roll_id}/objections",
    operation_id="file_objection",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def file_objection(
    roll_id: str, body: ObjectionDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ObjectionOut:
    """Object to a displayed roll."""
    view = objections.file(session, who, roll_id, now=now, **body.model_dump())
    return conditional.answer(ObjectionOut.of(view), view.objection.version)


@router.get("/rolls/{roll_id}/objections", operation_id="list_objections", responses=_READ)
def list_objections(
    roll_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[ObjectionOut]:
    """List the objections to a roll: all for officers, one's own for everybody else."""
    found = objections.of_roll(session, who, roll_id, page.after_id, page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.objection.id,), ObjectionOut.of))


@router.get("/objections/{objection_id}", operation_id="get_objection", responses=_READ)
def get_objection(objection_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ObjectionOut:
    """Read an objection."""
    view = objections.get(session, who, objection_id, now=now)
    return conditional.answer(ObjectionOut.of(view), view.objection.version)


@router.post("/objections/{objection_id}/withdraw", operation_id="withdraw_objection", responses=_MOVE)
def withdraw_objection(
    objection_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ObjectionOut:
    """Take an objection back."""
    view = objections.decide(session, who, objection_id, "withdraw", reason=None, now=now)
    return conditional.answer(ObjectionOut.of(view), view.objection.version)


@router.post("/objections/{objection_id}/uphold", operation_id="uphold_objection", responses=_MOVE)
def uphold_objection(
    objection_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ObjectionDecision | None = None,
) -> ObjectionOut:
    """Find an objection right; the correction of the roll names it."""
    reason = body.reason if body else None
    view = objections.decide(session, who, objection_id, "uphold", reason=reason, now=now)
    return conditional.answer(ObjectionOut.of(view), view.objection.version)


@router.post("/objections/{objection_id}/dismiss", operation_id="dismiss_objection", responses=_MOVE)
def dismiss_objection(
    objection_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ObjectionDecision | None = None,
) -> ObjectionOut:
    """Find an objection wrong, with the reason."""
    reason = body.reason if body else None
    view = objections.decide(session, who, objection_id, "dismiss", reason=reason, now=now)
    return conditional.answer(ObjectionOut.of(view), view.objection.version)


@router.post("/objections/{objection_id}/appeal", operation_id="appeal_objection", responses=_MOVE)
def appeal_objection(
    objection_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ObjectionDecision | None = None,
) -> ObjectionOut:
    """Appeal against a dismissal to an officer who has not decided it."""
    reason = body.reason if body else None
    view = objections.decide(session, who, objection_id, "appeal", reason=reason, now=now)
    return conditional.answer(ObjectionOut.of(view), view.objection.version)
