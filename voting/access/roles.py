"""Roles: given to a person or an API client over a community, building, unit or contest, for a term, and ended.

Source: the separations of the domain. Who watches does not do: `authority.INCOMPATIBLE` names the pairs that one holder
never has over the same thing at the same time. A community always keeps somebody who may give roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnClause, TableClause, column, or_, table
from sqlalchemy import select as select_of
from sqlmodel import Session, col, select

from voting.access.tables import RoleAssignment as RoleAssignment  # Entry points present the row they are given.
from voting.core import authority
from voting.core.authority import GRANTED_ROLES, SCOPE_KINDS, Principal, Subject
from voting.errors import Conflict, Fault, Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal

ADMIN = "community_admin"


def _referred(name: str) -> TableClause:
    return table(name, column("id"), column("community_id"))


# What `scope_id` and `holder_id` refer to depends on their kind: the schema cannot say it as a foreign key, so these
# references are checked here, by name, as the foreign keys of the schema name their tables.
_PLACES = {"building": _referred("building"), "unit": _referred("unit"), "contest": _referred("contest")}
_OPTIONS = table("contest_option", column("id"), column("contest_id"), column("person_id"))
_HOLDERS = {"person": _referred("person"), "client": _referred("api_client")}


@dataclass(frozen=True, slots=True)
class Appointment:
    """Who gets which role over what, and until when."""

    holder_kind: str
    holder_id: str
    role: str
    scope_kind: str
    scope_id: str
    source: str = "appointment"
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def assign(
    session: Session, principal: Principal, community_id: str, given: Appointment, *, now: datetime
) -> RoleAssignment:
    """Give the role. Raises Invalid for what does not exist here, Conflict for what cannot stand beside other roles."""
    authority.require(principal, "roles.assign", Subject(community_id, kind="community"))
    starts_at = given.starts_at or now
    _check_values(given, starts_at, now)
    _check_references(session, community_id, given)
    _check_candidacy(session, given)
    _check_beside_others(session, community_id, given, starts_at)
    row = RoleAssignment(
        id=timed_id("rle", now),
        community_id=community_id,
        holder_kind=given.holder_kind,
        holder_id=given.holder_id,
        role=given.role,
        scope_kind=given.scope_kind,
        scope_id=given.scope_id,
        source=given.source,
        starts_at=starts_at,
        ends_at=given.ends_at,
    )
    session.add(row)
    session.flush()
    _log(session, principal, row, "assigned", now, None)
    return row


def _check_values(given: Appointment, starts_at: datetime, now: datetime) -> None:
    faults = []
    for name, value, allowed in (
        ("role", given.role, GRANTED_ROLES),
        ("scope_kind", given.scope_kind, SCOPE_KINDS),
        ("holder_kind", given.holder_kind, tuple(_HOLDERS)),
    ):
        if value not in allowed:
            faults.append(Fault(f"/{name}", f"{name}_unknown", {"value": value[:60], "allowed": allowed}))
    if given.ends_at is not None and given.ends_at <= max(starts_at, now):
        faults.append(Fault("/ends_at", "term_without_time"))
    if faults:
        raise Invalid(faults)


def _check_references(session: Session, community_id: str, given: Appointment) -> None:
    if given.scope_kind == "community":
        if given.scope_id != community_id:
            raise Invalid.at("/scope_id", "scope_not_here", value=given.scope_id[:60], kind=given.scope_kind)
    elif not _is_here(session, _PLACES[given.scope_kind], given.scope_id, community_id):
        raise Invalid.at("/scope_id", "scope_not_here", value=given.scope_id[:60], kind=given.scope_kind)
    # The holder's row is locked: two appointments of one holder are compared with each other, not with the past.
    if not _is_here(session, _HOLDERS[given.holder_kind], given.holder_id, community_id, hold=True):
        raise Invalid.at("/holder_id", "holder_not_here", value=given.holder_id[:60], kind=given.holder_kind)


def _check_candidacy(session: Session, given: Appointment) -> None:
    """Who stands in a contest gets no office of it. Offices over more than one contest rest where their holder stands."""
    if given.scope_kind != "contest" or given.holder_kind != "person" or given.role not in authority.OFFICIATING:
        return
    id_: ColumnClause[str] = _OPTIONS.c.id
    standing = _OPTIONS.c.contest_id == given.scope_id, _OPTIONS.c.person_id == given.holder_id
    if session.execute(select_of(id_).where(*standing)).first() is not None:
        raise Conflict("candidate_never_officiates")


def _is_here(
    session: Session, referred: TableClause, identifier: str, community_id: str, *, hold: bool = False
) -> bool:
    id_: ColumnClause[str] = referred.c.id
    owner: ColumnClause[str | None] = referred.c.community_id
    # An API client of the platform is nobody's own: any community may give it a role.
    is_here = or_(owner == community_id, owner.is_(None)) if referred is _HOLDERS["client"] else owner == community_id
    query = select_of(id_).where(id_ == identifier, is_here)
    return session.execute(query.with_for_update() if hold else query).first() is not None


def _check_beside_others(session: Session, community_id: str, given: Appointment, starts_at: datetime) -> None:
    query = select(RoleAssignment).where(
        RoleAssignment.community_id == community_id,
        RoleAssignment.holder_kind == given.holder_kind,
        RoleAssignment.holder_id == given.holder_id,
        or_(col(RoleAssignment.ends_at).is_(None), col(RoleAssignment.ends_at) > starts_at),
    )
    if given.ends_at is not None:
        query = query.where(RoleAssignment.starts_at < given.ends_at)
    others = session.exec(query).all()
    beside = frozenset(other.role for other in others if _overlap(given, other))
    clash = authority.incompatible(given.role, beside)
    if clash:
        raise Conflict("roles_incompatible", role=given.role, held=sorted(clash))
    if any(_same_thing(given, other) and other.role == given.role for other in others):
        raise Conflict("role_already_held", role=given.role, id=given.holder_id)


def _same_thing(given: Appointment, other: RoleAssignment) -> bool:
    return (given.scope_kind, given.scope_id) == (other.scope_kind, other.scope_id)


def _overlap(given: Appointment, other: RoleAssignment) -> bool:
    """Whether one thing may lie in both scopes: two of one kind are the same or apart, two of different kinds may nest."""
    return given.scope_kind != other.scope_kind or given.scope_id == other.scope_id


def end(
    session: Session, principal: Principal, role_id: str, *, reason: str | None = None, now: datetime
) -> RoleAssignment:
    """End the role now. Raises Conflict when it has ended already or when nobody would be left to give roles."""
    row = _load(session, principal, role_id)
    authority.require(principal, "roles.end", Subject(row.community_id, kind="role"))
    if row.ends_at is not None and row.ends_at <= now:
        raise Conflict("role_already_ended", id=role_id)
    if row.role == ADMIN and row.scope_kind == "community" and not _other_admin(session, row, now):
        raise Conflict("last_admin", id=role_id)
    row.ends_at = max(now, row.starts_at)
    session.add(row)
    session.flush()
    _log(session, principal, row, "ended", now, reason)
    return row


def _load(session: Session, principal: Principal, role_id: str) -> RoleAssignment:
    authority.require(principal, "me.read", authority.PLATFORM)
    row = session.get(RoleAssignment, role_id)
    if row is None or not authority.belongs(principal, row.community_id):
        raise NotFound("role_not_found", id=role_id)
    return row


def _other_admin(session: Session, row: RoleAssignment, now: datetime) -> bool:
    """All admins of the community are locked, in one order: two of them cannot end each other at the same moment."""
    admins = session.exec(
        select(RoleAssignment)
        .where(
            RoleAssignment.community_id == row.community_id,
            RoleAssignment.role == ADMIN,
            RoleAssignment.scope_kind == "community",
        )
        .order_by(col(RoleAssignment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return any(
        one.id != row.id and one.starts_at <= now and (one.ends_at is None or one.ends_at > now) for one in admins
    )


def read(session: Session, principal: Principal, role_id: str) -> RoleAssignment:
    """One assignment of the caller's community."""
    row = _load(session, principal, role_id)
    authority.require(principal, "roles.read", Subject(row.community_id, kind="role"))
    return row


def listing(
    session: Session,
    principal: Principal,
    community_id: str,
    after: str | None,
    limit: int,
    *,
    holder_id: str | None = None,
) -> tuple[RoleAssignment, ...]:
    """At most `limit` assignments behind the id `after`, oldest first, ended ones too."""
    authority.require(principal, "roles.read", Subject(community_id, kind="community"))
    query = select(RoleAssignment).where(RoleAssignment.community_id == community_id)
    if holder_id is not None:
        query = query.where(RoleAssignment.holder_id == holder_id)
    if after is not None:
        query = query.where(col(RoleAssignment.id) > after)
    return tuple(session.exec(query.order_by(col(RoleAssignment.id)).limit(limit)))


def _log(
    session: Session, principal: Principal, row: RoleAssignment, kind: str, now: datetime, reason: str | None
) -> None:
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="role",
        subject_id=row.id,
        kind=kind,
        actor_id=principal.id,
        now=now,
        reason=reason,
        facts={
            "role": row.role,
            "holder_kind": row.holder_kind,
            "holder_id": row.holder_id,
            "scope_kind": row.scope_kind,
            "scope_id": row.scope_id,
        },
    )
