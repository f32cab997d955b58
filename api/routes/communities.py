"""Communities: make one, read, list and edit it, move a demo's clock."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, IfMatch, Now, Page, Reading, Running, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.communities import ClockAdvance, CommunityDraft, CommunityOut, CommunityPatch
from voting.community import communities

router = APIRouter(prefix="/v1/communities", tags=["communities"], route_class=YishiRoute)


@router.post(
    "",
    operation_id="create_community",
    status_code=201,
    responses=documented(401, 403, 422),
    openapi_extra={"x-creates": True},
)
def create_community(
    body: CommunityDraft, session: Writing, who: Who, now: Now, services: Running, conditional: Conditional
) -> CommunityOut:
    """Make a community, for the platform; whoever makes it administers it."""
    seen = communities.create(session, who, **body.model_dump(), demos_allowed=services.settings.demo, now=now)
    return conditional.answer(CommunityOut.of(seen), seen.row.version)


@router.get("", operation_id="list_communities", responses=documented(401, 403))
def list_communities(session: Reading, who: Who, page: Page, conditional: Conditional) -> ListPage[CommunityOut]:
    """List every community, for the platform, oldest first."""
    found = communities.list_all(session, who, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda seen: (seen.row.id,), CommunityOut.of))


@router.get("/{community_id}", operation_id="get_community", responses=documented(401, 403, 404))
def get_community(community_id: str, session: Reading, who: Who, conditional: Conditional) -> CommunityOut:
    """Read a community and what the caller may do in it."""
    seen = communities.read(session, who, community_id)
    return conditional.answer(CommunityOut.of(seen), seen.row.version)


@router.patch("/{community_id}", operation_id="edit_community", responses=documented(401, 403, 404, 412, 422, 428))
def edit_community(
    community_id: str,
    body: CommunityPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> CommunityOut:
    """Change a community's name, time zone or allowed origins. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    seen = communities.edit(session, who, community_id, changes, conditional.expects, now)
    return conditional.answer(CommunityOut.of(seen), seen.row.version)


@router.post(
    "/{community_id}/clock/advance",
    operation_id="advance_clock",
    responses=documented(401, 403, 404, 409, 422),
)
def advance_clock(
    community_id: str,
    body: ClockAdvance,
    session: Writing,
    who: Who,
    now: Now,
    services: Running,
    conditional: Conditional,
) -> CommunityOut:
    """Move a demo community's clock forward."""
    seen = communities.advance_clock(
        session, who, community_id, body.seconds, demos_allowed=services.settings.demo, now=now
    )
    return conditional.answer(CommunityOut.of(seen), seen.row.version)
