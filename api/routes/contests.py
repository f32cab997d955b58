"""Contests: draft, notice, open, extend, close, count, publish, certify, annul; read, list, turnout and events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from api.deps import Conditional, DryRun, IfMatch, Now, Page, Reading, Running, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.contests import (
    Annulment,
    ContestDraft,
    ContestOut,
    ContestPatch,
    Counting,
    EventOut,
    Extension,
    Reason,
    TurnoutOut,
)
from api.stream import DESCRIBED, LONGEST, ContestStream
from voting.contests import certifying, drafts, moves, queries, standing

router = APIRouter(prefix="/v1", tags=["contests"], route_class=YishiRoute)
_READ = documented(404)
_MOVE = documented(401, 403, 404, 409)
_MOVE_WITH_BODY = documented(401, 403, 404, 409, 422)


@router.post(
    "/communities/{community_id}/contests",
    operation_id="create_contest",
    status_code=201,
    responses=documented(401, 403, 404, 422),
    openapi_extra={"x-creates": True},
)
def create_contest(
    community_id: str, body: ContestDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ContestOut:
    """Draft a contest: question, options, method, rule values, terms and window."""
    loaded = drafts.create(session, who, community_id, body.draft(), now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.get("/communities/{community_id}/contests", operation_id="list_contests", responses=_READ)
def list_contests(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    state: Annotated[str | None, Query(max_length=40, description="Only contests in this state")] = None,
) -> ListPage[ContestOut]:
    """List the contests of a community, oldest first. Needs no account."""
    found = queries.page(session, who, community_id, state=state, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda view: (view.contest.id,), ContestOut.of))


@router.get("/contests/{contest_id}", operation_id="get_contest", responses=_READ)
def get_contest(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ContestOut:
    """Read a contest and what the caller may do with it. Needs no account."""
    loaded = queries.load(session, who, contest_id, now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.patch(
    "/contests/{contest_id}", operation_id="edit_contest", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def edit_contest(
    contest_id: str,
    body: ContestPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> ContestOut:
    """Change a draft. Needs If-Match."""
    loaded = queries.load(session, who, contest_id, now, "contest.edit", hold=True)
    conditional.expects(loaded.contest.version)
    changed = drafts.edit(session, who, loaded, body.changes())
    return conditional.answer(ContestOut.of(queries.view(session, who, changed)), changed.contest.version)


@router.get(
    "/contests/{contest_id}/turnout", operation_id="get_turnout", responses=_READ, openapi_extra={"x-watch": "turnout"}
)
def get_turnout(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> TurnoutOut:
    """Tell how many of the electors have cast: the only figure before the close. Needs no account."""
    loaded = queries.load(session, who, contest_id, now)
    return conditional.answer(TurnoutOut.of(queries.turnout(session, loaded.contest)))


@router.get(
    "/contests/{contest_id}/changes",
    operation_id="stream_contest_changes",
    response_class=Response,
    responses=_READ | {200: {"description": "Server-sent events named `change`", "content": DESCRIBED}},
)
async def stream_contest_changes(
    contest_id: str,
    who: Who,
    running: Running,
    seconds: Annotated[int, Query(ge=0, le=LONGEST, description="How long to listen", examples=[300])] = 300,
    last_event_id: Annotated[
        str, Header(max_length=100, description="The event known already", examples=["9f2c1f0a7d3e4b5c"])
    ] = "",
) -> Response:
    """Listen to a contest: its state, window and turnout, now and at every change. Needs no account."""
    read = running.reads(standing.read, who, contest_id)
    return ContestStream(running.watch, contest_id, read, seconds=seconds, known=last_event_id)


@router.get("/contests/{contest_id}/events", operation_id="list_contest_events", responses=documented(401, 403, 404))
def list_contest_events(
    contest_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[EventOut]:
    """List what happened to a contest, oldest first. Casting is no event."""
    found = queries.events(session, who, contest_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda event: (event.id,), EventOut.of))


@router.post("/contests/{contest_id}/notice", operation_id="notice_contest", responses=_MOVE)
def notice_contest(contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ContestOut:
    """Publish the notice: the notice period begins and the draft is frozen."""
    loaded = moves.notice(session, who, contest_id, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/open", operation_id="open_contest", responses=_MOVE)
def open_contest(contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ContestOut:
    """Open the box for everybody on the sealed roll."""
    loaded = moves.open_(session, who, contest_id, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/extend", operation_id="extend_contest", responses=_MOVE_WITH_BODY)
def extend_contest(
    contest_id: str, body: Extension, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ContestOut:
    """Move the end, before it has come and as far as the terms allow."""
    loaded = moves.extend(session, who, contest_id, closes_at=body.closes_at, reason=body.reason, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/close", operation_id="close_contest", responses=_MOVE)
def close_contest(
    contest_id: str, running: Running, who: Who, now: Now, dry_run: DryRun, conditional: Conditional
) -> ContestOut:
    """Close the box: at its end, or before it when everybody has cast. Then seal it."""
    view = running.closer.close(who, contest_id, now=now, dry_run=dry_run)
    return conditional.answer(ContestOut.of(view), view.contest.version)


@router.post("/contests/{contest_id}/count", operation_id="count_contest", responses=_MOVE_WITH_BODY)
def count_contest(
    contest_id: str,
    running: Running,
    session: Writing,
    who: Who,
    now: Now,
    dry_run: DryRun,
    conditional: Conditional,
    body: Counting | None = None,
) -> ContestOut:
    """Count the box by the frozen rules, or find the contest inconclusive."""
    running.closer.finish_for(who, contest_id, now=now, dry_run=dry_run)
    loaded = moves.count(session, who, contest_id, lot_seed=body.lot_seed if body else None, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/publish", operation_id="publish_contest", responses=_MOVE)
def publish_contest(contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ContestOut:
    """Show the provisional result to everybody: the objection period begins."""
    loaded = moves.publish(session, who, contest_id, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/challenge", operation_id="challenge_contest", responses=_MOVE_WITH_BODY)
def challenge_contest(
    contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Reason | None = None
) -> ContestOut:
    """Record that the result is contested, with a reason: it is counted again before it is certified."""
    loaded = certifying.challenge(session, who, contest_id, reason=body.reason if body else None, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/recount_challenged", operation_id="recount_challenged_contest", responses=_MOVE)
def recount_challenged_contest(
    contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ContestOut:
    """Count the sealed box of a challenged contest again. The event says whether the result is the same."""
    loaded = certifying.recount(session, who, contest_id, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/certify", operation_id="certify_contest", responses=_MOVE)
def certify_contest(contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> ContestOut:
    """Certify the result after the objection period, with the officials' signatures. It never changes any more."""
    loaded = certifying.certify(session, who, contest_id, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/correct", operation_id="correct_contest", responses=_MOVE_WITH_BODY)
def correct_contest(
    contest_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: Reason | None = None
) -> ContestOut:
    """Replace a certified result that the same box does not give, with a reason. The old one stays on record."""
    loaded = certifying.correct(session, who, contest_id, reason=body.reason if body else None, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)


@router.post("/contests/{contest_id}/annul", operation_id="annul_contest", responses=_MOVE_WITH_BODY)
def annul_contest(
    contest_id: str,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    body: Annulment | None = None,
) -> ContestOut:
    """Declare a contest void, with a reason. It stays on record."""
    loaded = moves.annul(session, who, contest_id, reason=body.reason if body else None, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)
