"""What proposals come of: merges, splits, and support that moves by its endorsers' word."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.amendments import LineageOut, Merging, Splitting, SupportMove
from api.schemas.proposals import ProposalOut
from voting.deliberation import lineage, proposal_queries

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
_MOVE = documented(401, 403, 404, 409, 422)


@router.get("/proposals/{proposal_id}/lineage", operation_id="get_lineage", responses=documented(401, 403, 404))
def get_lineage(proposal_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> LineageOut:
    """Tell what a proposal came of, and what came of it."""
    return conditional.answer(LineageOut.of(lineage.of(session, who, proposal_id, now=now)))


@router.post("/proposals/{proposal_id}/merge", operation_id="merge_proposal", responses=_MOVE)
def merge_proposal(
    proposal_id: str, body: Merging, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Merge a proposal into another, with the reason. Its endorsers are asked whether their support goes along."""
    loaded = lineage.merge(session, who, proposal_id, body.into, reason=body.reason, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/split", operation_id="split_proposal", responses=_MOVE)
def split_proposal(
    proposal_id: str, body: Splitting, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Split a proposal into parts, with the reason. The parts are handed in for publication."""
    parts = [part.draft() for part in body.parts]
    loaded = lineage.split(session, who, proposal_id, parts, reason=body.reason, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/endorsements/move", operation_id="move_endorsement", responses=_MOVE)
def move_endorsement(
    proposal_id: str, body: SupportMove, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Give support that a merge or a split released to what came of the proposal. That one is answered."""
    loaded = lineage.move_endorsement(session, who, proposal_id, body.to, read=body.number, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)
