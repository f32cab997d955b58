"""One-time codes printed per dwelling: whoever shows one is that person of that household. No e-mail is needed.

A code is 12 digits of Crockford's base 32 (60 random bits), grouped by four, stored only as a hash with its purpose. It
binds once, however many show it at the same moment: one conditional UPDATE decides. Codes live by the clock on the wall,
also in a demo community whose own clock runs ahead.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Subquery, delete, insert, or_, select, update
from sqlmodel import Session, col

from voting.community import events, queries
from voting.community.clock import today_in
from voting.community.register_export import natural
from voting.community.register_ties import is_adult
from voting.community.tables import BindCode, Building, Dwelling, Household, Ownership, Person, Residency, Unit
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.core.evidence.hashes import digest
from voting.errors import Fault, Invalid
from voting.ids import timed_id
from voting.log.tables import Event

VALID_DAYS = 30
MAX_VALID_DAYS = 366
MAX_BATCH = 500
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_READ = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "–": None, "—": None})
_CHUNK = 5_000
_SHOWN: tuple[Any, ...] = (
    col(Person.id).label("person_id"),
    col(Person.name),
    col(Person.born_on),
    col(Dwelling.id).label("dwelling_id"),
    col(Building.label).label("building"),
    col(Unit.label).label("unit"),
    col(Dwelling.label).label("dwelling"),
)


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code as it is printed, once: it cannot be shown again."""

    code: str
    person_id: str
    person_name: str
    dwelling_id: str
    building: str
    unit: str
    dwelling: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BoundPerson:
    """Who showed a code. `household_id` is that of the dwelling the code was printed for."""

    person_id: str
    community_id: str
    household_id: str


def issue(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    dwelling_ids: Sequence[str] | None = None,
    valid_days: int = VALID_DAYS,
    now: datetime,
) -> tuple[PrintedCode, ...]:
    """One code for every adult who lives in or owns the dwellings (all, when none are named), sorted by place and name.

    Printing again revokes the codes of these people that nobody has used.
    """
    community = queries.community(session, principal, community_id)
    authority.require(principal, "codes.print", Subject(community_id))
    if dwelling_ids is not None:
        _check_dwellings(session, community_id, dwelling_ids)
    expires_at = now + timedelta(days=valid_days)
    people = _adults(session, community_id, dwelling_ids, today_in(community, now))
    printed = tuple(_printed(row, expires_at) for row in people)
    _revoke(session, [code.person_id for code in printed])
    rows = [
        {
            "code_hash": fingerprint(code.code),
            "community_id": community_id,
            "dwelling_id": code.dwelling_id,
            "person_id": code.person_id,
            "expires_at": expires_at,
        }
        for code in printed
    ]
    for start in range(0, len(rows), _CHUNK):
        session.execute(insert(BindCode), rows[start : start + _CHUNK])
    events.record(session, principal, community, ("community", community_id), "codes_printed", now, codes=len(printed))
    return printed


def redeem(session: Session, codes: Sequence[str], now: datetime) -> list[BoundPerson | Fault]:
    """For each code the person it binds, or why not (`code_unknown | code_used | code_expired`), in the given order.

    One conditional UPDATE spends the codes; whoever loses a race finds the code used. One given twice binds once.
    """
    if len(codes) > MAX_BATCH:
        raise Invalid.at("/codes", "codes_too_many", limit=MAX_BATCH)
    prints = [fingerprint(code) for code in codes]
    spent = _spend(session, prints, now)
    stored = _stored(session, prints)
    answers: list[BoundPerson | Fault] = []
    for position, found in enumerate(prints):
        if found in spent:
            spent.remove(found)
            row = stored[found]
            answers.append(BoundPerson(row.person_id, row.community_id, row.household_id))
        else:
            answers.append(Fault(f"/codes/{position}", _why_not(stored.get(found))))
    _log(session, [answer for answer in answers if isinstance(answer, BoundPerson)], now)
    return answers


def fingerprint(code: str) -> bytes:
    """The hash under which a code is stored. Case, spaces, dashes and look-alike letters do not matter."""
    return digest("bind-code", code.upper().translate(_READ).encode())


def _printed(person: Row[Any], expires_at: datetime) -> PrintedCode:
    digits = "".join(secrets.choice(_DIGITS) for _ in range(_LENGTH))
    code = "-".join(digits[start : start + 4] for start in range(0, _LENGTH, 4))
    return PrintedCode(
        code,
        person.person_id,
        person.name,
        person.dwelling_id,
        person.building,
        person.unit,
        person.dwelling,
        expires_at,
    )


def _check_dwellings(session: Session, community_id: str, dwelling_ids: Sequence[str]) -> None:
    query = select(col(Dwelling.id)).where(
        col(Dwelling.community_id) == community_id, col(Dwelling.id).in_(dwelling_ids)
    )
    known = set(session.execute(query).scalars())
    faults = [
        Fault(f"/dwelling_ids/{position}", "dwelling_not_found", {"id": identifier})
        for position, identifier in enumerate(dwelling_ids)
        if identifier not in known
    ]
    if faults:
        raise Invalid(faults)


def _adults(session: Session, community_id: str, dwelling_ids: Sequence[str] | None, today: date) -> list[Row[Any]]:
    """Every adult once, at the first dwelling where they live, else at the first they own; sorted by place and name."""
    chosen: dict[str, Row[Any]] = {}
    for ties in (_living(today), _owning()):
        query: Select[Any] = (
            select(*_SHOWN)
            .join_from(ties, Person, ties.c.person_id == col(Person.id))
            .join(Dwelling, col(Dwelling.id) == ties.c.dwelling_id)
            .join(Unit, col(Unit.id) == col(Dwelling.unit_id))
            .join(Building, col(Building.id) == col(Unit.building_id))
            .where(col(Dwelling.community_id) == community_id)
        )
        if dwelling_ids is not None:
            query = query.where(col(Dwelling.id).in_(dwelling_ids))
        here: dict[str, Row[Any]] = {}
        for row in sorted(session.execute(query), key=_by_place):
            if is_adult(row.born_on, today):
                here.setdefault(row.person_id, row)
        chosen = here | chosen
    return sorted(chosen.values(), key=_by_place)


def _by_place(row: Row[Any]) -> tuple[Any, ...]:
    return *natural((row.building, row.unit, row.dwelling)), row.name, row.person_id


def _living(today: date) -> Subquery:
    living = or_(col(Residency.to_on).is_(None), col(Residency.to_on) >= today)
    return select(col(Residency.person_id), col(Residency.dwelling_id)).where(living).subquery()


def _owning() -> Subquery:
    owning = col(Ownership.person_id).is_not(None)
    return select(col(Ownership.person_id), col(Ownership.dwelling_id)).where(owning).subquery()


def _revoke(session: Session, person_ids: Sequence[str]) -> None:
    for start in range(0, len(person_ids), _CHUNK):
        people = col(BindCode.person_id).in_(person_ids[start : start + _CHUNK])
        session.execute(delete(BindCode).where(people, col(BindCode.used_at).is_(None)))


def _spend(session: Session, prints: Sequence[bytes], now: datetime) -> set[bytes]:
    statement = (
        update(BindCode)
        .where(col(BindCode.code_hash).in_(prints), col(BindCode.used_at).is_(None), col(BindCode.expires_at) > now)
        .values(used_at=now)
        .returning(col(BindCode.code_hash))
        .execution_options(synchronize_session=False)
    )
    return set(session.execute(statement).scalars())


def _stored(session: Session, prints: Sequence[bytes]) -> dict[bytes, Row[Any]]:
    columns: tuple[Any, ...] = (
        col(BindCode.code_hash),
        col(BindCode.person_id),
        col(BindCode.community_id),
        col(BindCode.used_at),
        col(Household.id).label("household_id"),
    )
    query: Select[Any] = (
        select(*columns)
        .join(Household, col(Household.dwelling_id) == col(BindCode.dwelling_id))
        .where(col(BindCode.code_hash).in_(prints))
    )
    return {row.code_hash: row for row in session.execute(query)}


def _why_not(row: Row[Any] | None) -> str:
    if row is None:
        return "code_unknown"
    return "code_expired" if row.used_at is None else "code_used"


def _log(session: Session, bound: Sequence[BoundPerson], now: datetime) -> None:
    session.add_all(
        Event(
            id=timed_id("evt", now),
            community_id=person.community_id,
            subject_kind="person",
            subject_id=person.person_id,
            kind="bound_by_code",
            actor_id=person.person_id,
            at=now,
        )
        for person in bound
    )
    session.flush()
