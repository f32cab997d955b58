"""Moderation: a community's policy, flags, checks before texts are shown, cases with appeals, public figures, erasure."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, WithActions, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.amendments import AmendmentOut
from api.schemas.base import ListPage
from api.schemas.comments import CommentOut
from api.schemas.moderation import (
    CaseOut,
    FlagDraft,
    MonthlyCountsOut,
    PolicyOut,
    PolicyPatch,
    Ruling,
    Withholding,
)
from api.schemas.proposals import ProposalOut
from voting.deliberation import (
    amendment_moderation,
    cases,
    comment_checks,
    comment_erasure,
    comment_moderation,
    comment_view,
    flags,
    moderation_counts,
    moderation_policy,
    proposal_moderation,
)

router = APIRouter(prefix="/v1", tags=["moderation"], route_class=YishiRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)
_MONTH = "The month in the community's time zone"


@router.get(
    "/communities/{community_id}/moderation-policy", operation_id="get_moderation_policy", responses=documented(404)
)
def get_moderation_policy(community_id: str, session: Reading, who: Who, conditional: Conditional) -> PolicyOut:
    """Read the rules of a community's moderation. Needs no account."""
    seen = moderation_policy.get(session, who, community_id)
    return conditional.answer(PolicyOut.of(seen), seen.row.version)


@router.patch(
    "/communities/{community_id}/moderation-policy",
    operation_id="edit_moderation_policy",
    responses=documented(401, 403, 404, 412, 422, 428),
)
def edit_moderation_policy(
    community_id: str,
    body: PolicyPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> PolicyOut:
    """Change how a community moderates. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    seen = moderation_policy.edit(session, who, community_id, changes, conditional.expects, now=now)
    return conditional.answer(PolicyOut.of(seen), seen.row.version)


@router.get(
    "/communities/{community_id}/moderation-counts",
    operation_id="get_moderation_counts",
    responses=documented(404, 422),
)
def get_moderation_counts(
    community_id: str,
    session: Reading,
    conditional: Conditional,
    month: Annotated[str, Query(max_length=7, description=_MONTH, examples=["2026-03"])],
) -> MonthlyCountsOut:
    """Read what was decided in a month, by rule. Needs no account."""
    return conditional.answer(MonthlyCountsOut.of(moderation_counts.of_month(session, community_id, month)))


@router.post("/comments/{comment_id}/flag", operation_id="flag_comment", responses=_MOVE)
def flag_comment(
    comment_id: str, body: FlagDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> CommentOut:
    """Say which rule a comment breaks; enough of that hides it until it is reviewed."""
    view = flags.flag(session, who, comment_moderation.KIND, comment_id, rule_id=body.rule_id, note=body.note, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.post("/proposals/{proposal_id}/flag", operation_id="flag_proposal", responses=_MOVE)
def flag_proposal(
    proposal_id: str, body: FlagDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProposalOut:
    """Say which rule a proposal breaks; enough of that hides it until it is reviewed."""
    kind = proposal_moderation.KIND
    view = flags.flag(session, who, kind, proposal_id, rule_id=body.rule_id, note=body.note, now=now)
    return conditional.answer(ProposalOut.of(view), view.proposal.version)


@router.post("/amendments/{amendment_id}/flag", operation_id="flag_amendment", responses=_MOVE)
def flag_amendment(
    amendment_id: str, body: FlagDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> AmendmentOut:
    """Say which rule an amendment breaks; enough of that hides it until it is reviewed."""
    kind = amendment_moderation.KIND
    view = flags.flag(session, who, kind, amendment_id, rule_id=body.rule_id, note=body.note, now=now)
    return conditional.answer(AmendmentOut.of(view), view.amendment.version)


@router.get("/communities/{community_id}/pending-comments", operation_id="list_pending_comments", responses=_READ)
def list_pending_comments(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    with_actions: WithActions = False,
) -> ListPage[CommentOut]:
    """List the comments that wait for a check, oldest first, for the service that checks them."""
    found = comment_checks.pending(session, who, community_id, page.after_id, page.fetch, now=now)
    if with_actions:
        found = comment_view.with_actions(session, who, found, now)
    return conditional.answer(page.answer(found, lambda view: (view.comment.id,), CommentOut.of))


@router.post("/comments/{comment_id}/publish", operation_id="publish_comment", responses=_MOVE)
def publish_comment(comment_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> CommentOut:
    """Show a comment that waited for a check, or was withheld."""
    view = comment_checks.publish(session, who, comment_id, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.post("/comments/{comment_id}/withhold", operation_id="withhold_comment", responses=_MOVE)
def withhold_comment(
    comment_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: Withholding | None = None,
) -> CommentOut:
    """Keep back a comment that waits, by a rule and with a reason."""
    given = body or Withholding()
    view = comment_checks.withhold(session, who, comment_id, rule_id=given.rule_id, reason=given.reason, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.post("/comments/{comment_id}/erase", operation_id="erase_comment", responses=_READ)
def erase_comment(comment_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> CommentOut:
    """Erase what a comment says and has said; its place stays and every proof holds."""
    view = comment_erasure.erase_text(session, who, comment_id, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.get("/communities/{community_id}/moderation-cases", operation_id="list_moderation_cases", responses=_READ)
def list_moderation_cases(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    state: Annotated[
        str | None, Query(max_length=20, description="Only cases in this state", examples=["flagged"])
    ] = None,
) -> ListPage[CaseOut]:
    """List the cases of a community, oldest first, for moderators."""
    found = cases.of_community(session, who, community_id, state=state, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.case.id,), CaseOut.of))


@router.get("/moderation-cases/{case_id}", operation_id="get_moderation_case", responses=_READ)
def get_moderation_case(case_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> CaseOut:
    """Read a case: its flags, decisions and reasons."""
    view = cases.get(session, who, case_id, now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/take", operation_id="take_moderation_case", responses=_MOVE)
def take_moderation_case(case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> CaseOut:
    """Take a case, or take it over, to decide it."""
    view = cases.decide(session, who, case_id, "take", cases.Ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/dismiss", operation_id="dismiss_moderation_case", responses=_MOVE)
def dismiss_moderation_case(
    case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Ruling | None = None
) -> CaseOut:
    """Find that nothing was broken: what it is about is shown again."""
    view = cases.decide(session, who, case_id, "dismiss", (body or Ruling()).ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/hide", operation_id="hide_moderation_case", responses=_MOVE)
def hide_moderation_case(
    case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Ruling | None = None
) -> CaseOut:
    """Hide what it is about by a rule and with a reason. Its author may appeal."""
    view = cases.decide(session, who, case_id, "hide", (body or Ruling()).ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/remove_legal", operation_id="remove_legal_moderation_case", responses=_MOVE)
def remove_legal_moderation_case(
    case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Ruling | None = None
) -> CaseOut:
    """Remove what it is about because the law demands it, with a reason."""
    view = cases.decide(session, who, case_id, "remove_legal", (body or Ruling()).ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/appeal", operation_id="appeal_moderation_case", responses=_MOVE)
def appeal_moderation_case(
    case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Ruling | None = None
) -> CaseOut:
    """Appeal against a decision to hide what one wrote, with a reason, to somebody who has not decided it."""
    view = cases.decide(session, who, case_id, "appeal", (body or Ruling()).ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/reinstate", operation_id="reinstate_moderation_case", responses=_MOVE)
def reinstate_moderation_case(
    case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Ruling | None = None
) -> CaseOut:
    """Find an appeal right, with a reason: what was hidden is back, and a sanction that came with it is void."""
    view = cases.decide(session, who, case_id, "reinstate", (body or Ruling()).ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)


@router.post("/moderation-cases/{case_id}/uphold", operation_id="uphold_moderation_case", responses=_MOVE)
def uphold_moderation_case(
    case_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Ruling | None = None
) -> CaseOut:
    """Find an appeal wrong, with a reason. That is final."""
    view = cases.decide(session, who, case_id, "uphold", (body or Ruling()).ruling(), now=now)
    return conditional.answer(CaseOut.of(view), view.case.version)
