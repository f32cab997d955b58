"""Activities: what people come together for, from its announcement to its close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.python.answers import Event, Resource
from clients.python.calls import Call, Page, if_match, one, page_of, path, present


@dataclass(frozen=True, kw_only=True)
class Activity(Resource):
    """An activity. `level` is the level of participation it is to deliver, 1 to 5; `title` is empty once it is erased."""

    community_id: str
    state: str
    since: datetime
    kind: str
    level: int
    starts_at: datetime
    ends_at: datetime
    text_hash: str
    created_at: datetime
    title: dict[str, str] = field(default_factory=dict)
    reason: str | None = None
    place: str | None = None
    building_id: str | None = None
    unit_id: str | None = None
    minutes_id: str | None = None
    erased_at: datetime | None = None
    salt: str | None = None


def create(
    community_id: str,
    kind: str,
    level: int,
    title: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    *,
    place: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
) -> Call[Activity]:
    """Announce an activity; `title` is locale → text."""
    body = present(
        kind=kind,
        level=level,
        title=dict(title),
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
        place=place,
        building_id=building_id,
        unit_id=unit_id,
    )
    return Call("POST", path("communities", community_id, "activities"), one(Activity), json=body, creates=True)


def get(activity_id: str) -> Call[Activity]:
    """One activity."""
    return Call("GET", path("activities", activity_id), one(Activity))


def list_(
    community_id: str,
    *,
    state: str | None = None,
    kind: str | None = None,
    building_id: str | None = None,
    unit_id: str | None = None,
    order: str | None = None,
) -> Call[Page[Activity]]:
    """The activities of a community by their beginnings, or those the filters leave; `order` is latest or earliest."""
    query = present(state=state, kind=kind, building_id=building_id, unit_id=unit_id, order=order)
    return Call("GET", path("communities", community_id, "activities"), page_of(Activity), query=query)


def edit(activity_id: str, etag: str, **changes: Any) -> Call[Activity]:
    """Change what is announced; `etag` is that of the activity that was read."""
    return Call("PATCH", path("activities", activity_id), one(Activity), json=changes, headers=if_match(etag),
                content_type="application/merge-patch+json")  # fmt: skip


def hold(activity_id: str) -> Call[Activity]:
    """Say that it took place."""
    return Call("POST", path("activities", activity_id, "hold"), one(Activity))


def close(activity_id: str) -> Call[Activity]:
    """Say that nothing is left to be done about it."""
    return Call("POST", path("activities", activity_id, "close"), one(Activity))


def cancel(activity_id: str, reason: str) -> Call[Activity]:
    """Cancel it, and say why."""
    return Call("POST", path("activities", activity_id, "cancel"), one(Activity), json={"reason": reason})


def erase(activity_id: str, reason: str) -> Call[Activity]:
    """Forget what it is called and where it is. Its hash in the journal stands."""
    return Call("POST", path("activities", activity_id, "erase"), one(Activity), json={"reason": reason})


def events(activity_id: str) -> Call[Page[Event]]:
    """What happened to it, oldest first."""
    return Call("GET", path("activities", activity_id, "events"), page_of(Event))
