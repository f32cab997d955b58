"""Amendments under moderation. What an accepted one became part of is a text of the proposal's, and flagged there."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.core import lifecycle
from voting.core.authority import Principal
from voting.core.moderation import STANDING
from voting.deliberation import amendments, moderated, standing
from voting.deliberation.amendments import AmendmentView
from voting.deliberation.moderated import Kind, Thing
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Amendment

Pair = tuple[Loaded, Amendment]
"""The proposal, and the amendment to it."""


def _load(session: Session, principal: Principal, amendment_id: str, now: datetime) -> Thing[Pair]:
    loaded, row = amendments.load(session, principal, amendment_id, now, hold=True)
    return Thing((loaded, row), row, row.author_id, loaded.subject, loaded.now, row.created_at)


def _hold(session: Session, amendment_id: str) -> Amendment:
    return session.get_one(Amendment, amendment_id, with_for_update=True, populate_existing=True)


def _flagged(session: Session, principal: Principal, thing: Thing[Pair]) -> str:
    row = thing.loaded[1]
    found = standing.facts(session, principal, row, is_author=amendments.is_author(principal, row), is_public=True)
    return lifecycle.move(STANDING, row.standing, "flag", found)


def _view(session: Session, principal: Principal, pair: Pair) -> AmendmentView:
    return amendments.view(session, principal, *pair)


KIND: Kind[Pair, AmendmentView] = moderated.join(
    Kind("amendment", "amendment.flag", "standing", _load, _hold, _flagged, _view)
)
