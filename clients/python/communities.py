"""Communities and their buildings, units, dwellings and persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.python.answers import Building, Community, Document, Dwelling, Person, Unit
from clients.python.calls import Call, Page, one, page_of, path, present


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
                headers={"if-match": f'"{etag}"'}, content_type="application/merge-patch+json")  # fmt: skip


def advance_clock(community_id: str, seconds: int) -> Call[Document]:
    """Move a demo community's clock forward."""
    return Call("POST", path("communities", community_id, "clock", "advance"), one(Document), json={"seconds": seconds})


def buildings(community_id: str) -> Call[Page[Building]]:
    """The buildings of a community."""
    return Call("GET", path("communities", community_id, "buildings"), page_of(Building))


def units(community_id: str) -> Call[Page[Unit]]:
    """The units (单元) of a community."""
    return Call("GET", path("communities", community_id, "units"), page_of(Unit))


def dwellings(community_id: str) -> Call[Page[Dwelling]]:
    """The dwellings of a community."""
    return Call("GET", path("communities", community_id, "dwellings"), page_of(Dwelling))


def persons(community_id: str) -> Call[Page[Person]]:
    """The persons of a community, for officers."""
    return Call("GET", path("communities", community_id, "persons"), page_of(Person))
