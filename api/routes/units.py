"""Units 单元 of a building."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.units import UnitDraft, UnitOut, UnitPatch
from voting.community import places

router = APIRouter(prefix="/v1", tags=["places"], route_class=YishiRoute)


@router.post(
    "/buildings/{building_id}/units",
    operation_id="create_unit",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def create_unit(
    building_id: str, body: UnitDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> UnitOut:
    """Add a unit to a building."""
    seen = places.create_unit(session, who, building_id, body.label, now)
    return conditional.answer(UnitOut.of(seen), seen.row.version)


@router.get("/communities/{community_id}/units", operation_id="list_units", responses=documented(401, 403, 404))
def list_units(
    community_id: str,
    session: Reading,
    who: Who,
    page: Page,
    conditional: Conditional,
    building_id: Annotated[str | None, Query(max_length=60, description="Only units of this building")] = None,
) -> ListPage[UnitOut]:
    """List the units of a community, or of one of its buildings."""
    found = places.list_units(session, who, community_id, building_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda seen: (seen.row.id,), UnitOut.of))


@router.get("/units/{unit_id}", operation_id="get_unit", responses=documented(401, 403, 404))
def get_unit(unit_id: str, session: Reading, who: Who, conditional: Conditional) -> UnitOut:
    """Read a unit."""
    seen = places.read_unit(session, who, unit_id)
    return conditional.answer(UnitOut.of(seen), seen.row.version)


@router.patch("/units/{unit_id}", operation_id="edit_unit", responses=documented(401, 403, 404, 409, 412, 422, 428))
def edit_unit(
    unit_id: str,
    body: UnitPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> UnitOut:
    """Change a unit's label. Needs If-Match."""
    seen = places.edit_unit(session, who, unit_id, body.model_dump(exclude_unset=True), conditional.expects, now)
    return conditional.answer(UnitOut.of(seen), seen.row.version)
