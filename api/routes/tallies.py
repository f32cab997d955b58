"""What was counted, across contests: for auditors and everybody else, without an account."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api import uploads
from api.deps import Conditional, Locale, Now, Page, Reading
from api.exchange import exchange_of
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import Instant, ListPage
from api.schemas.summaries import SummaryOut
from api.schemas.tallies import TallyOut, table
from voting.contests import summaries, tallies
from voting.contests.tallies import Filters, Kind, Sort

router = APIRouter(prefix="/v1", tags=["results"], route_class=YishiRoute)
_LISTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page of tallies; as a table when asked for `text/csv`",
        "content": {uploads.CSV: {"schema": {"type": "string"}}},
    }
}


async def _filters(
    community: Annotated[str | None, Query(max_length=64, description="Only of this community")] = None,
    kind: Annotated[Kind | None, Query(description="Only decisions of persons, households or owners")] = None,
    method: Annotated[str | None, Query(max_length=60, description="Only counted by this method")] = None,
    state: Annotated[str | None, Query(max_length=40, description="Only contests in this state")] = None,
    unit: Annotated[str | None, Query(max_length=64, description="Only matters of this unit")] = None,
    counted_from: Annotated[Instant | None, Query(alias="from", description="Counted then or later")] = None,
    counted_to: Annotated[Instant | None, Query(alias="to", description="Counted before")] = None,
) -> Filters:
    return Filters(community, kind, method, state, unit, counted_from, counted_to)


async def _form(
    request: Request,
    form: Annotated[
        Literal["json", "csv"] | None, Query(alias="format", description="The form of the answer; else by Accept")
    ] = None,
) -> Literal["json", "csv"]:
    accepts = exchange_of(request.scope).header(b"accept").partition(",")[0].partition(";")[0].strip().lower()
    return form or ("csv" if accepts == uploads.CSV else "json")


@router.get(
    "/tallies",
    operation_id="list_tallies",
    response_model=ListPage[TallyOut],
    responses=_LISTED | documented(422),
)
def list_tallies(
    session: Reading,
    page: Page,
    locale: Locale,
    conditional: Conditional,
    response: Response,
    filters: Annotated[Filters, Depends(_filters)],
    form: Annotated[Literal["json", "csv"], Depends(_form)],
    sort: Annotated[
        Sort, Query(description="By the count or by the end of voting; `-` for the newest first")
    ] = "-counted_at",
) -> ListPage[TallyOut] | Response:
    """List published tallies of all communities, with filters. Needs no account."""
    found = tallies.page(session, filters, sort=sort, after=page.after, limit=page.fetch)
    listed = page.answer(found, lambda row: row.key(sort), TallyOut.of)
    response.headers["vary"] = "Accept, Accept-Language, Authorization, Origin"
    if form == "json":
        return conditional.answer(listed)
    headers = {**response.headers, "Content-Disposition": 'attachment; filename="tallies.csv"'}
    return Response(table(listed.items, locale), media_type=f"{uploads.CSV}; charset=utf-8", headers=headers)


@router.get(
    "/communities/{community_id}/summary",
    operation_id="get_summary",
    responses=documented(404),
)
def get_summary(community_id: str, session: Reading, now: Now, conditional: Conditional) -> SummaryOut:
    """Sum up the published contests of a community: turnout, states, outcomes. Needs no account."""
    return conditional.answer(SummaryOut.of(summaries.of(session, community_id, now=now)))
