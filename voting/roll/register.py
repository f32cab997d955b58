"""Reads the part of a community's register that a roll is compiled from: four set-based queries, no row objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col

from voting.community.tables import Building, Dwelling, Household, Ownership, Person, Residency, Unit
from voting.roll import terms
from voting.roll.electors import Hearth, Holding, Home, Register, Resident, is_of_age
from voting.roll.tables import Roll
from voting.roll.terms import RollTerms

SCOPES = ("community", "building", "unit", "dwellings")
_SCOPED: Mapping[str, Any] = {"building": Building, "unit": Unit, "dwellings": Dwelling}


def unknown(session: Session, community_id: str, kind: str, ids: Sequence[str]) -> tuple[str, ...]:
    """Those of `ids` that are no building, unit or dwelling (by `kind`) of this community, in the given order."""
    table = _SCOPED[kind]
    query = select(col(table.id)).where(col(table.community_id) == community_id, col(table.id).in_(ids))
    known = set(session.execute(query).scalars())
    return tuple(identifier for identifier in ids if identifier not in known)


def read(session: Session, roll: Roll, on: date, person_id: str | None = None) -> Register:
    """The homes of the roll's scope in the order of their labels, and whoever lives in or owns them on the day `on`.

    With `person_id` only the homes in which that person lives or which that person owns.
    """
    within = _within(roll)
    if person_id is not None:
        within = within.where(_concerns(person_id))
    rules = terms.from_document(roll.terms)
    if roll.basis == "owner":
        holdings = _holdings(session, within, roll.minimum_age, on)
        return Register(_homes(session, within), holdings=holdings, unsold_count=rules.unsold == "one_head")
    residents = _residents(session, within, roll.minimum_age, on, rules)
    hearths = _hearths(session, within) if roll.basis == "household" else ()
    return Register(_homes(session, within), residents, hearths)


def lived_in(on: date) -> ColumnElement[bool]:
    """The condition that a residency holds on that day; both its first and its last day belong to it."""
    return or_(col(Residency.from_on).is_(None), col(Residency.from_on) <= on) & or_(
        col(Residency.to_on).is_(None), col(Residency.to_on) >= on
    )


def kinds_lived(session: Session, roll: Roll, on: date, person_id: str) -> set[str]:
    """The kinds of residency that the person has within the roll's scope on that day, whatever its terms."""
    query = select(col(Residency.kind)).where(
        col(Residency.dwelling_id).in_(_within(roll)), col(Residency.person_id) == person_id, lived_in(on)
    )
    return set(session.execute(query).scalars())


def _makes_resident(rules: RollTerms, on: date) -> ColumnElement[bool]:
    """The kinds of residency that count, and for tenants the days lived here before the day that counts."""
    kind = col(Residency.kind)
    settled = or_(col(Residency.from_on).is_(None), col(Residency.from_on) <= on - timedelta(days=rules.resided_days))
    return kind.in_(rules.residencies) & or_(kind != "tenant", settled)


def _concerns(person_id: str) -> ColumnElement[bool]:
    lives = select(col(Residency.dwelling_id)).where(col(Residency.person_id) == person_id)
    owns = select(col(Ownership.dwelling_id)).where(col(Ownership.person_id) == person_id)
    return or_(col(Dwelling.id).in_(lives), col(Dwelling.id).in_(owns))


def _within(roll: Roll) -> Select[str]:
    """The dwelling ids of the roll's scope, as a subquery."""
    query = select(col(Dwelling.id)).where(col(Dwelling.community_id) == roll.community_id)
    kind, ids = roll.scope["kind"], roll.scope.get("ids", ())
    if kind == "building":
        return query.join(Unit, col(Unit.id) == Dwelling.unit_id).where(col(Unit.building_id).in_(ids))
    if kind == "unit":
        return query.where(col(Dwelling.unit_id).in_(ids))
    return query.where(col(Dwelling.id).in_(ids)) if kind == "dwellings" else query


def _homes(session: Session, within: Select[str]) -> tuple[Home, ...]:
    query = (
        select(
            col(Building.label),
            col(Unit.label),
            col(Dwelling.label),
            col(Dwelling.id),
            col(Dwelling.unit_id),
            col(Dwelling.area_cm2),
        )
        .join(Unit, col(Unit.id) == Dwelling.unit_id)
        .join(Building, col(Building.id) == Unit.building_id)
        .where(col(Dwelling.id).in_(within))
    )
    # Sorted here and not by the database, whose order of Chinese text depends on its collation.
    found = sorted(tuple(row) for row in session.execute(query))
    return tuple(Home(key, unit, f"{b} {u} {d}", area) for b, u, d, key, unit, area in found)


def _residents(
    session: Session, within: Select[str], minimum_age: int | None, on: date, rules: RollTerms
) -> tuple[Resident, ...]:
    query = (
        select(col(Person.id), col(Person.name), col(Residency.dwelling_id), col(Person.born_on))
        .join(Residency, col(Residency.person_id) == Person.id)
        .where(col(Residency.dwelling_id).in_(within), lived_in(on), _makes_resident(rules, on))
        .order_by(col(Person.id))
    )
    return tuple(
        Resident(person, name, home, is_of_age(born_on, minimum_age, on))
        for person, name, home, born_on in session.execute(query)
    )


def _hearths(session: Session, within: Select[str]) -> tuple[Hearth, ...]:
    query = select(col(Household.id), col(Household.dwelling_id), col(Household.representative_id)).where(
        col(Household.dwelling_id).in_(within)
    )
    return tuple(Hearth(*row) for row in session.execute(query))


def _holdings(session: Session, within: Select[str], minimum_age: int | None, on: date) -> tuple[Holding, ...]:
    query = (
        select(
            col(Ownership.dwelling_id),
            col(Ownership.merge_key),
            col(Ownership.owner_name),
            col(Ownership.person_id),
            col(Ownership.is_voter),
            col(Person.born_on),
        )
        .outerjoin(Person, col(Person.id) == Ownership.person_id)
        .where(col(Ownership.dwelling_id).in_(within))
    )
    return tuple(
        Holding(home, key, name, person, bool(votes and person) and is_of_age(born_on, minimum_age, on))
        for home, key, name, person, votes, born_on in session.execute(query)
    )
