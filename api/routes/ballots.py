"""Casting. The one path that holds no database connection: it verifies, checks, hands the ballot to the writer and waits.

Nothing of a request to these routes is logged but that it came: no body, no address, no user agent.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from api.deps import DryRun, Running, Voter
from api.direct import DirectRoute, directly
from api.problems import documented
from api.schemas.ballots import BallotAcknowledged, BallotOpening, BallotRequest, encode
from api.services import Services
from voting.contests import casting
from voting.core import authority
from voting.core.authority import Principal, Subject

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": BallotAcknowledged, "description": "The same ballot again: the same receipt"},
    **documented(401, 403, 404, 409, 422, 503),
}

router = APIRouter(tags=["ballots"], route_class=DirectRoute)


async def direct(
    contest_id: str, body: BallotRequest, voter: Principal, running: Services, dry_run: bool = False
) -> tuple[int, BallotAcknowledged]:
    """Check, hand to the writer, wait for the commit and the receipt. The status and the acknowledgement."""
    form = running.writer.forms.known(contest_id)
    if form is None:
        form = await running.storage(running.writer.forms.load, contest_id)
    authority.require(voter, "contest.cast", Subject(form.community_id, contest_id=contest_id, kind="contest"))
    ballot, opening = casting.prepare(form, voter.id, body.marked(), dry_run=dry_run)
    accepted = await running.writer.cast(ballot)
    answer = BallotAcknowledged(
        contest_id=contest_id,
        receipt=accepted.receipt or None,
        commitment=encode(ballot.commitment),
        integrate_by=accepted.integrate_by,
        slot_origin="server" if opening is not None and body.secret is None else "client",
        opening=None if opening is None else BallotOpening.of(opening),
    )
    return (200 if accepted.resent or dry_run else 201), answer


@router.post(
    "/v1/contests/{contest_id}/ballots",
    status_code=201,
    operation_id="cast_ballot",
    response_model_exclude_none=True,
    responses=_ANSWERS,
)
@directly(direct)
async def cast(
    contest_id: Annotated[str, Path(examples=["con_01jv3a"])],
    body: BallotRequest,
    voter: Voter,
    running: Running,
    dry_run: DryRun,
    response: Response,
) -> BallotAcknowledged:
    """Cast a ballot, send it again, or revise it."""
    response.status_code, answer = await direct(contest_id, body, voter, running, dry_run)
    return answer


SHORTCUT = next(route for route in router.routes if isinstance(route, DirectRoute))
"""The route that `api.direct.Shortcut` goes to."""
