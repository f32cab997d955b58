"""Use cases of persons: personal data, read by those who keep the register and by the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from voting.community import events, queries, text
from voting.community.clock import today_in
from voting.community.queries import Expectation, Seen
from voting.community.register_cells import EARLIEST
from voting.community.register_store import lock
from voting.community.tables import Community, Ownership, Person, Residency
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import Conflict, Invalid
from voting.ids import random_id

FIELDS = ("name", "phone", "born_on", "external_ref")
EDIT = {"edit": "register.edit"}


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with every dwelling they live in or own; residencies that have ended are left out."""

    person: Person
    residencies: tuple[Residency, ...]
    ownerships: tuple[Ownership, ...]


SeenPerson = Seen[Person]
SeenProfile = Seen[Profile]


def create(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    name: str,
    phone: str | None = None,
    born_on: date | None = None,
    external_ref: str | None = None,
    now: datetime,
) -> SeenProfile:
    """A person of the register. The same name and phone number twice would be one voter with two ballots: a Conflict."""
    community = queries.community(session, principal, community_id)
    authority.require(principal, "register.edit", Subject(community_id))
    lock(session, community_id)
    values = _checked(
        {"name": name, "phone": phone, "born_on": born_on, "external_ref": external_ref}, today_in(community, now)
    )
    row = Person(id=random_id("per"), community_id=community_id, **values)
    _alone(session, row)
    session.add(row)
    events.record(session, principal, community, ("person", row.id), "created", now)
    return _seen(session, principal, row, now)


def read(session: Session, principal: Principal, person_id: str, now: datetime) -> SeenProfile:
    """One person, for themselves and for those who keep the register."""
    row = queries.one(session, principal, Person, person_id)
    authority.require(principal, "register.read", _subject(row))
    return _seen(session, principal, row, now)


def list_of(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    person_ref: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[SeenPerson, ...]:
    """The persons of a community, or the one of a reference of the register's own. Ids are random: the order says nothing."""
    queries.community(session, principal, community_id)
    authority.require(principal, "register.read", Subject(community_id))
    query = select(Person).where(Person.community_id == community_id)
    if person_ref is not None:
        query = query.where(Person.external_ref == text.name(person_ref))
    found = queries.page(session, query, Person, after, limit)
    return tuple(Seen(row, queries.actions(principal, _subject(row), EDIT)) for row in found)


def edit(
    session: Session,
    principal: Principal,
    person_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    now: datetime,
) -> SeenProfile:
    """New values for some of `FIELDS`; None clears what may be empty."""
    row = queries.one(session, principal, Person, person_id, hold=True)
    authority.require(principal, "register.edit", _subject(row))
    expects(row.version)
    lock(session, row.community_id)
    wanted = _checked(changes, today_in(session.get_one(Community, row.community_id), now))
    changed = [field for field in FIELDS if field in wanted and getattr(row, field) != wanted[field]]
    for field in changed:
        setattr(row, field, wanted[field])
    if changed:
        with session.no_autoflush:
            _alone(session, row)
        session.add(row)
        events.record(session, principal, row.community_id, ("person", row.id), "edited", now, changed=changed)
    if "name" in changed:
        session.execute(update(Ownership).where(col(Ownership.person_id) == row.id).values(owner_name=row.name))
    return _seen(session, principal, row, now)


def _checked(given: Mapping[str, Any], today: date) -> dict[str, Any]:
    values = dict(given)
    if "name" in values:
        values["name"] = text.name(values["name"])
        if not values["name"]:
            raise Invalid.at("/name", "register_value_missing", column="name")
    if values.get("external_ref") is not None:
        values["external_ref"] = text.name(values["external_ref"]) or None
    if values.get("phone") is not None:
        values["phone"] = text.phone(values["phone"])
        if values["phone"] is None:
            raise Invalid.at("/phone", "phone_not_a_number", value=str(given["phone"])[:40])
    if values.get("born_on") is not None and not EARLIEST <= values["born_on"] <= today:
        raise Invalid.at("/born_on", "date_out_of_range", value=values["born_on"].isoformat())
    return values


def _alone(session: Session, row: Person) -> None:
    others = select(Person.id).where(Person.community_id == row.community_id, Person.id != row.id)
    if row.external_ref is not None:
        other = session.exec(others.where(Person.external_ref == row.external_ref).limit(1)).first()
        if other is not None:
            raise Conflict("person_ref_taken", id=other)
        others = others.where(col(Person.external_ref).is_(None))
    if row.phone is not None:
        other = session.exec(others.where(Person.name == row.name, Person.phone == row.phone).limit(1)).first()
        if other is not None:
            raise Conflict("person_exists", id=other)


def _subject(row: Person) -> Subject:
    return Subject(row.community_id, person_id=row.id, kind="person")


def _seen(session: Session, principal: Principal, row: Person, now: datetime) -> SeenProfile:
    today = today_in(session.get_one(Community, row.community_id), now)
    lives = queries.residencies_on(today).where(Residency.person_id == row.id).order_by(col(Residency.id))
    owns = select(Ownership).where(Ownership.person_id == row.id).order_by(col(Ownership.id))
    profile = Profile(row, tuple(session.exec(lives)), tuple(session.exec(owns)))
    return Seen(profile, queries.actions(principal, _subject(row), EDIT))
