"""Votes held on an official system: what was recorded, and recording it."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.external import ExternalOut, RecordDraft
from voting.contests import external

router = APIRouter(prefix="/v1/contests", tags=["results"], route_class=YishiRoute)


@router.get("/{contest_id}/external", operation_id="get_external_result", responses=documented(404, 409))
def get_external_result(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ExternalOut:
    """Read what was recorded of a vote held on an official system. Needs no account once published."""
    return conditional.answer(ExternalOut.of(external.of(session, who, contest_id, now=now), external.NEEDED))


@router.post(
    "/{contest_id}/external/records",
    operation_id="record_external_result",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def record_external_result(
    contest_id: str, body: RecordDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ExternalOut:
    """Record what the official system found. Two officials must record the same, each for themselves."""
    view = external.record(session, who, contest_id, body.found(), now=now)
    return conditional.answer(ExternalOut.of(view, external.NEEDED))
