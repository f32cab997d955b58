"""Turnout by unit, after the close. No figure stands alone for fewer than ten ballots: small groups are merged into the rest.

The rest is itself never so small that it could be taken from the total: as long as it is, the smallest group shown joins it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.contests import queries
from voting.contests.tables import SealedParticipation
from voting.core.authority import Principal
from voting.core.privacy import SUB_GROUP
from voting.errors import Conflict
from voting.roll.tables import RollEntry


@dataclass(frozen=True, slots=True)
class Group:
    """Electors of a unit and how many were checked off. Without a unit: all groups too small to stand alone."""

    unit_id: str | None
    electors: int
    cast: int


def by_unit(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> tuple[Group, ...]:
    """The units that may stand alone, sorted by id, then the rest. Raises `Conflict` until the contest is sealed."""
    loaded = queries.load(session, principal, contest_id, now)
    if not queries.facts(session, loaded).closing_finished:
        raise Conflict("not_closed_yet", state=loaded.contest.state)
    query = (
        select(RollEntry.unit_id, func.count(), func.count(col(SealedParticipation.channel)))
        .join(SealedParticipation, col(SealedParticipation.entry_id) == col(RollEntry.id))
        .where(SealedParticipation.contest_id == contest_id)
        .group_by(col(RollEntry.unit_id))
    )
    return merged(Group(*row) for row in session.exec(query))


def merged(groups: Iterable[Group], floor: int = SUB_GROUP) -> tuple[Group, ...]:
    """The groups with at least `floor` ballots, and one of all others. Nothing where even that is too small."""
    shown: list[Group] = []
    rest: list[Group] = []
    for group in sorted(groups, key=lambda group: (group.cast, group.unit_id or "")):
        alone = group.unit_id is not None and group.cast >= floor and (not rest or _cast(rest) >= floor)
        (shown if alone else rest).append(group)
    if rest and _cast(rest) < floor:
        return ()
    remainder = [Group(None, sum(group.electors for group in rest), _cast(rest))] if rest else []
    return (*sorted(shown, key=lambda group: group.unit_id or ""), *remainder)


def _cast(groups: Iterable[Group]) -> int:
    return sum(group.cast for group in groups)
