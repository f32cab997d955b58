"""Use cases of a community: make one, read, list and edit it, and move a demo's clock forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from voting.access.tables import RoleAssignment
from voting.community import events, queries
from voting.community.queries import Expectation, Seen
from voting.community.tables import Community
from voting.core import authority
from voting.core.authority import PLATFORM, Principal, Subject
from voting.errors import Conflict, Invalid
from voting.ids import random_id, timed_id

MAX_OFFSET_SECONDS = 10 * 366 * 86_400
ACTS = {
    "edit": "community.edit",
    "advance_clock": "community.advance_clock",
    "import_register": "register.import",
    "export_register": "register.export",
    "print_codes": "codes.print",
    "create_roll": "roll.create",
    "create_contest": "contest.create",
}
EDITABLE = ("name", "time_zone", "origins")


SeenCommunity = Seen[Community]


def create(
    session: Session,
    principal: Principal,
    *,
    name: Mapping[str, str],
    time_zone: str,
    origins: Sequence[str] = (),
    demo: bool = False,
    demos_allowed: bool = False,
    now: datetime,
) -> SeenCommunity:
    """A new community, administered by whoever made it. Only the platform makes them; demos only where they may be."""
    authority.require(principal, "community.create", PLATFORM)
    _check_zone(time_zone)
    if demo and not demos_allowed:
        raise Invalid.at("/demo", "demo_not_allowed")
    row = Community(
        id=timed_id("com", now),
        name=dict(name),
        time_zone=time_zone,
        origins=list(origins),
        demo=demo,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _make_admin(session, principal, row.id, now)
    events.record(session, principal, row, ("community", row.id), "created", now)
    granted = authority.Grant("community_admin", "community", row.id)
    grants = (*principal.grants, granted) if principal.kind == "client" else principal.grants
    maker = Principal(principal.kind, principal.id, principal.community_id, grants, principal.scopes)
    return _seen(maker, row)


def _make_admin(session: Session, principal: Principal, community_id: str, now: datetime) -> None:
    if principal.kind != "client":
        return
    session.add(
        RoleAssignment(
            id=random_id("rle"),
            community_id=community_id,
            holder_kind="client",
            holder_id=principal.id,
            role="community_admin",
            scope_kind="community",
            scope_id=community_id,
            source="created the community",
            starts_at=now,
        )
    )
    session.flush()


def read(session: Session, principal: Principal, community_id: str) -> SeenCommunity:
    """One community, for whoever belongs to it."""
    row = queries.community(session, principal, community_id)
    authority.require(principal, "community.read", Subject(community_id))
    return _seen(principal, row)


def list_all(session: Session, principal: Principal, after: str | None, limit: int) -> tuple[SeenCommunity, ...]:
    """Every community of the platform, oldest first."""
    authority.require(principal, "community.list", PLATFORM)
    query = select(Community)
    if after is not None:
        query = query.where(col(Community.id) > after)
    found = session.exec(query.order_by(col(Community.id)).limit(limit))
    return tuple(_seen(principal, row) for row in found)


def edit(
    session: Session,
    principal: Principal,
    community_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    now: datetime,
) -> SeenCommunity:
    """New values for some of `EDITABLE`."""
    row = _held(session, principal, community_id)
    authority.require(principal, "community.edit", Subject(row.id))
    expects(row.version)
    if "time_zone" in changes:
        _check_zone(changes["time_zone"])
    changed = [field for field in EDITABLE if field in changes and getattr(row, field) != changes[field]]
    for field in changed:
        setattr(row, field, changes[field])
    if changed:
        session.add(row)
        session.flush()
        events.record(session, principal, row, ("community", row.id), "edited", now, changed=changed)
    return _seen(principal, row)


def advance_clock(
    session: Session, principal: Principal, community_id: str, seconds: int, *, demos_allowed: bool, now: datetime
) -> SeenCommunity:
    """Move a demo community's clock forward by whole seconds. Everywhere else time passes by itself."""
    row = _held(session, principal, community_id)
    authority.require(principal, "community.advance_clock", Subject(community_id))
    if not (demos_allowed and row.demo):
        raise Conflict("clock_not_movable", id=community_id)
    if row.clock_offset_seconds + seconds > MAX_OFFSET_SECONDS:
        raise Invalid.at("/seconds", "clock_too_far", limit=MAX_OFFSET_SECONDS, offset=row.clock_offset_seconds)
    row.clock_offset_seconds += seconds
    session.add(row)
    session.flush()
    events.record(session, principal, row, ("community", row.id), "clock_advanced", now, seconds=seconds)
    return _seen(principal, row)


def _held(session: Session, principal: Principal, community_id: str) -> Community:
    queries.community(session, principal, community_id)
    return session.get_one(Community, community_id, with_for_update=True, populate_existing=True)


def _check_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ValueError, OSError, KeyError):  # no such zone; a folder of zones; no key at all
        raise Invalid.at("/time_zone", "time_zone_unknown", value=time_zone[:60]) from None


def _seen(principal: Principal, row: Community) -> SeenCommunity:
    return Seen(row, queries.actions(principal, Subject(row.id), ACTS))
