"""Sanctions: what a person may not do until a date."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.sanctions import SanctionDraft, SanctionOut
from voting.deliberation import sanctions

router = APIRouter(prefix="/v1", tags=["moderation"], route_class=YishiRoute)
_READ = documented(401, 403, 404)


@router.post(
    "/communities/{community_id}/sanctions",
    operation_id="impose_sanction",
    status_code=201,
    responses=documented(401, 403, 404, 422),
    openapi_extra={"x-creates": True},
)
def impose_sanction(
    community_id: str, body: SanctionDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> SanctionOut:
    """Forbid a person to comment, react or flag for some days, by a rule and with a reason."""
    about, rule_id, reason = body.person_id, body.rule_id, body.reason
    view = sanctions.impose(session, who, community_id, about, body.terms(), rule_id=rule_id, reason=reason, now=now)
    return conditional.answer(SanctionOut.of(view), view.sanction.version)


@router.get("/communities/{community_id}/sanctions", operation_id="list_sanctions", responses=_READ)
def list_sanctions(
    community_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[SanctionOut]:
    """List sanctions: all for moderators, one's own for everybody else."""
    found = sanctions.of_community(session, who, community_id, page.after_id, page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.sanction.id,), SanctionOut.of))


@router.get("/sanctions/{sanction_id}", operation_id="get_sanction", responses=_READ)
def get_sanction(sanction_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> SanctionOut:
    """Read a sanction."""
    view = sanctions.get(session, who, sanction_id, now=now)
    return conditional.answer(SanctionOut.of(view), view.sanction.version)


@router.post("/sanctions/{sanction_id}/lift", operation_id="lift_sanction", responses=documented(401, 403, 404, 409))
def lift_sanction(sanction_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> SanctionOut:
    """End a sanction before its date."""
    view = sanctions.lift(session, who, sanction_id, now=now)
    return conditional.answer(SanctionOut.of(view), view.sanction.version)
