"""Whether a person may act on a roll, and why not: the reason is read from the register as the roll read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from voting.community.tables import Community, Person
from voting.core import authority
from voting.core.authority import Principal
from voting.roll import queries, register, service
from voting.roll.electors import Hearth, is_of_age
from voting.roll.tables import Roll, RollEntry


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer, the code of its sentence, and the entry the person acts for."""

    eligible: bool
    code: str
    entry: RollEntry | None = None


def of_caller(session: Session, principal: Principal, roll_id: str) -> Eligibility:
    """Yes with the entry, or no with the first reason that holds. Only persons are ever eligible."""
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read", queries.subject(session, roll))
    if principal.kind != "person":
        return Eligibility(False, "elector_is_a_person")
    if roll.compiled_at is None:
        return Eligibility(False, "roll_not_compiled")
    entry = queries.entry_of(session, roll_id, principal.id)
    if entry is not None:
        return Eligibility(True, "elector_on_roll", entry)
    community = session.get_one(Community, roll.community_id)
    day = service.day_that_counts(roll, community, roll.compiled_at)
    return Eligibility(False, _reason(session, roll, principal.id, day))


def _reason(session: Session, roll: Roll, person_id: str, day: date) -> str:
    found = register.read(session, roll, day, person_id)
    titles = [holding for holding in found.holdings if holding.person_id == person_id]
    homes = {resident.home_id for resident in found.residents if resident.person_id == person_id}
    if roll.basis == "owner" and not titles:
        return "elector_owns_nothing_here"
    if roll.basis != "owner" and not homes:
        return "elector_lives_elsewhere"
    person = session.get_one(Person, person_id)
    if not is_of_age(person.born_on, roll.minimum_age, day):
        return "elector_under_age"
    if roll.basis == "owner" and not any(title.may_act for title in titles):
        return "elector_co_owner_acts"
    if any(_is_represented(hearth, person_id) for hearth in found.hearths if hearth.home_id in homes):
        return "elector_is_represented"
    return "elector_not_listed"


def _is_represented(hearth: Hearth, person_id: str) -> bool:
    return hearth.representative_id not in (None, person_id)
