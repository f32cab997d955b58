"""Support of proposals: gathered by a rule within a window, given, confirmed after a change, withdrawn."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.proposals import EndorsementOut, ProposalOut, SupportOpening, Wording
from voting.deliberation import endorsements, proposal_moves, proposal_queries

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
_MOVE = documented(401, 403, 404, 409, 422)


@router.post("/proposals/{proposal_id}/gather", operation_id="gather_proposal_support", responses=_MOVE)
def gather_proposal_support(
    proposal_id: str, body: SupportOpening, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Begin to gather support by a rule that does not change any more."""
    loaded = endorsements.gather(session, who, proposal_id, body.rule(), now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/lapse", operation_id="lapse_proposal", responses=_MOVE)
def lapse_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Find that the window is over without enough support: anybody of the community may say so."""
    loaded = proposal_moves.give(session, who, proposal_id, "lapse", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.get(
    "/proposals/{proposal_id}/endorsements", operation_id="list_endorsements", responses=documented(401, 403, 404)
)
def list_endorsements(
    proposal_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[EndorsementOut]:
    """List who endorsed a proposal, for those who review."""
    found = endorsements.page(session, who, proposal_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda row: (row.person_id,), EndorsementOut.of))


@router.post("/proposals/{proposal_id}/endorsements", operation_id="endorse_proposal", status_code=201, responses=_MOVE)
def endorse_proposal(
    proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Wording | None = None
) -> ProposalOut:
    """Support a proposal as it is worded now. The endorsement that reaches the threshold qualifies it."""
    loaded = endorsements.endorse(session, who, proposal_id, read=body.number if body else None, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/endorsements/confirm", operation_id="confirm_endorsement", responses=_MOVE)
def confirm_endorsement(
    proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Wording | None = None
) -> ProposalOut:
    """Support the new wording of a proposal that changed after one had endorsed it."""
    loaded = endorsements.confirm(session, who, proposal_id, read=body.number if body else None, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/endorsements/withdraw", operation_id="withdraw_endorsement", responses=_MOVE)
def withdraw_endorsement(
    proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Support a proposal no longer."""
    loaded = endorsements.withdraw(session, who, proposal_id, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)
