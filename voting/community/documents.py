"""A community's own working days and bylaws: kept as data, replaced as a whole, each replacement one public event.

`calendar` is read by `voting.core.rules.calendars`, `bylaws` by `voting.core.rules.bylaws`. A community without a calendar of
its own counts by the one that each rule names; one without bylaws has stated nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from voting.community import events, queries
from voting.community.clock import now_in
from voting.community.queries import Action, Expectation
from voting.community.tables import Community, CommunityDocument
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.core.rules import bylaws, calendars
from voting.core.rules.bylaws import Bylaws
from voting.core.rules.calendars import Calendar
from voting.core.rules.form import FORMAT

CALENDAR, BYLAWS = "calendar", "bylaws"
ACTS: Mapping[str, str] = {CALENDAR: "community.set_calendar", BYLAWS: "community.set_bylaws"}


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """What a community laid down, or nothing, and what this caller may do. `version` is 0 before the first."""

    community_id: str
    document: Mapping[str, Any] | None
    version: int
    changed_at: datetime | None
    actions: tuple[Action, ...]


def calendar(session: Session, community_id: str, otherwise: str) -> Calendar:
    """The community's own working days, else the calendar of that id."""
    row = session.get(CommunityDocument, (community_id, CALENDAR))
    return calendars.calendar(otherwise) if row is None else calendars.read(row.document)


def stated(session: Session, community_id: str) -> Bylaws:
    """What the community's bylaws state; nothing where it has none."""
    row = session.get(CommunityDocument, (community_id, BYLAWS))
    return Bylaws() if row is None else bylaws.read(row.document)


def read(session: Session, principal: Principal, community_id: str, kind: str) -> SeenDocument:
    """One document, for whoever belongs to the community."""
    queries.community(session, principal, community_id)
    authority.require(principal, "community.read", Subject(community_id))
    return _seen(principal, community_id, kind, session.get(CommunityDocument, (community_id, kind)))


def put(
    session: Session,
    principal: Principal,
    community_id: str,
    kind: str,
    given: Mapping[str, Any],
    expects: Expectation,
    *,
    now: datetime,
) -> SeenDocument:
    """Replace a document as a whole. Raises `Invalid` with every fault of it."""
    queries.community(session, principal, community_id)
    authority.require(principal, ACTS[kind], Subject(community_id))
    community = session.get_one(Community, community_id, with_for_update=True, populate_existing=True)
    row = session.get(CommunityDocument, (community_id, kind), populate_existing=True)
    expects(row.version if row else 0)
    document = _checked(kind, given, (row.version if row else 0) + 1)
    if row is None:
        row = CommunityDocument(community_id=community_id, kind=kind, document=document, changed_at=now)
    row.document, row.changed_at = document, now_in(community, now)
    session.add(row)
    session.flush()
    events.record(
        session, principal, community, (kind, community_id), "laid_down", now, to_state="laid_down", version=row.version
    )
    return _seen(principal, community_id, kind, row)


def _checked(kind: str, given: Mapping[str, Any], version: int) -> dict[str, Any]:
    document = {**given, "format": FORMAT}
    if kind == CALENDAR:
        document |= {"id": "community", "version": version}
        calendars.read(document)
    else:
        bylaws.read(document)
    return document


def _seen(principal: Principal, community_id: str, kind: str, row: CommunityDocument | None) -> SeenDocument:
    actions = queries.actions(principal, Subject(community_id), {"replace": ACTS[kind]})
    if row is None:
        return SeenDocument(community_id, None, 0, None, actions)
    return SeenDocument(community_id, row.document, row.version, row.changed_at, actions)
