"""What a community laid down for itself: its bylaws, and its working days. Each is replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.python.answers import Action
from clients.python.calls import Call, if_match, one, path
from clients.python.records import Record


@dataclass(frozen=True, kw_only=True)
class Bylaws(Record):
    """What the assembly's own rules state, or nothing; `version` is 0 before the first."""

    community_id: str
    version: int
    bylaws: dict[str, Any] | None = None
    changed_at: datetime | None = None
    etag: str = ""
    allowed_actions: tuple[Action, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calendar(Record):
    """A community's own working days, or none: every rule then counts by the calendar that it names."""

    community_id: str
    version: int
    calendar: dict[str, Any] | None = None
    changed_at: datetime | None = None
    etag: str = ""
    allowed_actions: tuple[Action, ...] = ()


def get(community_id: str) -> Call[Bylaws]:
    """The bylaws."""
    return Call("GET", path("communities", community_id, "bylaws"), one(Bylaws))


def put(community_id: str, etag: str, bylaws: Mapping[str, Any]) -> Call[Bylaws]:
    """Replace the bylaws; `etag` is that of what was read."""
    where = path("communities", community_id, "bylaws")
    return Call("PUT", where, one(Bylaws), json=dict(bylaws), headers=if_match(etag))


def calendar(community_id: str) -> Call[Calendar]:
    """The working days."""
    return Call("GET", path("communities", community_id, "calendar"), one(Calendar))


def put_calendar(community_id: str, etag: str, calendar: Mapping[str, Any]) -> Call[Calendar]:
    """Replace the working days; `etag` is that of what was read."""
    where = path("communities", community_id, "calendar")
    return Call("PUT", where, one(Calendar), json=dict(calendar), headers=if_match(etag))
