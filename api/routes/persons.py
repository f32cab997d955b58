"""Persons of the register. Personal data: shown to those who keep the register, and to the person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Conditional, IfMatch, Now, Page, Reading, Who, Writing
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.persons import PersonDraft, PersonOut, PersonPatch, ProfileOut
from voting.community import persons

router = APIRouter(prefix="/v1", tags=["persons"], route_class=YishiRoute)


@router.post(
    "/communities/{community_id}/persons",
    operation_id="create_person",
    status_code=201,
    responses=documented(401, 403, 404, 409, 422),
    openapi_extra={"x-creates": True},
)
def create_person(
    community_id: str, body: PersonDraft, session: Writing, who: Who, now: Now, conditional: Conditional
) -> ProfileOut:
    """Enter a person into the register."""
    seen = persons.create(session, who, community_id, **body.model_dump(), now=now)
    return conditional.answer(ProfileOut.of_profile(seen), seen.row.person.version)


@router.get("/communities/{community_id}/persons", operation_id="list_persons", responses=documented(401, 403, 404))
def list_persons(
    community_id: str,
    session: Reading,
    who: Who,
    page: Page,
    conditional: Conditional,
    person_ref: Annotated[str | None, Query(max_length=100, description="The register's own key of a person")] = None,
) -> ListPage[PersonOut]:
    """List the persons of a community, for those who keep the register; the order says nothing."""
    found = persons.list_of(session, who, community_id, person_ref=person_ref, after=page.after_id, limit=page.fetch)
    return conditional.answer(page.answer(found, lambda seen: (seen.row.id,), PersonOut.of))


@router.get("/persons/{person_id}", operation_id="get_person", responses=documented(401, 403, 404))
def get_person(person_id: str, session: Reading, who: Who, now: Now, conditional: Conditional) -> ProfileOut:
    """Read a person, where they live and what they own: oneself, or anybody for those who keep the register."""
    seen = persons.read(session, who, person_id, now)
    return conditional.answer(ProfileOut.of_profile(seen), seen.row.person.version)


@router.patch(
    "/persons/{person_id}", operation_id="edit_person", responses=documented(401, 403, 404, 409, 412, 422, 428)
)
def edit_person(
    person_id: str,
    body: PersonPatch,
    session: Writing,
    who: Who,
    now: Now,
    conditional: Conditional,
    if_match: IfMatch = None,
) -> ProfileOut:
    """Correct a person's name, phone number, birthday or reference. Needs If-Match."""
    seen = persons.edit(session, who, person_id, body.model_dump(exclude_unset=True), conditional.expects, now)
    return conditional.answer(ProfileOut.of_profile(seen), seen.row.person.version)
