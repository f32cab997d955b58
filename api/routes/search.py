"""Searching a community, and hints at duplicates of a proposal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, Now, Page, Reading, Who
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.search import AlikeOut, HitOut
from voting.core.searching import MOST_QUERY
from voting.deliberation import search

router = APIRouter(prefix="/v1", tags=["proposals"], route_class=YishiRoute)
Wanted = Annotated[
    str, Query(alias="q", max_length=MOST_QUERY, description="Every term must be held", examples=["车棚"])
]
Kind = Annotated[str | None, Query(pattern=f"^({'|'.join(search.KINDS)})$", examples=["proposal"])]


@router.get("/communities/{community_id}/search", operation_id="search", responses=documented(401, 403, 404, 422))
def search_community(
    community_id: str,
    session: Reading,
    who: Who,
    now: Now,
    page: Page,
    conditional: Conditional,
    q: Wanted,
    kind: Kind = None,
) -> ListPage[HitOut]:
    """Search proposals, comments, problem reports, minutes and results: whole titles first, then the newest."""
    after = page.after_as(int, int, str)
    found = search.find(session, who, community_id, q, kind=kind, after=after, limit=page.fetch, now=now)
    return conditional.answer(page.answer(found, lambda hit: hit.key, HitOut.of))


@router.get("/proposals/{proposal_id}/duplicates", operation_id="list_duplicates", responses=documented(401, 403, 404))
def list_duplicates(
    proposal_id: str, session: Reading, who: Who, now: Now, conditional: Conditional
) -> ListPage[AlikeOut]:
    """List published proposals that resemble one, to be looked at before it is published."""
    found = search.duplicates(session, who, proposal_id, now=now)
    return conditional.answer(ListPage[AlikeOut](items=[AlikeOut.of(one) for one in found], next_cursor=None))
