"""The bundle of a contest: everything that anybody needs to count again, in one file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import bundlery
from api.deps import Now, Running, Who
from api.exchange import exchange_of
from api.problems import documented
from api.route import YishiRoute
from voting.contests.bundle import Asked

router = APIRouter(prefix="/v1/contests", tags=["results"], route_class=YishiRoute)
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_SENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip archive, the same bytes for the same evidence",
        "content": {bundlery.MEDIA_TYPE: _BINARY},
    },
    206: {"description": "The part that `Range` named", "content": {bundlery.MEDIA_TYPE: _BINARY}},
}


@router.get(
    "/{contest_id}/bundle",
    operation_id="get_bundle",
    response_class=Response,
    responses=_SENT | documented(403, 404, 409),
)
async def get_bundle(
    request: Request,
    contest_id: str,
    who: Who,
    now: Now,
    running: Running,
    tier: Annotated[
        Literal["public", "auditor"], Query(description="`auditor` holds what the publish mode withholds from others")
    ] = "public",
) -> Response:
    """Download everything that is needed to verify and recount a published contest. Needs no account."""
    asked = Asked(who, contest_id, tier, now)
    return await running.bundles.answer(asked, exchange_of(request.scope), running.storage)
