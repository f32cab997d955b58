"""One-time codes, printed per dwelling: whoever shows one at `/v1/tokens` is that person."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.deps import Now, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.codes import CodeOrder, CodesOut
from voting.community import codes

router = APIRouter(prefix="/v1", tags=["codes"], route_class=YishiRoute)


@router.post(
    "/communities/{community_id}/codes",
    operation_id="print_codes",
    status_code=201,
    responses=documented(401, 403, 404, 422),
)
def print_codes(
    community_id: str, session: Writing, who: Who, now: Now, response: Response, body: CodeOrder | None = None
) -> CodesOut:
    """Print one code for every adult, shown this once. Unused codes of the same people are revoked."""
    response.headers["cache-control"] = "no-store"
    order = body or CodeOrder()
    return CodesOut.of(
        codes.issue(session, who, community_id, dwelling_ids=order.dwelling_ids, valid_days=order.valid_days, now=now)
    )
