"""Whether a person may act on a roll, and why not: the reason is read from the register as the roll read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from voting.community.tables import Community, Person
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import NotFound
from voting.roll import queries, register, service
from voting.roll.electors import Hearth, is_of_age
from voting.roll.tables import Roll, RollEntry
from voting.roll.terms import from_document

CLAUSES = {
    "elector_is_a_person": "basis",
    "elector_owns_nothing_here": "scope",
    "elector_lives_elsewhere": "scope",
    "elector_residency_not_counted": "terms.residencies",
    "elector_resides_too_short": "terms.resided_days",
    "elector_under_age": "minimum_age",
    "elector_co_owner_acts": "ownership.is_voter",
    "elector_is_represented": "household.representative_id",
}
"""Reason → the term of the roll, or the entry of the register, that decides it."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer, the code of its sentence, and the entry the person acts for."""

    eligible: bool
    code: str
    entry: RollEntry | None = None

    @property
    def clause(self) -> str | None:
        """The term or register entry that decides it, where there is one."""
        return CLAUSES.get(self.code)


def of_caller(session: Session, principal: Principal, roll_id: str) -> Eligibility:
    """Yes with the entry, or no with the first reason that holds. Only persons are ever eligible."""
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read", queries.subject(session, roll))
    if principal.kind != "person":
        return Eligibility(False, "elector_is_a_person")
    return _found(session, roll, principal.id)


def of_person(session: Session, principal: Principal, roll_id: str, person_id: str) -> Eligibility:
    """The same answer about any person of the community, for officers and for the person."""
    roll = queries.get(session, principal, roll_id)
    person = session.get(Person, person_id)
    where = queries.subject(session, roll)
    about = Subject(where.community_id, where.building_id, where.unit_id, person_id=person_id, kind="person")
    authority.require(principal, "objection.read", about)
    if person is None or person.community_id != roll.community_id:
        raise NotFound("person_not_found", id=person_id)
    return _found(session, roll, person_id)


def _found(session: Session, roll: Roll, person_id: str) -> Eligibility:
    if roll.compiled_at is None:
        return Eligibility(False, "roll_not_compiled")
    entry = queries.entry_of(session, roll.id, person_id)
    if entry is not None:
        return Eligibility(True, "elector_on_roll", entry)
    community = session.get_one(Community, roll.community_id)
    day = service.day_that_counts(roll, community, roll.compiled_at)
    return Eligibility(False, _reason(session, roll, person_id, day))


def _reason(session: Session, roll: Roll, person_id: str, day: date) -> str:
    found = register.read(session, roll, day, person_id)
    homes = {resident.home_id for resident in found.residents if resident.person_id == person_id}
    titles = [holding for holding in found.holdings if holding.person_id == person_id]
    if roll.basis == "owner" and not titles:
        return "elector_owns_nothing_here"
    if roll.basis != "owner" and not homes:
        return _unsettled(session, roll, person_id, day)
    person = session.get_one(Person, person_id)
    if not is_of_age(person.born_on, roll.minimum_age, day):
        return "elector_under_age"
    if roll.basis == "owner" and not any(title.may_act for title in titles):
        return "elector_co_owner_acts"
    if any(_is_represented(hearth, person_id) for hearth in found.hearths if hearth.home_id in homes):
        return "elector_is_represented"
    return "elector_not_listed"


def _unsettled(session: Session, roll: Roll, person_id: str, day: date) -> str:
    """Why whoever lives here, by the register, is no resident by the terms of the roll; or that they live elsewhere."""
    rules = from_document(roll.terms)
    kinds = register.kinds_lived(session, roll, day, person_id)
    if not kinds:
        return "elector_lives_elsewhere"
    return "elector_resides_too_short" if kinds & set(rules.residencies) else "elector_residency_not_counted"


def _is_represented(hearth: Hearth, person_id: str) -> bool:
    return hearth.representative_id not in (None, person_id)
