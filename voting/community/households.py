"""Use cases of households: who lives together, and who speaks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from voting.community import events, queries
from voting.community.clock import today_in
from voting.community.queries import Place, Seen
from voting.community.register_ties import representative
from voting.community.tables import Community, Dwelling, Household, Person, Residency
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import Invalid

ACTS = {"representative": "register.edit"}


@dataclass(frozen=True, slots=True)
class Home:
    """A household, its dwelling, and the residencies that have not ended."""

    household: Household
    place: Place
    residencies: tuple[Residency, ...]


SeenHome = Seen[Home]


def read(session: Session, principal: Principal, household_id: str, now: datetime) -> SeenHome:
    """One household, for its members and for those who keep the register."""
    row = queries.one(session, principal, Household, household_id)
    home = _home(session, row, now)
    today = today_in(session.get_one(Community, row.community_id), now)
    authority.require(principal, "register.read", queries.subject_at_home(session, principal, home.place, today))
    return _seen(principal, home)


def list_of(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    dwelling_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
    now: datetime,
) -> tuple[SeenHome, ...]:
    """The households of a community, or that of one dwelling."""
    queries.community(session, principal, community_id)
    authority.require(principal, "register.read", Subject(community_id))
    query = select(Household).where(Household.community_id == community_id)
    if dwelling_id is not None:
        query = query.where(Household.dwelling_id == dwelling_id)
    found = queries.page(session, query, Household, after, limit)
    return tuple(_seen(principal, _home(session, row, now)) for row in found)


def name_representative(
    session: Session, principal: Principal, household_id: str, person_id: str, now: datetime
) -> SeenHome:
    """Who speaks for the household from now on: somebody who lives there."""
    row = queries.one(session, principal, Household, household_id, hold=True)
    home = _home(session, row, now)
    authority.require(principal, "register.edit", queries.subject_of_place(home.place))
    if person_id not in {residency.person_id for residency in home.residencies}:
        raise Invalid.at("/person_id", "representative_not_resident", id=person_id)
    if row.representative_id != person_id:
        row.representative_id = person_id
        session.add(row)
        events.record(session, principal, row.community_id, ("household", row.id), "representative_named", now)
    return _seen(principal, home)


def settle(session: Session, dwelling_id: str, today: date) -> None:
    """After a move: whoever spoke for the household and still lives there goes on, else the rule names somebody.

    Residents whose last day is known are passed over; so is a day that has not come.
    """
    session.flush()
    row = session.exec(select(Household).where(Household.dwelling_id == dwelling_id).with_for_update()).one()
    query = (
        select(Residency.person_id, Residency.kind, col(Person.born_on))
        .join(Person, col(Person.id) == Residency.person_id)
        .where(Residency.dwelling_id == dwelling_id, col(Residency.to_on).is_(None))
        .order_by(col(Residency.id))
    )
    staying = list(session.exec(query))
    if row.representative_id not in {person_id for person_id, _, _ in staying}:
        row.representative_id = representative(staying, today)
        session.add(row)
        session.flush()


def _home(session: Session, row: Household, now: datetime) -> Home:
    today = today_in(session.get_one(Community, row.community_id), now)
    place = queries.place(session, session.get_one(Dwelling, row.dwelling_id))
    living = queries.residencies_on(today).where(Residency.dwelling_id == row.dwelling_id).order_by(col(Residency.id))
    return Home(row, place, tuple(session.exec(living)))


def _seen(principal: Principal, home: Home) -> SeenHome:
    return Seen(home, queries.actions(principal, queries.subject_of_place(home.place), ACTS))
