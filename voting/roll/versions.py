"""The versions of a roll: what it was after each compilation, correction and seal, by which root, and why it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.core import authority
from voting.core.authority import Principal
from voting.roll import entries, queries
from voting.roll.tables import Roll
from voting.roll.tables import RollVersion as RollVersion


def write(
    session: Session,
    roll: Roll,
    made_by: str,
    at: datetime,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    objection_id: str | None = None,
) -> RollVersion:
    """Record the roll as it stands now. Its row is held by the caller, so numbers have no gap and no double."""
    last = session.exec(select(func.max(RollVersion.number)).where(RollVersion.roll_id == roll.id)).one()
    version = RollVersion(
        roll_id=roll.id,
        number=(last or 0) + 1,
        community_id=roll.community_id,
        made_by=made_by,
        root=entries.root(session, roll.id),
        electors=roll.electors,
        heads=roll.heads,
        area_cm2=roll.area_cm2,
        added=list(added),
        removed=list(removed),
        objection_id=objection_id,
        made_at=at,
    )
    session.add(version)
    session.flush()
    return version


def of(session: Session, principal: Principal, roll_id: str, after: int | None, limit: int) -> tuple[RollVersion, ...]:
    """At most `limit` versions behind the number `after`, oldest first. They name entries by id, never people."""
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read", queries.subject(session, roll))
    query = select(RollVersion).where(RollVersion.roll_id == roll_id)
    if after is not None:
        query = query.where(col(RollVersion.number) > after)
    return tuple(session.exec(query.order_by(col(RollVersion.number)).limit(limit)))
