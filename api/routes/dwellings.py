"""Dwellings 专有部分 of a unit, with their exact areas."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.dwellings import DwellingDraft, DwellingOut, DwellingPatch
from voting.community import places

router = APIRouter(prefix="/v1", tags=["places"], route_class=YishiRoute)


@router.post(
    "/units/{unit_id}/dwellings",
    operation_id="create_dwelling",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def create_dwelling(
    unit_id: str, body: DwellingDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> DwellingOut:
    """Add a dwelling to a unit, with its household."""
    seen = places.create_dwelling(session, who, unit_id, body.label, body.area_cm2, now)
    return conditional.answer(DwellingOut.of(seen), seen.row.dwelling.version)


@router.get("/communities/{community_id}/dwellings", operation_id="list_dwellings", responses=documented(401, 403, 404))
def list_dwellings(
    community_id: str,
    session: Reading,
    who: Who,
    page: Page,
    conditional: Conditional,
    building_id: Annotated[str | None, Query(max_length=60, description="Only dwellings of this building")] = None,
    unit_id: Annotated[str | None, Query(max_length=60, description="Only dwellings of this unit")] = None,
) -> ListPage[DwellingOut]:
    """List the dwellings of a community, of a building or of a unit, for those who keep the register."""
    found = places.list_dwellings(
        session, who, community_id, building_id=building_id, unit_id=unit_id, after=page.after_id, limit=page.fetch
    )
    return conditional.answer(page.answer(found, lambda seen: (seen.row.dwelling.id,), DwellingOut.of))


@router.get("/dwellings/{dwelling_id}", operation_id="get_dwelling", responses=documented(401, 403, 404))
def get_dwelling(dwelling_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> DwellingOut:
    """Read a dwelling, for its people and for those who keep the register."""
    seen = places.read_dwelling(session, who, dwelling_id, now)
    return conditional.answer(DwellingOut.of(seen), seen.row.dwelling.version)


@router.patch(
    "/dwellings/{dwelling_id}", operation_id="edit_dwelling", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def edit_dwelling(
    dwelling_id: str,
    body: DwellingPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> DwellingOut:
    """Change a dwelling's label or area. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    seen = places.edit_dwelling(session, who, dwelling_id, changes, conditional.expects, now)
    return conditional.answer(DwellingOut.of(seen), seen.row.dwelling.version)
