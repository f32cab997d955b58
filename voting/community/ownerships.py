"""Use cases of ownerships: who buys, who sells, and which co-owner casts for the dwelling. Exactly one does."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from voting.community import events, queries, text
from voting.community.clock import today_in
from voting.community.queries import Seen
from voting.community.register_owners import merge_key_of_name
from voting.community.register_store import lock
from voting.community.tables import Community, Dwelling, Ownership, Person, Residency
from voting.core import authority
from voting.core.authority import Principal
from voting.errors import Conflict, Invalid
from voting.ids import random_id

SeenOwnership = Seen[Ownership]
ACTS = {"end": "register.edit", "make_voter": "register.edit"}


def begin(
    session: Session,
    principal: Principal,
    dwelling_id: str,
    *,
    person_id: str | None = None,
    owner_name: str | None = None,
    merge_key: str | None = None,
    is_voter: bool = False,
    now: datetime,
) -> SeenOwnership:
    """Somebody owns the dwelling: a person of the register, or an owner known by name. The first owner casts."""
    dwelling = queries.one(session, principal, Dwelling, dwelling_id)
    authority.require(principal, "register.edit", queries.subject_of_place(queries.place(session, dwelling)))
    lock(session, dwelling.community_id)
    owners = _of(session, dwelling_id)
    row = _row(session, dwelling, person_id, owner_name)
    if any(_same(owner, row) for owner in owners):
        raise Conflict("ownership_exists", name=row.owner_name)
    row.merge_key = text.name(merge_key or "") or _key(session, row)
    row.is_voter = is_voter or not owners
    if row.is_voter:
        _only(session, owners, row)
    session.add(row)
    events.record(session, principal, row.community_id, ("ownership", row.id), "begun", now)
    return _seen(session, principal, row)


def end(session: Session, principal: Principal, ownership_id: str, now: datetime) -> None:
    """The owner has sold: the row is removed, and if it was the voter's, another owner casts."""
    row = _held(session, principal, ownership_id)
    today = today_in(session.get_one(Community, row.community_id), now)
    lives = queries.residencies_on(today).where(
        Residency.dwelling_id == row.dwelling_id,
        Residency.person_id == row.person_id,
        Residency.kind == "owner_occupier",
    )
    if row.person_id is not None and session.exec(lives.limit(1)).first() is not None:
        raise Conflict("owner_lives_there", id=row.id)
    session.delete(row)
    session.flush()
    staying = _of(session, row.dwelling_id)
    if row.is_voter and staying:
        staying[0].is_voter = True
        session.add(staying[0])
    events.record(session, principal, row.community_id, ("ownership", row.id), "ended", now)


def make_voter(session: Session, principal: Principal, ownership_id: str, now: datetime) -> SeenOwnership:
    """From now on this owner casts for the dwelling."""
    row = _held(session, principal, ownership_id)
    if not row.is_voter:
        row.is_voter = True
        _only(session, _of(session, row.dwelling_id), row)
        session.add(row)
        events.record(session, principal, row.community_id, ("ownership", row.id), "made_voter", now)
    return _seen(session, principal, row)


def read(session: Session, principal: Principal, ownership_id: str) -> SeenOwnership:
    """One ownership, for the owner and for those who keep the register."""
    row = queries.one(session, principal, Ownership, ownership_id)
    place = queries.place(session, session.get_one(Dwelling, row.dwelling_id))
    authority.require(principal, "register.read", queries.subject_of_place(place, row.person_id))
    return _seen(session, principal, row)


def list_of(
    session: Session, principal: Principal, dwelling_id: str, after: str | None, limit: int
) -> tuple[SeenOwnership, ...]:
    """The owners of a dwelling, for those who keep the register."""
    dwelling = queries.one(session, principal, Dwelling, dwelling_id)
    authority.require(principal, "register.read", queries.subject_of_place(queries.place(session, dwelling)))
    query = select(Ownership).where(Ownership.dwelling_id == dwelling_id)
    found = queries.page(session, query, Ownership, after, limit)
    return tuple(_seen(session, principal, row) for row in found)


def _held(session: Session, principal: Principal, ownership_id: str) -> Ownership:
    row = queries.one(session, principal, Ownership, ownership_id)
    place = queries.place(session, session.get_one(Dwelling, row.dwelling_id))
    authority.require(principal, "register.edit", queries.subject_of_place(place))
    lock(session, row.community_id)
    return queries.one(session, principal, Ownership, ownership_id, hold=True)


def _of(session: Session, dwelling_id: str) -> list[Ownership]:
    return list(session.exec(select(Ownership).where(Ownership.dwelling_id == dwelling_id).order_by(col(Ownership.id))))


def _row(session: Session, dwelling: Dwelling, person_id: str | None, owner_name: str | None) -> Ownership:
    if (person_id is None) == (owner_name is None):
        raise Invalid.at("/person_id", "person_or_owner_name")
    if person_id is None:
        name = text.name(owner_name or "")
        if not name:
            raise Invalid.at("/owner_name", "register_value_missing", column="owner_name")
        return _ownership(dwelling, None, name)
    person = session.get(Person, person_id)
    if person is None or person.community_id != dwelling.community_id:
        raise Invalid.at("/person_id", "person_not_found", id=person_id)
    lives = select(Residency).where(
        Residency.dwelling_id == dwelling.id, Residency.person_id == person_id, Residency.kind == "tenant"
    )
    if session.exec(lives.where(col(Residency.to_on).is_(None)).limit(1)).first() is not None:
        raise Conflict("tenant_cannot_own", id=person_id)
    return _ownership(dwelling, person_id, person.name)


def _ownership(dwelling: Dwelling, person_id: str | None, name: str) -> Ownership:
    return Ownership(
        id=random_id("own"),
        community_id=dwelling.community_id,
        dwelling_id=dwelling.id,
        person_id=person_id,
        owner_name=name,
        merge_key="",
    )


def _same(owner: Ownership, row: Ownership) -> bool:
    return owner.person_id == row.person_id if row.person_id else owner.owner_name == row.owner_name


def _key(session: Session, row: Ownership) -> str:
    if row.person_id is None:
        return merge_key_of_name(row.owner_name)
    keys = select(Ownership.merge_key).where(Ownership.person_id == row.person_id).order_by(col(Ownership.merge_key))
    return session.exec(keys.limit(1)).first() or row.person_id


def _only(session: Session, owners: list[Ownership], voter: Ownership) -> None:
    for owner in owners:
        if owner is not voter and owner.is_voter:
            owner.is_voter = False
            session.add(owner)


def _seen(session: Session, principal: Principal, row: Ownership) -> SeenOwnership:
    place = queries.place(session, session.get_one(Dwelling, row.dwelling_id))
    return Seen(row, queries.actions(principal, queries.subject_of_place(place), ACTS))
