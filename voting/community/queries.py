"""Reads within the border of a community: what lies beyond it is absent. Lists are keysets over the id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from voting.community.clock import now_in
from voting.community.tables import Building, Community, Dwelling, Household, Ownership, Person, Residency, Unit
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import NotFound, Unauthenticated


class Owned(Protocol):
    """A row that carries its community."""

    id: str
    community_id: str


Row = TypeVar("Row", bound=Owned)
T = TypeVar("T")

Expectation = Callable[[int], None]
"""Given the version of the row that is about to be edited; raises when the caller meant another one."""

_KINDS: Mapping[type[Any], str] = {
    Building: "building",
    Unit: "unit",
    Dwelling: "dwelling",
    Person: "person",
    Household: "household",
    Residency: "residency",
    Ownership: "ownership",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the caller might do, and whether they may; else the code of the reason."""

    action: str
    allowed: bool
    code: str | None


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """A row and what this caller may do with it."""

    row: T
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dwelling is."""

    dwelling: Dwelling
    unit: Unit
    building: Building


def actions(principal: Principal, subject: Subject, acts: Mapping[str, str]) -> tuple[Action, ...]:
    """For each action the caller's right to the act behind it (`{"edit": "register.edit"}`)."""
    decided = {action: authority.may(principal, act, subject) for action, act in acts.items()}
    return tuple(Action(action, decision.allowed, decision.code) for action, decision in decided.items())


def community(session: Session, principal: Principal, community_id: str) -> Community:
    """The community, if it is the caller's own. Raises Unauthenticated for strangers, else NotFound."""
    _known(principal)
    found = session.get(Community, community_id) if authority.belongs(principal, community_id) else None
    if found is None:
        raise NotFound("community_not_found", id=community_id)
    return found


def community_time(session: Session, principal: Principal, community_id: str, now: datetime) -> datetime:
    """The time of the caller's own community. Raises as `community` does."""
    return now_in(community(session, principal, community_id), now)


def one(session: Session, principal: Principal, table: type[Row], identifier: str, *, hold: bool = False) -> Row:
    """The row, if its community is the caller's own. With `hold` it is locked until the transaction ends."""
    _known(principal)
    found = session.get(table, identifier, with_for_update=hold or None, populate_existing=hold)
    if found is None or not authority.belongs(principal, found.community_id):
        raise NotFound(f"{_KINDS[table]}_not_found", id=identifier)
    return found


def page(
    session: Session, query: SelectOfScalar[Row], table: type[Row], after: str | None, limit: int
) -> tuple[Row, ...]:
    """At most `limit` rows behind the id `after`, by id."""
    if after is not None:
        query = query.where(col(table.id) > after)
    return tuple(session.exec(query.order_by(col(table.id)).limit(limit)))


def place(session: Session, dwelling: Dwelling) -> Place:
    """The dwelling with its unit and building."""
    unit = session.get_one(Unit, dwelling.unit_id)
    return Place(dwelling, unit, session.get_one(Building, unit.building_id))


def subject_of_place(found: Place, person_id: str | None = None) -> Subject:
    """What a grant must cover to reach the dwelling; `person_id` is the person it is about."""
    return Subject(found.dwelling.community_id, found.building.id, found.unit.id, person_id=person_id, kind="dwelling")


def subject_at_home(session: Session, principal: Principal, found: Place, today: date) -> Subject:
    """`subject_of_place`, about the caller where they live in the dwelling today or own it."""
    at_home = principal.kind == "person" and _is_at_home(session, principal.id, found.dwelling.id, today)
    return subject_of_place(found, principal.id if at_home else None)


def _is_at_home(session: Session, person_id: str, dwelling_id: str, today: date) -> bool:
    lives = residencies_on(today).where(Residency.dwelling_id == dwelling_id, Residency.person_id == person_id)
    owns = select(Ownership).where(Ownership.dwelling_id == dwelling_id, Ownership.person_id == person_id)
    return session.exec(lives.limit(1)).first() is not None or session.exec(owns.limit(1)).first() is not None


def residencies_on(today: date) -> SelectOfScalar[Residency]:
    """Residencies to which the day has come or that begin later; whoever's last day has passed is left out."""
    return select(Residency).where(or_(col(Residency.to_on).is_(None), col(Residency.to_on) >= today))


def _known(principal: Principal) -> None:
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
