"""Reads of the officers' side: the newest answers, and where a contest stands.

A contest is known by its events: deliberation and contests stand on one floor and do not see each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from voting.deliberation.proposal_tables import OfficialAnswer
from voting.log.tables import Event


def contest_state(session: Session, community_id: str, contest_id: str | None) -> str | None:
    """Where a contest of the community stands, by its newest event; nothing where there is none."""
    if contest_id is None:
        return None
    query = select(Event.to_state).where(
        Event.subject_kind == "contest",
        Event.subject_id == contest_id,
        Event.community_id == community_id,
        col(Event.to_state).is_not(None),
    )
    return session.exec(query.order_by(col(Event.id).desc()).limit(1)).first()


def of(session: Session, proposal_id: str) -> Mapping[str, OfficialAnswer]:
    """The newest answer and the newest outcome, by kind."""
    return of_many(session, [proposal_id]).get(proposal_id, {})


def of_many(session: Session, proposal_ids: Sequence[str]) -> Mapping[str, Mapping[str, OfficialAnswer]]:
    """The same of several proposals, by their ids."""
    query = select(OfficialAnswer).where(col(OfficialAnswer.proposal_id).in_(proposal_ids))
    found: dict[str, dict[str, OfficialAnswer]] = {}
    for row in session.exec(query.order_by(col(OfficialAnswer.number))):
        found.setdefault(row.proposal_id, {})[row.kind] = row
    return found


def is_outcome_told(session: Session, proposal_id: str, state: str) -> bool:
    """Whether the outcome was told in that state of the proposal. What was told before its end was a hope."""
    told = select(Event.id).where(
        Event.subject_kind == "proposal",
        Event.subject_id == proposal_id,
        Event.kind == "outcome_reported",
        Event.to_state == state,
    )
    return session.exec(told.limit(1)).first() is not None
