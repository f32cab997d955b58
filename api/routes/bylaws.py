"""A community's bylaws: what silence does, and which matters go to an official system."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, IfMatch, Now, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.bylaws import BylawsDraft, BylawsOut
from voting.community import documents

router = APIRouter(prefix="/v1/communities", tags=["communities"], route_class=YishiRoute)


@router.get("/{community_id}/bylaws", operation_id="get_bylaws", responses=documented(401, 403, 404))
def get_bylaws(community_id: str, session: Reading, who: Who, conditional: Conditional) -> BylawsOut:
    """Read what a community's bylaws state."""
    seen = documents.read(session, who, community_id, documents.BYLAWS)
    return conditional.answer(BylawsOut.of(seen), seen.version)


@router.put("/{community_id}/bylaws", operation_id="put_bylaws", responses=documented(401, 403, 404, 412, 422, 428))
def put_bylaws(
    community_id: str,
    body: BylawsDraft,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> BylawsOut:
    """Replace the community's bylaws as a whole. Needs If-Match, with the etag that was read."""
    given = body.document()
    seen = documents.put(session, who, community_id, documents.BYLAWS, given, conditional.expects, now=now)
    return conditional.answer(BylawsOut.of(seen), seen.version)
