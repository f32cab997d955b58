"""Proposals: draft, edit, write together, submit, publish or return, withdraw; versions and how they differ."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, WithActions, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.contests import EventOut
from api.schemas.points import Crs
from api.schemas.proposals import (
    DiffOut,
    Invitation,
    ProposalDraft,
    ProposalOut,
    ProposalPatch,
    ProposalReason,
    VersionOut,
)
from voting.deliberation import (
    proposal_authors,
    proposal_drafts,
    proposal_moves,
    proposal_queries,
    proposal_texts,
)
from voting.deliberation.proposal_queries import Filter

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)
Number = Annotated[int, Path(ge=1, le=1_000_000, examples=[1])]
Datum = Annotated[Crs, Query(description="The datum of `location` in the answer", examples=["gcj02"])]


@router.post(
    "/communities/{community_id}/proposals",
    operation_id="create_proposal",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def create_proposal(
    community_id: str, body: ProposalDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Draft a proposal. Only its authors see it until it is submitted."""
    loaded = proposal_drafts.create(session, who, community_id, body.draft(), now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.get("/communities/{community_id}/proposals", operation_id="list_proposals", responses=_READ)
def list_proposals(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    state: Annotated[str | None, Query(max_length=40, examples=["published"])] = None,
    category: Annotated[str | None, Query(max_length=40, examples=["停车"])] = None,
    building_id: Annotated[str | None, Query(max_length=60, examples=["bld_1"])] = None,
    unit_id: Annotated[str | None, Query(max_length=60, examples=["unt_1"])] = None,
    author_id: Annotated[str | None, Query(max_length=60, examples=["per_1"])] = None,
    order: Annotated[str, Query(pattern="^(oldest|newest)$", examples=["newest"])] = "oldest",
    asks_me: Annotated[bool, Query(description="Only those that wait for a word about my endorsement")] = False,
    crs: Datum = "wgs84",
    with_actions: WithActions = False,
) -> ListPage[ProposalOut]:
    """List the proposals of a community that the caller may know of."""
    wanted = Filter(state, category, building_id, unit_id, author_id, order == "newest", who.id if asks_me else None)
    found = proposal_queries.page(
        session,
        who,
        community_id,
        wanted,
        after=page.after_id,
        limit=page.fetch,
        with_actions=with_actions,
        now=now,
    )
    return conditional.answer(page.answer(found, lambda v: (v.proposal.id,), lambda v: ProposalOut.of(v, crs)))


@router.get("/proposals/{proposal_id}", operation_id="get_proposal", responses=_READ)
def get_proposal(
    proposal_id: str, session: Reading, who: Who, now: Now, conditional: Conditional, crs: Datum = "wgs84"
) -> ProposalOut:
    """Read a proposal and what the caller may do with it."""
    loaded = proposal_queries.load(session, who, proposal_id, now)
    view = proposal_queries.view(session, who, loaded)
    return conditional.answer(ProposalOut.of(view, crs), loaded.proposal.version)


@router.patch(
    "/proposals/{proposal_id}", operation_id="edit_proposal", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def edit_proposal(
    proposal_id: str,
    body: ProposalPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> ProposalOut:
    """Change a proposal; another title or body is another version. Needs If-Match."""
    loaded = proposal_queries.load(session, who, proposal_id, now, "proposal.edit", hold=True)
    conditional.expects(loaded.proposal.version)
    changed = proposal_drafts.edit(session, who, loaded, body.changes(), minor=body.minor, note=body.note)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, changed)), changed.proposal.version)


@router.get("/proposals/{proposal_id}/versions", operation_id="list_proposal_versions", responses=_READ)
def list_proposal_versions(
    proposal_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[VersionOut]:
    """List every wording a proposal has had, oldest first."""
    after = page.after_number
    found = proposal_queries.versions(session, who, proposal_id, after=after, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda version: (version.number,), VersionOut.of))


@router.get("/proposals/{proposal_id}/diff", operation_id="compare_proposal_versions", responses=_READ)
def compare_proposal_versions(
    proposal_id: str,
    session: Reading,
    who: Who,
    now: Now,
    conditional: Conditional,
    old: Annotated[int, Query(alias="from", ge=1, le=1_000_000, examples=[1])],
    new: Annotated[int, Query(alias="to", ge=1, le=1_000_000, examples=[2])],
) -> DiffOut:
    """Compare two versions of a proposal by paragraphs."""
    found = proposal_texts.compare(session, who, proposal_id, old, new, now=now)
    return conditional.answer(DiffOut.of(old, new, found))


@router.post("/proposals/{proposal_id}/versions/{number}/erase", operation_id="erase_proposal_version", responses=_MOVE)
def erase_proposal_version(
    proposal_id: str,
    number: Number,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ProposalReason | None = None,
) -> VersionOut:
    """Forget what a version said, with a reason. Its place and its hash in the journal stand."""
    reason = body.reason if body else None
    _, kept = proposal_texts.erase(session, who, proposal_id, number, reason=reason, now=now)
    return conditional.answer(VersionOut.of(kept))


@router.get("/proposals/{proposal_id}/events", operation_id="list_proposal_events", responses=_READ)
def list_proposal_events(
    proposal_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[EventOut]:
    """List what happened to a proposal, oldest first, for those who watch over it."""
    found = proposal_queries.events(session, who, proposal_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda event: (event.id,), EventOut.of))


@router.post("/proposals/{proposal_id}/authors", operation_id="invite_proposal_author", responses=_MOVE)
def invite_proposal_author(
    proposal_id: str, body: Invitation, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Ask somebody to write a proposal together."""
    loaded = proposal_authors.invite(session, who, proposal_id, body.person_id, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/authors/accept", operation_id="accept_proposal_invitation", responses=_MOVE)
def accept_proposal_invitation(
    proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Become an author of a proposal one was asked to write."""
    loaded = proposal_authors.answer(session, who, proposal_id, "accept_invitation", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/authors/leave", operation_id="leave_proposal_authors", responses=_MOVE)
def leave_proposal_authors(
    proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Decline an invitation, or be an author no longer. The answer is what the caller last saw."""
    loaded = proposal_authors.answer(session, who, proposal_id, "leave", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/submit", operation_id="submit_proposal", responses=_MOVE)
def submit_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Hand a proposal in for publication."""
    loaded = proposal_moves.give(session, who, proposal_id, "submit", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/publish", operation_id="publish_proposal", responses=_MOVE)
def publish_proposal(proposal_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ProposalOut:
    """Show a submitted proposal to the community. Nobody publishes their own."""
    loaded = proposal_moves.give(session, who, proposal_id, "publish", now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/return", operation_id="return_proposal", responses=_MOVE)
def return_proposal(
    proposal_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ProposalReason | None = None,
) -> ProposalOut:
    """Give a submitted proposal back to its authors, with the reason."""
    reason = body.reason if body else None
    loaded = proposal_moves.give(session, who, proposal_id, "return", reason=reason, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)


@router.post("/proposals/{proposal_id}/withdraw", operation_id="withdraw_proposal", responses=_MOVE)
def withdraw_proposal(
    proposal_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: ProposalReason | None = None,
) -> ProposalOut:
    """Take a proposal back, with the reason. What was published stays readable."""
    reason = body.reason if body else None
    loaded = proposal_moves.give(session, who, proposal_id, "withdraw", reason=reason, now=now)
    return conditional.answer(ProposalOut.of(proposal_queries.view(session, who, loaded)), loaded.proposal.version)
