"""The officers' side of proposals: review and answer, the vote, carrying out, how the input changed the outcome."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path

from api.deps import Conditional, Now, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.proposals import AnswerDraft, BallotLink, ProposalOut, ProposalReason, Rejection
from voting.deliberation import answers, proposal_moves, proposal_queries

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
_MOVE = documented(401, 403, 404, 409, 422)


@router.post("/proposals/{proposal_id}/review", operation_id="review_proposal", responses=_MOVE)
def review_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Begin the review of a qualified proposal."""
    loaded = proposal_moves.give(session, who, proposal_id, "review", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/accept", operation_id="accept_proposal", responses=_MOVE)
def accept_proposal(
    proposal_id: str, body: AnswerDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Accept a proposal, with an answer to its authors."""
    loaded = answers.decide(session, who, proposal_id, "accept", body.answer(), now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/accept_in_part", operation_id="accept_proposal_in_part", responses=_MOVE)
def accept_proposal_in_part(
    proposal_id: str, body: AnswerDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Accept a part of a proposal; the answer says which."""
    loaded = answers.decide(session, who, proposal_id, "accept_in_part", body.answer(), now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/reject", operation_id="reject_proposal", responses=_MOVE)
def reject_proposal(
    proposal_id: str, body: Rejection, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Reject a proposal, with an answer and a reason."""
    loaded = answers.decide(session, who, proposal_id, "reject", body.answer(), reason=body.reason, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/put_on_ballot", operation_id="put_proposal_on_ballot", responses=_MOVE)
def put_proposal_on_ballot(
    proposal_id: str, body: BallotLink, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Say which contest puts an accepted proposal to the vote."""
    loaded = answers.put_on_ballot(session, who, proposal_id, body.contest_id, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/adopt", operation_id="adopt_proposal", responses=_MOVE)
def adopt_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Find the proposal adopted: its contest is certified."""
    loaded = proposal_moves.give(session, who, proposal_id, "adopt", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/not_adopt", operation_id="reject_proposal_by_vote", responses=_MOVE)
def reject_proposal_by_vote(
    proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Find the proposal not adopted: its contest is certified, inconclusive or annulled."""
    loaded = proposal_moves.give(session, who, proposal_id, "not_adopt", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/implement", operation_id="implement_proposal", responses=_MOVE)
def implement_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Begin to carry an accepted or adopted proposal out."""
    loaded = proposal_moves.give(session, who, proposal_id, "implement", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/complete", operation_id="complete_proposal", responses=_MOVE)
def complete_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Say that a proposal is carried out."""
    loaded = proposal_moves.give(session, who, proposal_id, "complete", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/report_outcome", operation_id="report_proposal_outcome", responses=_MOVE)
def report_proposal_outcome(
    proposal_id: str, body: AnswerDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Tell how the input changed the outcome. Earlier reports are kept."""
    loaded = answers.report(session, who, proposal_id, body.answer(), now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/archive", operation_id="archive_proposal", responses=_MOVE)
def archive_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Close a proposal, once it was told how the input changed the outcome."""
    loaded = proposal_moves.give(session, who, proposal_id, "archive", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post(
    "/proposals/{proposal_id}/answers/{which}/{number}/erase", operation_id="erase_official_answer", responses=_MOVE
)
def erase_official_answer(
    proposal_id: str,
    which: Literal["answer", "outcome"],
    number: Annotated[int, Path(ge=1, le=1_000_000, examples=[1])],
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ProposalReason | None = None,
) -> ProposalOut:
    """Forget what an answer or an outcome said, with a reason. That it was given, and its hash, stand."""
    reason = body.reason if body else None
    loaded = answers.erase(session, who, proposal_id, which, number, reason=reason, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)
