"""Use cases of residencies: who moves in as what, and who moves out. The first and the last day both count."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from voting.community import events, households, queries
from voting.community.clock import today_in
from voting.community.queries import Seen
from voting.community.register_cells import OWNER_ELSEWHERE, RESIDENCIES
from voting.community.register_store import lock
from voting.community.tables import Community, Dwelling, Ownership, Person, Residency
from voting.core import authority
from voting.core.authority import Principal
from voting.errors import Conflict, Invalid
from voting.ids import random_id

SeenResidency = Seen[Residency]
KINDS = tuple(kind for kind in RESIDENCIES if kind != OWNER_ELSEWHERE)
ACTS = {"end": "register.edit"}


def begin(
    session: Session,
    principal: Principal,
    dwelling_id: str,
    *,
    person_id: str,
    kind: str,
    from_on: date | None = None,
    now: datetime,
) -> SeenResidency:
    """Somebody lives in the dwelling as one of `KINDS`. An owner occupier owns it, a tenant does not."""
    dwelling = queries.one(session, principal, Dwelling, dwelling_id)
    authority.require(principal, "register.edit", queries.subject_of_place(queries.place(session, dwelling)))
    lock(session, dwelling.community_id)
    person = _neighbour(session, principal, person_id, dwelling.community_id)
    today = today_in(session.get_one(Community, dwelling.community_id), now)
    lives = queries.residencies_on(today).where(Residency.dwelling_id == dwelling_id, Residency.person_id == person.id)
    if session.exec(lives.limit(1)).first() is not None:
        raise Conflict("residency_exists", id=person.id)
    owns = select(Ownership.id).where(Ownership.dwelling_id == dwelling_id, Ownership.person_id == person.id)
    if (session.exec(owns).first() is not None) != (kind == "owner_occupier") and kind != "household_member":
        raise Invalid.at("/kind", "residency_contradicts_owner", residency=kind)
    row = Residency(
        id=random_id("res"),
        community_id=dwelling.community_id,
        dwelling_id=dwelling_id,
        person_id=person.id,
        kind=kind,
        from_on=from_on,
    )
    session.add(row)
    events.record(session, principal, row.community_id, ("residency", row.id), "begun", now)
    households.settle(session, dwelling_id, today)
    return _seen(session, principal, row)


def end(session: Session, principal: Principal, residency_id: str, to_on: date | None, now: datetime) -> SeenResidency:
    """The residency's last day: `to_on`, else today. What has ended stays ended."""
    row = queries.one(session, principal, Residency, residency_id, hold=True)
    dwelling = session.get_one(Dwelling, row.dwelling_id)
    authority.require(principal, "register.edit", queries.subject_of_place(queries.place(session, dwelling)))
    if row.to_on is not None:
        raise Conflict("residency_ended", id=row.id, to_on=row.to_on.isoformat())
    today = today_in(session.get_one(Community, row.community_id), now)
    last = to_on or today
    if row.from_on is not None and last < row.from_on:
        raise Invalid.at("/to_on", "residency_ends_before_it_begins", from_on=row.from_on.isoformat())
    row.to_on = last
    session.add(row)
    events.record(session, principal, row.community_id, ("residency", row.id), "ended", now)
    households.settle(session, row.dwelling_id, today)
    return _seen(session, principal, row)


def read(session: Session, principal: Principal, residency_id: str) -> SeenResidency:
    """One residency, for the person and for those who keep the register."""
    row = queries.one(session, principal, Residency, residency_id)
    place = queries.place(session, session.get_one(Dwelling, row.dwelling_id))
    authority.require(principal, "register.read", queries.subject_of_place(place, row.person_id))
    return _seen(session, principal, row)


def list_of(
    session: Session, principal: Principal, dwelling_id: str, after: str | None, limit: int
) -> tuple[SeenResidency, ...]:
    """Every residency of a dwelling, ended ones as well, for those who keep the register."""
    dwelling = queries.one(session, principal, Dwelling, dwelling_id)
    authority.require(principal, "register.read", queries.subject_of_place(queries.place(session, dwelling)))
    query = select(Residency).where(Residency.dwelling_id == dwelling_id)
    found = queries.page(session, query, Residency, after, limit)
    return tuple(_seen(session, principal, row) for row in found)


def _neighbour(session: Session, principal: Principal, person_id: str, community_id: str) -> Person:
    """The person, of the same community as the dwelling: a platform client may belong to several."""
    person = session.exec(
        select(Person).where(Person.id == person_id, col(Person.community_id) == community_id)
    ).first()
    if person is None:
        raise Invalid.at("/person_id", "person_not_found", id=person_id)
    return person


def _seen(session: Session, principal: Principal, row: Residency) -> SeenResidency:
    place = queries.place(session, session.get_one(Dwelling, row.dwelling_id))
    return Seen(row, queries.actions(principal, queries.subject_of_place(place), ACTS))
