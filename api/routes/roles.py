"""Roles: given over a community, building, unit or contest for a term, and ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.roles import RoleDraft, RoleEnd, RoleOut
from voting.access import roles

router = APIRouter(prefix="/v1", tags=["roles"], route_class=YishiRoute)


@router.post(
    "/communities/{community_id}/roles",
    operation_id="assign_role",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def assign_role(
    community_id: str, body: RoleDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> RoleOut:
    """Give a person or an API client a role."""
    row = roles.assign(session, who, community_id, body.appointment(community_id), now=now)
    return conditional.answer(RoleOut.of(row, who))


@router.get("/communities/{community_id}/roles", operation_id="list_roles", responses=documented(401, 403, 404, 422))
def list_roles(
    community_id: str,
    session: Reading,
    who: Who,
    page: Page,
    conditional: Conditional,
    holder_id: Annotated[str | None, Query(max_length=200, description="Only the roles of this holder")] = None,
) -> ListPage[RoleOut]:
    """List the roles of a community, oldest first, ended ones too."""
    found = roles.listing(session, who, community_id, page.after_id, page.fetch, holder_id=holder_id)
    return conditional.answer(page.answer(found, lambda row: (row.id,), lambda row: RoleOut.of(row, who)))


@router.get("/roles/{role_id}", operation_id="get_role", responses=documented(401, 403, 404))
def get_role(role_id: str, session: Reading, who: Who, conditional: Conditional) -> RoleOut:
    """Read one assignment."""
    return conditional.answer(RoleOut.of(roles.read(session, who, role_id), who))


@router.post("/roles/{role_id}/end", operation_id="end_role", responses=documented(401, 403, 404, 409, 422))
def end_role(
    role_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: RoleEnd | None = None
) -> RoleOut:
    """End a role now. A community keeps at least one administrator."""
    row = roles.end(session, who, role_id, reason=body.reason if body else None, now=now)
    return conditional.answer(RoleOut.of(row, who))
