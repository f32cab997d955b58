"""What a draft is told before anything is frozen: how much a published box would tell about persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session

from voting.contests import queries
from voting.core import privacy
from voting.core.authority import Principal


@dataclass(frozen=True, slots=True)
class Privacy:
    """The expected share of unique rankings under the model of `voting.core.privacy`, and the mode that follows from it."""

    contest_id: str
    electors: int
    legal_ballots: int
    expected_unique_share: Fraction
    chosen_mode: str
    """As the draft says it, perhaps `by_size`."""
    publish_mode: str
    """What the opening makes of it, or has made."""


def privacy_of(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Privacy:
    """The figures for a contest as it stands: its roll's electors until it opens, then its own."""
    loaded = queries.load(session, principal, contest_id, now)
    contest = loaded.contest
    electors = loaded.roll.electors if contest.opened_at is None else contest.electors
    form = queries.form(contest, queries.options(session, contest_id))
    ballots = privacy.legal_ballots(form)
    return Privacy(
        contest_id,
        electors,
        ballots,
        privacy.expected_unique(electors, ballots),
        contest.publish_mode,
        privacy.settled(contest.publish_mode, electors, form),
    )
