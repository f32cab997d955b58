"""Where contests stand, as everybody may know it: state, window and turnout. Nothing here knows a choice.

For those who watch: one statement reads the contests and another their turnout, however many contests are asked for. The
turnout counts the rows of the participation list, which costs about 1 ms for ten thousand electors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from voting.community.clock import now_in
from voting.community.tables import Community
from voting.contests import queries
from voting.contests.tables import Closing, Contest, Participation
from voting.core.authority import Principal


@dataclass(frozen=True, slots=True)
class Standing:
    """A contest at one moment. Two standings are equal when nothing that is public has changed."""

    contest_id: str
    state: str
    version: int
    opens_at: datetime
    closes_at: datetime
    begun: bool
    """Whether `opens_at` has come."""
    ended: bool
    """Whether `closes_at` has come."""
    closing: str | None
    """How far the closing has come, once it has begun."""
    electors: int
    cast: int

    @property
    def moves(self) -> tuple[int, bool, bool, str | None, bool]:
        """What decides which moves are open, besides periods in days: casting alone changes it once, with the last ballot."""
        return self.version, self.begun, self.ended, self.closing, self.cast >= self.electors


def read(session: Session, principal: Principal, contest_id: str, now: datetime) -> Standing:
    """One contest, if the caller may read it."""
    queries.load(session, principal, contest_id, now)
    return of(session, [contest_id], now)[contest_id]


def of(session: Session, contest_ids: Collection[str], now: datetime) -> Mapping[str, Standing]:
    """The contests of these ids that exist, each at its community's own time."""
    if not contest_ids:
        return {}
    wanted = sorted(contest_ids)
    read = (
        select(Contest, Community, Closing)
        .join(Community, col(Community.id) == col(Contest.community_id))
        .outerjoin(Closing, col(Closing.contest_id) == col(Contest.id))
        .where(col(Contest.id).in_(wanted))
    )
    cast = _cast(session, wanted)
    return {
        contest.id: _standing(contest, closing, cast.get(contest.id, 0), now_in(community, now))
        for contest, community, closing in session.exec(read)
    }


def _cast(session: Session, contest_ids: list[str]) -> Mapping[str, int]:
    checked = col(Participation.channel).is_not(None)
    counted = select(Participation.contest_id, func.count()).where(
        col(Participation.contest_id).in_(contest_ids), checked
    )
    return dict(session.exec(counted.group_by(col(Participation.contest_id))).all())


def _standing(contest: Contest, closing: Closing | None, checked_off: int, now: datetime) -> Standing:
    return Standing(
        contest_id=contest.id,
        state=contest.state,
        version=contest.version,
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        begun=now >= contest.opens_at,
        ended=now >= contest.closes_at,
        closing=closing.step if closing else None,
        electors=contest.electors,
        cast=closing.box_size if closing else checked_off,
    )
