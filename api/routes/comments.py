"""Comments: what is said under a subject, read by branch or as a tree."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from api.deps import Conditional, IfMatch, Now, Page, Reading, Running, Who, WithActions, Writing
from api.posting import PostingRoute
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.comments import (
    ArgumentsOut,
    CommentDraft,
    CommentOut,
    CommentPatch,
    CommentVersionOut,
    ReactionDraft,
    SideOut,
    Sort,
    ThreadOut,
)
from api.stream import DESCRIBED_THREAD, LONGEST, ThreadStream
from voting.deliberation import comment_batches, comment_pages, comment_view, comments, reactions, thread_marks

router = APIRouter(prefix="/v1", tags=["comments"], route_class=YishiRoute)
posting = APIRouter(prefix="/v1", tags=["comments"], route_class=PostingRoute)
_READ = documented(401, 403, 404)
_MOVE = documented(401, 403, 404, 409, 422)


@posting.post(
    "/threads/{kind}/{subject}/comments",
    operation_id="post_comment",
    status_code=201,
    responses=_MOVE,
    openapi_extra={"x-creates": True},
)
def post_comment(
    kind: str, subject: str, body: CommentDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> CommentOut:
    """Say something under a subject, or reply to a comment of it."""
    view = comment_batches.post(session, who, kind, subject, body.draft(), now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.get("/threads/{kind}/{subject}/comments", operation_id="list_comments", responses=_READ)
def list_comments(
    kind: str,
    subject: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    sort: Annotated[
        Sort, Query(description="`tree` walks through everything below, replies behind what they reply to")
    ] = "newest",
    parent_id: Annotated[
        str | None, Query(max_length=60, description="The replies to this comment", examples=["cmt_01jv3c"])
    ] = None,
    with_actions: WithActions = False,
) -> ListPage[CommentOut]:
    """Read what is said under a subject or in reply to a comment, page by page."""
    found = comment_pages.page(
        session,
        who,
        kind,
        subject,
        sort=sort,
        parent_id=parent_id,
        after=page.after,
        limit=page.fetch,
        with_actions=with_actions,
        now=now,
    )
    return conditional.answer(page.answer(found, lambda view: comment_pages.key_of(view, sort), CommentOut.of))


@router.get("/threads/{kind}/{subject}", operation_id="get_thread", responses=_READ)
def get_thread(kind: str, subject: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ThreadOut:
    """Read a thread in figures, and what the caller may do there."""
    return conditional.answer(ThreadOut.of(comment_pages.view(session, who, kind, subject, now=now)))


@router.get(
    "/threads/{kind}/{subject}/changes",
    operation_id="stream_thread_changes",
    response_class=Response,
    responses=_READ | {200: {"description": "Server-sent events named `change`", "content": DESCRIBED_THREAD}},
)
async def stream_thread_changes(
    kind: str,
    subject: str,
    who: Who,
    running: Running,
    seconds: Annotated[int, Query(ge=0, le=LONGEST, description="How long to listen", examples=[300])] = 300,
    last_event_id: Annotated[
        str, Header(max_length=100, description="The event known already", examples=["9f2c1f0a7d3e4b5c"])
    ] = "",
) -> Response:
    """Listen to a thread: that something was posted, edited, hidden or decided there; never what."""
    key = f"{kind}:{subject}"
    read = running.reads(thread_marks.read, who, key)
    return ThreadStream(running.watch, key, read, seconds=seconds, known=last_event_id)


@router.get("/threads/{kind}/{subject}/arguments", operation_id="list_arguments", responses=_READ)
def list_arguments(
    kind: str, subject: str, session: Reading, who: Who, now: Now, conditional: Conditional
) -> ArgumentsOut:
    """Read what each side has said, with counts and the arguments with most support."""
    sides = comment_pages.arguments(session, who, kind, subject, now=now)
    return conditional.answer(ArgumentsOut(sides=[SideOut.of(side) for side in sides]))


@router.get("/comments/{comment_id}", operation_id="get_comment", responses=_READ)
def get_comment(comment_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> CommentOut:
    """Read a comment, and what the caller may do with it."""
    view = comments.get(session, who, comment_id, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.patch(
    "/comments/{comment_id}", operation_id="edit_comment", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def edit_comment(
    comment_id: str,
    body: CommentPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> CommentOut:
    """Change one's own comment; what it said before is kept. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    view = comments.edit(session, who, comment_id, changes, conditional.expects, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.post("/comments/{comment_id}/retract", operation_id="retract_comment", responses=_MOVE)
def retract_comment(comment_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> CommentOut:
    """Take one's own comment back; a tombstone keeps its place."""
    view = comments.retract(session, who, comment_id, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.post("/comments/{comment_id}/react", operation_id="react_to_comment", responses=_MOVE)
def react_to_comment(
    comment_id: str, body: ReactionDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> CommentOut:
    """Support, oppose or pass a comment, or take the reaction back. Nobody is told who did."""
    view = reactions.react(session, who, comment_id, body.reaction, now=now)
    return conditional.answer(CommentOut.of(view), view.comment.version)


@router.get("/comments/{comment_id}/versions", operation_id="list_comment_versions", responses=_READ)
def list_comment_versions(
    comment_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[CommentVersionOut]:
    """Read what a comment has said, oldest first, with the salts that open its hashes in the journal."""
    after = page.after_number
    found = comments.versions(session, who, comment_id, after, page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda version: (version.edition,), CommentVersionOut.of))


@router.get("/me/mentions", operation_id="list_own_mentions", responses=_READ)
def list_own_mentions(
    session: Reading, who: Who, now: Now, page: Page, conditional: Conditional, with_actions: WithActions = False
) -> ListPage[CommentOut]:
    """Read the comments that name the caller, newest first."""
    found = comment_pages.mentions(session, who, page.after_id, page.fetch, now=now)
    if with_actions:
        found = comment_view.with_actions(session, who, found, now)
    return conditional.answer(page.answer(found, lambda view: (view.comment.id,), CommentOut.of))
