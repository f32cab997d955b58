"""Households: who lives together, and who speaks for them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.households import HouseholdOut, RepresentativeChoice
from voting.community import households

router = APIRouter(prefix="/v1", tags=["households"], route_class=YishiRoute)


@router.get(
    "/communities/{community_id}/households", operation_id="list_households", responses=documented(401, 403, 404)
)
def list_households(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    dwelling_id: Annotated[str | None, Query(max_length=60, description="Only the household of this dwelling")] = None,
) -> ListPage[HouseholdOut]:
    """List the households of a community, for those who keep the register; the order says nothing."""
    found = households.list_of(
        session, who, community_id, dwelling_id=dwelling_id, after=page.after_id, limit=page.fetch, now=now
    )
    return conditional.answer(page.answer(found, lambda seen: (seen.row.household.id,), HouseholdOut.of))


@router.get("/households/{household_id}", operation_id="get_household", responses=documented(401, 403, 404))
def get_household(household_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> HouseholdOut:
    """Read a household, for its members and for those who keep the register."""
    return conditional.answer(HouseholdOut.of(households.read(session, who, household_id, now)))


@router.post(
    "/households/{household_id}/representative",
    operation_id="name_representative",
    responses=documented(401, 403, 404, 422),
)
def name_representative(
    household_id: str, body: RepresentativeChoice, session: Writing, who: Who, now: Now, conditional: Conditional
) -> HouseholdOut:
    """Name who speaks for a household: somebody who lives there."""
    seen = households.name_representative(session, who, household_id, body.person_id, now)
    return conditional.answer(HouseholdOut.of(seen))
