"""Who voted how in an open vote: for those who read the roll, and for each elector their own."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.open_ballots import NamedBallotOut
from voting.contests import open_ballots

router = APIRouter(prefix="/v1/contests/{contest_id}/open-ballots", tags=["results"], route_class=YishiRoute)
_READ = documented(401, 403, 404, 409)


@router.get("", operation_id="list_open_ballots", responses=_READ)
def list_open_ballots(
    contest_id: str, session: Reading, who: Who, now: Now, page: Page, conditional: Conditional
) -> ListPage[NamedBallotOut]:
    """List who voted how in an open vote, once its result is published, for those who read the roll."""
    found = open_ballots.page(session, who, contest_id, after=page.after_id, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda ballot: (ballot.entry_id,), NamedBallotOut.of))


@router.get("/me", operation_id="get_own_open_ballot", responses=_READ)
def get_own_open_ballot(
    contest_id: str, session: Reading, who: Who, now: Now, conditional: Conditional
) -> NamedBallotOut:
    """Read the ballot that an open vote counted for the caller, once its result is published."""
    return conditional.answer(NamedBallotOut.of(open_ballots.own(session, who, contest_id, now=now)))
