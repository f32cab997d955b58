"""Reads of rolls within the community border: what lies beyond it is absent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from voting.community.tables import Unit
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import NotFound, Unauthenticated
from voting.roll.tables import Roll, RollEntry, RollObjection, RollVoter


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry as an officer reads it; `voters` counts the persons who may act for it."""

    id: str
    elector: str
    label: str
    unit_id: str | None
    heads: int
    area_cm2: int
    voters: int


def get(session: Session, principal: Principal, roll_id: str, *, lock: bool = False) -> Roll:
    """The roll, if its community is the principal's own.

    With `lock` its row is held until the end of the transaction, so that a compilation, a correction and a seal of one
    roll follow each other (on SQLite a writing transaction is alone anyway). Raises Unauthenticated, else NotFound.
    """
    known(principal)
    query = select_rows(Roll).where(Roll.id == roll_id).execution_options(populate_existing=True)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None or not authority.belongs(principal, found.community_id):
        raise NotFound("roll_not_found", id=roll_id)
    return found


def subject_of(session: Session, community_id: str, kind: str, ids: Collection[str]) -> Subject:
    """What a grant must cover: the community, and the building or unit where the scope is one of these alone."""
    if kind == "unit" and len(ids) == 1:
        (unit_id,) = ids
        query = select(col(Unit.building_id)).where(col(Unit.id) == unit_id, col(Unit.community_id) == community_id)
        building_id = session.execute(query).scalar_one_or_none()
        return Subject(community_id, building_id, unit_id if building_id else None, kind="roll")
    if kind == "building" and len(ids) == 1:
        return Subject(community_id, next(iter(ids)), kind="roll")
    return Subject(community_id, kind="roll")


def subject(session: Session, roll: Roll) -> Subject:
    """`subject_of` for a stored roll."""
    return subject_of(session, roll.community_id, roll.scope["kind"], roll.scope.get("ids", ()))


def of_community(session: Session, community_id: str, after: str | None, limit: int) -> tuple[Roll, ...]:
    """At most `limit` rolls behind the id `after`, oldest first."""
    query = select_rows(Roll).where(Roll.community_id == community_id)
    if after is not None:
        query = query.where(col(Roll.id) > after)
    return tuple(session.exec(query.order_by(col(Roll.id)).limit(limit)))


def entries(session: Session, roll_id: str, after: str | None, limit: int) -> tuple[EntryView, ...]:
    """At most `limit` entries behind the id `after`. Ids are random, so the order says nothing."""
    acting = (
        select(func.count())
        .where(col(RollVoter.roll_id) == roll_id, col(RollVoter.entry_id) == RollEntry.id)
        .correlate(RollEntry)
        .scalar_subquery()
    )
    query = select(
        col(RollEntry.id),
        col(RollEntry.elector),
        col(RollEntry.label),
        col(RollEntry.unit_id),
        col(RollEntry.heads),
        col(RollEntry.area_cm2),
        acting,
    ).where(col(RollEntry.roll_id) == roll_id)
    if after is not None:
        query = query.where(col(RollEntry.id) > after)
    return tuple(EntryView(*row) for row in session.execute(query.order_by(col(RollEntry.id)).limit(limit)))


def undecided(session: Session, roll_id: str) -> int:
    """How many objections to the roll wait for a decision."""
    waiting = col(RollObjection.state).in_(("filed", "appealed"))
    query = select(func.count()).select_from(RollObjection).where(col(RollObjection.roll_id) == roll_id, waiting)
    return int(session.execute(query).scalar_one())


def entry_of(session: Session, roll_id: str, person_id: str) -> RollEntry | None:
    """The entry that this person acts for, if any. At most one: the voters' key says so."""
    query = select_rows(RollEntry).join(RollVoter, col(RollVoter.entry_id) == RollEntry.id)
    return session.exec(query.where(RollVoter.roll_id == roll_id, RollVoter.person_id == person_id)).first()


def known(principal: Principal) -> None:
    """Refuse whoever has proved nothing."""
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
