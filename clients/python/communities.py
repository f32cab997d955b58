"""Communities and their buildings, units, dwellings and persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from clients.python.answers import Building, Community, Dwelling, Person, Unit
from clients.python.calls import Call, Page, if_match, one, page_of, path, present
from clients.python.proposal_answers import Hit


def create(name: Mapping[str, str], *, time_zone: str = "Asia/Shanghai", demo: bool | None = None) -> Call[Community]:
    """A new community. Its creator becomes its administrator."""
    body = present(name=dict(name), time_zone=time_zone, demo=demo)
    return Call("POST", path("communities"), one(Community), json=body, creates=True)


def get(community_id: str) -> Call[Community]:
    """One community."""
    return Call("GET", path("communities", community_id), one(Community))


def list_() -> Call[Page[Community]]:
    """The communities that this caller may see."""
    return Call("GET", path("communities"), page_of(Community))


def edit(community_id: str, etag: str, **changes: Any) -> Call[Community]:
    """Change a community; `etag` is that of the version that was read."""
    return Call("PATCH", path("communities", community_id), one(Community), json=changes,
                headers=if_match(etag), content_type="application/merge-patch+json")  # fmt: skip


def advance_clock(community_id: str, seconds: int) -> Call[Community]:
    """Move a demo community's clock forward."""
    return Call(
        "POST", path("communities", community_id, "clock", "advance"), one(Community), json={"seconds": seconds}
    )


def buildings(community_id: str) -> Call[Page[Building]]:
    """The buildings of a community."""
    return Call("GET", path("communities", community_id, "buildings"), page_of(Building))


def units(community_id: str) -> Call[Page[Unit]]:
    """The units (单元) of a community."""
    return Call("GET", path("communities", community_id, "units"), page_of(Unit))


def dwellings(community_id: str) -> Call[Page[Dwelling]]:
    """The dwellings of a community."""
    return Call("GET", path("communities", community_id, "dwellings"), page_of(Dwelling))


def persons(community_id: str, *, person_ref: str | None = None) -> Call[Page[Person]]:
    """The persons of a community, or those of one reference, for who keeps the register."""
    query = present(person_ref=person_ref)
    return Call("GET", path("communities", community_id, "persons"), page_of(Person), query=query)


def person(person_id: str) -> Call[Person]:
    """One person: oneself, or anybody for who keeps the register."""
    return Call("GET", path("persons", person_id), one(Person))


def create_person(
    community_id: str,
    *,
    name: str,
    phone: str | None = None,
    born_on: date | None = None,
    external_ref: str | None = None,
) -> Call[Person]:
    """Enter somebody into the register who lives nowhere in it yet."""
    day = None if born_on is None else born_on.isoformat()
    body = present(name=name, phone=phone, born_on=day, external_ref=external_ref)
    return Call("POST", path("communities", community_id, "persons"), one(Person), json=body, creates=True)


def search(community_id: str, q: str, *, kind: str | None = None) -> Call[Page[Hit]]:
    """Proposals, comments and results (or one `kind`) that hold the words: whole titles first, then the newest."""
    return Call("GET", path("communities", community_id, "search"), page_of(Hit), query=present(q=q, kind=kind))
