"""Residencies: who lives in a dwelling, as what, from when to when."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.residencies import ResidencyDraft, ResidencyEnd, ResidencyOut
from voting.community import residencies

router = APIRouter(prefix="/v1", tags=["residencies"], route_class=YishiRoute)


@router.post(
    "/dwellings/{dwelling_id}/residencies",
    operation_id="begin_residency",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def begin_residency(
    dwelling_id: str, body: ResidencyDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ResidencyOut:
    """Enter that somebody lives in a dwelling."""
    return conditional.answer(
        ResidencyOut.of(residencies.begin(session, who, dwelling_id, **body.model_dump(), now=now))
    )


@router.get(
    "/dwellings/{dwelling_id}/residencies", operation_id="list_residencies", responses=documented(401, 403, 404)
)
def list_residencies(
    dwelling_id: str, session: Reading, who: Who, page: Page, conditional: Conditional
) -> ListPage[ResidencyOut]:
    """List who lives or has lived in a dwelling, for those who keep the register; the order says nothing."""
    found = residencies.list_of(session, who, dwelling_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda seen: (seen.row.id,), ResidencyOut.of))


@router.get("/residencies/{residency_id}", operation_id="get_residency", responses=documented(401, 403, 404))
def get_residency(residency_id: str, session: Reading, who: Who, conditional: Conditional) -> ResidencyOut:
    """Read a residency, for the person and for those who keep the register."""
    return conditional.answer(ResidencyOut.of(residencies.read(session, who, residency_id)))


@router.post(
    "/residencies/{residency_id}/end", operation_id="end_residency", responses=documented(401, 403, 404, 409, 422)
)
def end_residency(
    residency_id: str, session: Writing, who: Who, now: Now, conditional: Conditional, body: ResidencyEnd | None = None
) -> ResidencyOut:
    """Enter a residency's last day; if the person spoke for the household, somebody else does from now on."""
    seen = residencies.end(session, who, residency_id, body.to_on if body else None, now)
    return conditional.answer(ResidencyOut.of(seen))
