"""Open votes: who voted how, for those who read the roll, from the publication on; and one's own ballot for oneself.

Until then the link between elector and slot lies in the database unread. The public sees of an open vote what it sees of a
secret one: the sums, and the ballots without names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from voting.contests import queries
from voting.contests.queries import Loaded
from voting.contests.tables import OpenBallotLink, SealedBallot
from voting.core import box
from voting.core.authority import Principal
from voting.core.box import Ranking
from voting.errors import Conflict, NotFound
from voting.roll.tables import RollEntry, RollVoter


@dataclass(frozen=True, slots=True)
class NamedBallot:
    """One elector's counted ballot; options by id."""

    entry_id: str
    elector: str
    """As the display of the roll shows them."""
    ranking: Ranking


def page(
    session: Session, principal: Principal, contest_id: str, *, after: str | None = None, limit: int = 50, now: datetime
) -> tuple[NamedBallot, ...]:
    """At most `limit` named ballots behind the entry id `after`. `Conflict` for a secret vote and before the publication."""
    loaded = _published(session, principal, contest_id, "contest.read_open_ballots", now)
    query = _ballots(loaded).order_by(col(OpenBallotLink.entry_id)).limit(limit)
    if after is not None:
        query = query.where(col(OpenBallotLink.entry_id) > after)
    return _named(session, loaded, query)


def own(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> NamedBallot:
    """The ballot of the elector the caller acts for, if they are one who may cast. `NotFound` where there is none."""
    loaded = _published(session, principal, contest_id, "contest.cast", now)
    acts_for = select(RollVoter.entry_id).where(
        RollVoter.roll_id == loaded.contest.roll_id, RollVoter.person_id == principal.id
    )
    found = _named(session, loaded, _ballots(loaded).where(col(OpenBallotLink.entry_id).in_(acts_for)))
    if not found:
        raise NotFound("no_ballot_of_yours", id=contest_id)
    return found[0]


def _published(session: Session, principal: Principal, contest_id: str, act: str, now: datetime) -> Loaded:
    loaded = queries.load(session, principal, contest_id, now, act)
    if loaded.contest.secrecy != "open":
        raise Conflict("ballots_are_secret")
    if loaded.contest.provisional_at is None:
        raise Conflict("not_published_yet", state=loaded.contest.state)
    return loaded


def _ballots(loaded: Loaded) -> Any:
    return (
        select(RollEntry.id, RollEntry.label, SealedBallot.ballot)
        .join(OpenBallotLink, col(OpenBallotLink.entry_id) == col(RollEntry.id))
        .join(SealedBallot, col(SealedBallot.slot) == col(OpenBallotLink.slot))
        .where(
            OpenBallotLink.contest_id == loaded.contest.id,
            SealedBallot.contest_id == loaded.contest.id,
        )
    )


def _named(session: Session, loaded: Loaded, query: Any) -> tuple[NamedBallot, ...]:
    options = tuple(option.id for option in queries.options(session, loaded.contest.id))
    return tuple(NamedBallot(entry, label, box.unpack(ballot, options)) for entry, label, ballot in session.exec(query))
