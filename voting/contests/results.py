"""What a count found, shown to those who may see it: nobody before the count, officers after it, everybody once published."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from voting.contests import queries, ruling
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, Tally
from voting.core import authority
from voting.core.authority import Principal
from voting.errors import Conflict


def of(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> tuple[Loaded, Tally]:
    """The newest tally of a contest. `Conflict` before the count, before the publication for whoever has no part in it, and
    where the vote is held on an official system."""
    loaded = queries.load(session, principal, contest_id, now)
    refuse_external(loaded.contest)
    tally = newest(session, contest_id)
    if tally is None:
        raise Conflict("not_counted_yet", state=loaded.contest.state)
    if not (_is_public(loaded.contest) or _counts(principal, loaded)):
        raise Conflict("not_published_yet", state=loaded.contest.state)
    return loaded, tally


def refuse_external(contest: Contest) -> None:
    """Of a vote held on an official system there is nothing here to count or to recount. Raises `Conflict`."""
    if contest.channel == ruling.EXTERNAL:
        raise Conflict("contest_held_elsewhere", id=contest.id)


def newest(session: Session, contest_id: str) -> Tally | None:
    """The newest tally, whoever asks; nothing before the count."""
    query = select(Tally).where(Tally.contest_id == contest_id).order_by(col(Tally.id).desc()).limit(1)
    return session.exec(query).one_or_none()


def _is_public(contest: Contest) -> bool:
    """Published at some time; a contest found inconclusive has no figure to hold back."""
    return contest.provisional_at is not None or contest.state == "inconclusive"


def _counts(principal: Principal, loaded: Loaded) -> bool:
    acts = ("contest.count", "contest.publish", "contest.certify")
    return any(authority.may(principal, act, loaded.subject).allowed for act in acts)
