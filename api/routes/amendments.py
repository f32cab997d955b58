"""Amendments of proposals: suggested by residents, accepted or rejected by the authors, promoted by who wrote them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Now, Page, Reading, Who, WithActions, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.amendments import Acceptance, AmendmentDraft, AmendmentOut, AmendmentReason
from api.schemas.base import ListPage
from voting.deliberation import amendments

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)


@router.post(
    "/proposals/{proposal_id}/amendments",
    operation_id="propose_amendment",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def propose_amendment(
    proposal_id: str, body: AmendmentDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> AmendmentOut:
    """Suggest a change of one paragraph to the authors of a proposal."""
    view = amendments.propose(
        session, who, proposal_id, body.change(), locale=body.locale, base=body.base, why=body.why, now=now
    )
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.get("/proposals/{proposal_id}/amendments", operation_id="list_amendments", responses=_READ)
def list_amendments(
    proposal_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    state: Annotated[str | None, Query(max_length=40, examples=["proposed"])] = None,
    with_actions: WithActions = False,
) -> ListPage[AmendmentOut]:
    """List the amendments of a proposal, oldest first."""
    found = amendments.page(
        session,
        who,
        proposal_id,
        state=state,
        after=page.after_id,
        limit=page.fetch,
        with_actions=with_actions,
        now=now,
    )
    return conditional.answer(page.answer(found, lambda view: (view.amendment.id,), AmendmentOut.of))


@router.get("/amendments/{amendment_id}", operation_id="get_amendment", responses=_READ)
def get_amendment(amendment_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> AmendmentOut:
    """Read an amendment and what the caller may do with it."""
    view = amendments.get(session, who, amendment_id, now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.post("/amendments/{amendment_id}/accept", operation_id="accept_amendment", responses=_MOVE)
def accept_amendment(
    amendment_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: Acceptance | None = None,
) -> AmendmentOut:
    """Accept an amendment into a new version of the proposal."""
    minor = body.minor if body else False
    view = amendments.decide(session, who, amendment_id, "accept", minor=minor, now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.post("/amendments/{amendment_id}/reject", operation_id="reject_amendment", responses=_MOVE)
def reject_amendment(
    amendment_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: AmendmentReason | None = None,
) -> AmendmentOut:
    """Reject an amendment, with the reason."""
    reason = body.reason if body else None
    view = amendments.decide(session, who, amendment_id, "reject", reason=reason, now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.post("/amendments/{amendment_id}/promote", operation_id="promote_amendment", responses=_MOVE)
def promote_amendment(
    amendment_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> AmendmentOut:
    """Make a draft proposal of one's own out of an amendment."""
    view = amendments.decide(session, who, amendment_id, "promote", now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.post("/amendments/{amendment_id}/take_back", operation_id="take_back_amendment", responses=_MOVE)
def take_back_amendment(
    amendment_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> AmendmentOut:
    """Take one's own amendment back."""
    view = amendments.decide(session, who, amendment_id, "take_back", now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.post("/amendments/{amendment_id}/erase", operation_id="erase_amendment", responses=_MOVE)
def erase_amendment(
    amendment_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: AmendmentReason | None = None,
) -> AmendmentOut:
    """Forget what an amendment said and why, with a reason. Its place and its hash in the journal stand."""
    reason = body.reason if body else None
    view = amendments.decide(session, who, amendment_id, "erase", reason=reason, now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)
