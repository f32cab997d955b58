"""Ownerships: who owns a dwelling, and which co-owner casts for it."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.ownerships import OwnershipDraft, OwnershipOut
from voting.community import ownerships

router = APIRouter(prefix="/v1", tags=["ownerships"], route_class=YishiRoute)


@router.post(
    "/dwellings/{dwelling_id}/ownerships",
    operation_id="begin_ownership",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def begin_ownership(
    dwelling_id: str, body: OwnershipDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> OwnershipOut:
    """Enter that somebody owns a dwelling: a person of the register, or an owner known by name."""
    return conditional.answer(
        OwnershipOut.of(ownerships.begin(session, who, dwelling_id, **body.model_dump(), now=now))
    )


@router.get("/dwellings/{dwelling_id}/ownerships", operation_id="list_ownerships", responses=documented(401, 403, 404))
def list_ownerships(
    dwelling_id: str, session: Reading, who: Who, page: Page, conditional: Conditional
) -> ListPage[OwnershipOut]:
    """List the owners of a dwelling, for those who keep the register; the order says nothing."""
    found = ownerships.list_of(session, who, dwelling_id, page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda seen: (seen.row.id,), OwnershipOut.of))


@router.get("/ownerships/{ownership_id}", operation_id="get_ownership", responses=documented(401, 403, 404))
def get_ownership(ownership_id: str, session: Reading, who: Who, conditional: Conditional) -> OwnershipOut:
    """Read an ownership, for the owner and for those who keep the register."""
    return conditional.answer(OwnershipOut.of(ownerships.read(session, who, ownership_id)))


@router.post("/ownerships/{ownership_id}/make_voter", operation_id="make_voter", responses=documented(401, 403, 404))
def make_voter(ownership_id: str, session: Writing, who: Who, now: Now, conditional: Conditional) -> OwnershipOut:
    """Let this owner cast for the dwelling, and no other."""
    return conditional.answer(OwnershipOut.of(ownerships.make_voter(session, who, ownership_id, now)))


@router.post(
    "/ownerships/{ownership_id}/end",
    operation_id="end_ownership",
    status_code=204,
    responses=documented(401, 403, 404, 409),
)
def end_ownership(ownership_id: str, session: Writing, who: Who, now: Now) -> None:
    """Enter that an owner has sold. Where they were the voter, another owner casts."""
    ownerships.end(session, who, ownership_id, now)
