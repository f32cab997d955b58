"""Whether it passed, what the rule asks for next, and when."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.contests import ContestOut
from api.schemas.decisions import DecisionOut, NextRound, TimelineOut
from voting.contests import decision, queries, timeline

router = APIRouter(prefix="/v1/contests", tags=["results"], route_class=YishiRoute)


@router.get("/{contest_id}/decision", operation_id="get_decision", responses=documented(404, 409))
def get_decision(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> DecisionOut:
    """Read whether it passed by its rule, with every number. Needs no account once published."""
    return conditional.answer(DecisionOut.of(decision.of(session, who, contest_id, now=now)))


@router.get("/{contest_id}/timeline", operation_id="get_timeline", responses=documented(404))
def get_timeline(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> TimelineOut:
    """Read what happens next, when and by which clause. Needs no account."""
    return conditional.answer(TimelineOut.of(timeline.of(session, who, contest_id, now=now)))


@router.post(
    "/{contest_id}/next_round",
    operation_id="draft_next_round",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def draft_next_round(
    contest_id: str, body: NextRound, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ContestOut:
    """Draft the round that the rule asks for, among those it names."""
    given = {"opens_at": body.opens_at, "closes_at": body.closes_at}
    loaded = decision.next_round(session, who, contest_id, **given, now=now)
    return conditional.answer(ContestOut.of(queries.view(session, who, loaded)), loaded.contest.version)
