"""Use cases of places: buildings, units and dwellings. A label is taken once among its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from voting.community import areas, events, queries, text
from voting.community.clock import today_in
from voting.community.queries import Expectation, Place, Seen
from voting.community.register_store import lock
from voting.community.tables import Building, Community, Dwelling, Household, Unit
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import Conflict, Invalid
from voting.ids import random_id, timed_id

SeenBuilding = Seen[Building]
SeenUnit = Seen[Unit]
SeenDwelling = Seen[Place]
EDIT = {"edit": "register.edit"}


def create_building(
    session: Session, principal: Principal, community_id: str, label: str, now: datetime
) -> SeenBuilding:
    """A building of the community."""
    community = queries.community(session, principal, community_id)
    authority.require(principal, "register.edit", Subject(community_id))
    lock(session, community_id)
    row = Building(id=timed_id("bld", now), community_id=community_id, label=_label(label))
    _free_building(session, row)
    session.add(row)
    events.record(session, principal, community, ("building", row.id), "created", now)
    return _seen_building(principal, row)


def create_unit(session: Session, principal: Principal, building_id: str, label: str, now: datetime) -> SeenUnit:
    """A unit of the building."""
    building = queries.one(session, principal, Building, building_id)
    authority.require(principal, "register.edit", Subject(building.community_id, building.id, kind="building"))
    lock(session, building.community_id)
    row = Unit(
        id=timed_id("unt", now), community_id=building.community_id, building_id=building.id, label=_label(label)
    )
    _free_unit(session, row)
    session.add(row)
    events.record(session, principal, row.community_id, ("unit", row.id), "created", now)
    return _seen_unit(principal, row)


def create_dwelling(
    session: Session, principal: Principal, unit_id: str, label: str, area_cm2: int, now: datetime
) -> SeenDwelling:
    """A dwelling of the unit, with its household. The area is in cm²."""
    unit = queries.one(session, principal, Unit, unit_id)
    authority.require(principal, "register.edit", _subject_of_unit(unit))
    lock(session, unit.community_id)
    row = Dwelling(
        id=timed_id("dwl", now),
        community_id=unit.community_id,
        unit_id=unit.id,
        label=_label(label),
        area_cm2=_area(area_cm2),
    )
    _free_dwelling(session, row)
    session.add(row)
    session.flush()
    session.add(Household(id=random_id("hsh"), community_id=unit.community_id, dwelling_id=row.id))
    events.record(session, principal, row.community_id, ("dwelling", row.id), "created", now)
    return _seen_dwelling(session, principal, row)


def read_building(session: Session, principal: Principal, building_id: str) -> SeenBuilding:
    """One building, for whoever belongs to the community."""
    row = queries.one(session, principal, Building, building_id)
    authority.require(principal, "community.read", Subject(row.community_id, row.id, kind="building"))
    return _seen_building(principal, row)


def read_unit(session: Session, principal: Principal, unit_id: str) -> SeenUnit:
    """One unit, for whoever belongs to the community."""
    row = queries.one(session, principal, Unit, unit_id)
    authority.require(principal, "community.read", _subject_of_unit(row))
    return _seen_unit(principal, row)


def read_dwelling(session: Session, principal: Principal, dwelling_id: str, now: datetime) -> SeenDwelling:
    """One dwelling, for its people and for those who keep the register."""
    row = queries.one(session, principal, Dwelling, dwelling_id)
    place = queries.place(session, row)
    today = today_in(session.get_one(Community, row.community_id), now)
    authority.require(principal, "register.read", queries.subject_at_home(session, principal, place, today))
    return _seen_dwelling(session, principal, row)


def list_buildings(
    session: Session, principal: Principal, community_id: str, after: str | None, limit: int
) -> tuple[SeenBuilding, ...]:
    """The buildings of a community."""
    queries.community(session, principal, community_id)
    authority.require(principal, "community.read", Subject(community_id))
    query = select(Building).where(Building.community_id == community_id)
    found = queries.page(session, query, Building, after, limit)
    return tuple(_seen_building(principal, row) for row in found)


def list_units(
    session: Session,
    principal: Principal,
    community_id: str,
    building_id: str | None,
    after: str | None,
    limit: int,
) -> tuple[SeenUnit, ...]:
    """The units of a community, or of one of its buildings."""
    queries.community(session, principal, community_id)
    authority.require(principal, "community.read", Subject(community_id))
    query = select(Unit).where(Unit.community_id == community_id)
    if building_id is not None:
        query = query.where(Unit.building_id == building_id)
    found = queries.page(session, query, Unit, after, limit)
    return tuple(_seen_unit(principal, row) for row in found)


def list_dwellings(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    building_id: str | None = None,
    unit_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[SeenDwelling, ...]:
    """The dwellings of a community, of a building or of a unit. Whoever keeps only that part may list it alone."""
    queries.community(session, principal, community_id)
    if unit_id is not None:
        unit = queries.one(session, principal, Unit, unit_id)
        building_id = building_id or unit.building_id
    authority.require(principal, "register.read", Subject(community_id, building_id, unit_id))
    query = select(Dwelling).where(Dwelling.community_id == community_id)
    if unit_id is not None:
        query = query.where(Dwelling.unit_id == unit_id)
    if building_id is not None:
        inside = select(Unit.id).where(Unit.building_id == building_id, Unit.community_id == community_id)
        query = query.where(col(Dwelling.unit_id).in_(inside))
    found = queries.page(session, query, Dwelling, after, limit)
    return tuple(_seen_dwelling(session, principal, row) for row in found)


def edit_building(
    session: Session,
    principal: Principal,
    building_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    now: datetime,
) -> SeenBuilding:
    """A new label."""
    row = queries.one(session, principal, Building, building_id, hold=True)
    authority.require(principal, "register.edit", Subject(row.community_id, row.id, kind="building"))
    expects(row.version)
    if "label" in changes and _label(changes["label"]) != row.label:
        lock(session, row.community_id)
        row.label = _label(changes["label"])
        _free_building(session, row)
        _saved(session, principal, "building", row, ["label"], now)
    return _seen_building(principal, row)


def edit_unit(
    session: Session,
    principal: Principal,
    unit_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    now: datetime,
) -> SeenUnit:
    """A new label."""
    row = queries.one(session, principal, Unit, unit_id, hold=True)
    authority.require(principal, "register.edit", _subject_of_unit(row))
    expects(row.version)
    if "label" in changes and _label(changes["label"]) != row.label:
        lock(session, row.community_id)
        row.label = _label(changes["label"])
        _free_unit(session, row)
        _saved(session, principal, "unit", row, ["label"], now)
    return _seen_unit(principal, row)


def edit_dwelling(
    session: Session,
    principal: Principal,
    dwelling_id: str,
    changes: Mapping[str, Any],
    expects: Expectation,
    now: datetime,
) -> SeenDwelling:
    """A new label or area."""
    row = queries.one(session, principal, Dwelling, dwelling_id, hold=True)
    place = queries.place(session, row)
    authority.require(principal, "register.edit", queries.subject_of_place(place))
    expects(row.version)
    wanted = dict(changes)
    if "label" in wanted:
        wanted["label"] = _label(wanted["label"])
    if "area_cm2" in wanted:
        _area(wanted["area_cm2"])
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if changed:
        lock(session, row.community_id)
        for field in changed:
            setattr(row, field, wanted[field])
        _free_dwelling(session, row)
        _saved(session, principal, "dwelling", row, changed, now)
    return _seen_dwelling(session, principal, row)


def _label(given: str) -> str:
    found = text.label(given)
    if not found:
        raise Invalid.at("/label", "register_value_missing", column="label")
    return found


def _area(area_cm2: int) -> int:
    if area_cm2 > areas.MAX_CM2:
        raise Invalid.at("/area_cm2", "area_absurd", value=areas.m2(area_cm2))
    return area_cm2


def _free_building(session: Session, row: Building) -> None:
    siblings = select(Building.id).where(Building.community_id == row.community_id, Building.label == row.label)
    _free(session, siblings.where(Building.id != row.id), row.label)


def _free_unit(session: Session, row: Unit) -> None:
    siblings = select(Unit.id).where(Unit.building_id == row.building_id, Unit.label == row.label)
    _free(session, siblings.where(Unit.id != row.id), row.label)


def _free_dwelling(session: Session, row: Dwelling) -> None:
    siblings = select(Dwelling.id).where(Dwelling.unit_id == row.unit_id, Dwelling.label == row.label)
    _free(session, siblings.where(Dwelling.id != row.id), row.label)


def _free(session: Session, siblings: Any, label: str) -> None:
    # The community's register is locked, so nobody takes the label between this look and the write.
    with session.no_autoflush:
        if session.exec(siblings).first() is not None:
            raise Conflict("label_taken", label=label)


def _subject_of_unit(unit: Unit) -> Subject:
    return Subject(unit.community_id, unit.building_id, unit.id, kind="unit")


def _seen_building(principal: Principal, row: Building) -> SeenBuilding:
    return Seen(row, queries.actions(principal, Subject(row.community_id, row.id, kind="building"), EDIT))


def _seen_unit(principal: Principal, row: Unit) -> SeenUnit:
    return Seen(row, queries.actions(principal, _subject_of_unit(row), EDIT))


def _seen_dwelling(session: Session, principal: Principal, row: Dwelling) -> SeenDwelling:
    place = queries.place(session, row)
    return Seen(place, queries.actions(principal, queries.subject_of_place(place), EDIT))


def _saved(
    session: Session,
    principal: Principal,
    kind: str,
    row: Building | Unit | Dwelling,
    changed: list[str],
    now: datetime,
) -> None:
    session.add(row)
    events.record(session, principal, row.community_id, (kind, row.id), "edited", now, changed=changed)
