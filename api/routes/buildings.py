"""Buildings 楼栋 of a community."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.buildings import BuildingDraft, BuildingOut, BuildingPatch
from voting.community import places

router = APIRouter(prefix="/v1", tags=["places"], route_class=YishiRoute)


@router.post(
    "/communities/{community_id}/buildings",
    operation_id="create_building",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def create_building(
    community_id: str, body: BuildingDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> BuildingOut:
    """Add a building to a community."""
    seen = places.create_building(session, who, community_id, body.label, now)
    return conditional.answer(BuildingOut.of(seen), seen.row.version)


@router.get("/communities/{community_id}/buildings", operation_id="list_buildings", responses=documented(401, 403, 404))
def list_buildings(
    community_id: str, session: Reading, who: Who, page: Page, conditional: Conditional
) -> ListPage[BuildingOut]:
    """List the buildings of a community."""
    found = places.list_buildings(session, who, community_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda seen: (seen.row.id,), BuildingOut.of))


@router.get("/buildings/{building_id}", operation_id="get_building", responses=documented(401, 403, 404))
def get_building(building_id: str, session: Reading, who: Who, conditional: Conditional) -> BuildingOut:
    """Read a building."""
    seen = places.read_building(session, who, building_id)
    return conditional.answer(BuildingOut.of(seen), seen.row.version)


@router.patch(
    "/buildings/{building_id}", operation_id="edit_building", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def edit_building(
    building_id: str,
    body: BuildingPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> BuildingOut:
    """Change a building's label. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    seen = places.edit_building(session, who, building_id, changes, conditional.expects, now)
    return conditional.answer(BuildingOut.of(seen), seen.row.version)
