"""What a count found: nothing before it, everybody's once it is published."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Reading, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.results import ResultOut, RoundsOut
from voting.contests import results

router = APIRouter(prefix="/v1/contests", tags=["results"], route_class=YishiRoute)


@router.get("/{contest_id}/result", operation_id="get_result", responses=documented(404, 409))
def get_result(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ResultOut:
    """Read who won and by which count. Needs no account once published."""
    loaded, tally = results.of(session, who, contest_id, now=now)
    return conditional.answer(ResultOut.of(loaded, tally.result, tally.counted_at, tally.result_hash))


@router.get("/{contest_id}/rounds", operation_id="get_rounds", responses=documented(404, 409))
def get_rounds(contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> RoundsOut:
    """Read every round of the count. Needs no account once published."""
    loaded, tally = results.of(session, who, contest_id, now=now)
    return conditional.answer(RoundsOut.of(loaded, tally.result))
