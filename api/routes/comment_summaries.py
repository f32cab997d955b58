"""Summaries of a thread, written and signed by a person."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.comment_summaries import SummaryDraft, SummaryOut, SummaryPatch, SummaryVersionOut
from voting.deliberation import comment_summaries

router = APIRouter(prefix="/v1", tags=["comments"], route_class=YishiRoute)
_READ = documented(401, 403, 404)


@router.post(
    "/threads/{kind}/{subject}/summaries",
    operation_id="write_comment_summary",
    status_code=201,
    responses=documented(401, 403, 404, 422),
    openapi_extra={"x-creates": True},
)
def write_summary(
    kind: str, subject: str, body: SummaryDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> SummaryOut:
    """Sum up what one side, or all, have said, and sign it."""
    view = comment_summaries.write(session, who, kind, subject, side=body.side, text=body.text, now=now)
    return conditional.answer(SummaryOut.of(view), view.summary.version)


@router.get("/threads/{kind}/{subject}/summaries", operation_id="list_comment_summaries", responses=_READ)
def list_summaries(
    kind: str, subject: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[SummaryOut]:
    """List the summaries of a thread, newest first."""
    found = comment_summaries.of_thread(session, who, kind, subject, page.after_id, page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.summary.id,), SummaryOut.of))


@router.get("/comment-summaries/{summary_id}", operation_id="get_comment_summary", responses=_READ)
def get_summary(summary_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> SummaryOut:
    """Read a summary."""
    view = comment_summaries.get(session, who, summary_id, now=now)
    return conditional.answer(SummaryOut.of(view), view.summary.version)


@router.patch(
    "/comment-summaries/{summary_id}",
    operation_id="edit_comment_summary",
    responses=documented(401, 403, 404, 412, 422, 428),
)
def edit_summary(
    summary_id: str,
    body: SummaryPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> SummaryOut:
    """Change one's own summary; what it said before is kept. Needs If-Match."""
    view = comment_summaries.edit(session, who, summary_id, body.text, conditional.expects, now=now)
    return conditional.answer(SummaryOut.of(view), view.summary.version)


@router.get("/comment-summaries/{summary_id}/versions", operation_id="list_comment_summary_versions", responses=_READ)
def list_summary_versions(
    summary_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[SummaryVersionOut]:
    """Read what a summary has said, oldest first, with the salts that open its hashes in the journal."""
    after = page.after_number
    found = comment_summaries.versions(session, who, summary_id, after, page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda version: (version.edition,), SummaryVersionOut.of))
