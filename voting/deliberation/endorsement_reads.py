"""Reads of support: how much stands, the caller's own, and whether theirs would count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from voting.community.tables import Community, Dwelling, Ownership, Residency, Unit
from voting.core.authority import Principal
from voting.deliberation.proposal_tables import Endorsement, Proposal
from voting.log.tables import Event
from voting.roll.tables import RollVoter

ERASED = "contributions_erased"
"""The event of a person whose contributions were erased. They endorse no proposal whose support was being gathered then: nobody
could tell any more whether they are counted already."""


@dataclass(frozen=True, slots=True)
class Support:
    """Where the support of a proposal stands. `mine` is the caller's own endorsement."""

    standing: int
    unconfirmed: int
    mine: str | None = None


def entry_of(session: Session, proposal: Proposal, person_id: str) -> str | None:
    """The entry of the rule's roll that the person casts for; nothing where the rule has no roll."""
    roll_id = (proposal.support_rule or {}).get("roll_id")
    query = select(RollVoter.entry_id).where(RollVoter.roll_id == roll_id, RollVoter.person_id == person_id)
    return None if roll_id is None else session.exec(query.limit(1)).first()


def against(session: Session, principal: Principal, proposal: Proposal, now: datetime) -> str | None:
    """Why the caller's support does not count: erased since it is gathered, not on the rule's roll, or at home elsewhere."""
    if principal.kind != "person":
        return None
    if _is_erased(session, principal.id, proposal):
        return "erased_since"
    if (proposal.support_rule or {}).get("roll_id") is not None:
        return None if entry_of(session, proposal, principal.id) else "not_on_support_roll"
    if proposal.scope == "community" or _is_at_home(session, principal.id, proposal, now):
        return None
    return "lives_elsewhere"


def _is_erased(session: Session, person_id: str, proposal: Proposal) -> bool:
    """Whether an endorsement of the person's may stand already, without their name."""
    since = proposal.support_from
    assert since is not None, "support is gathered from an instant on"
    erased = select(Event.id).where(
        Event.subject_kind == "person",
        Event.subject_id == person_id,
        Event.kind == ERASED,
        Event.at >= since,
    )
    return session.exec(erased.limit(1)).first() is not None


def _is_at_home(session: Session, person_id: str, proposal: Proposal, now: datetime) -> bool:
    """Whether the person lives in the proposal's building or unit today, or owns a dwelling there."""
    today = now.astimezone(ZoneInfo(session.get_one(Community, proposal.community_id).time_zone)).date()
    there = select(Dwelling.id).join(Unit, col(Unit.id) == col(Dwelling.unit_id))
    if proposal.unit_id is not None:
        there = there.where(Unit.id == proposal.unit_id)
    else:
        there = there.where(Unit.building_id == proposal.building_id)
    lives = select(Residency.id).where(
        Residency.person_id == person_id,
        col(Residency.dwelling_id).in_(there),
        or_(col(Residency.from_on).is_(None), col(Residency.from_on) <= today),
        or_(col(Residency.to_on).is_(None), col(Residency.to_on) >= today),
    )
    owns = select(Ownership.id).where(Ownership.person_id == person_id, col(Ownership.dwelling_id).in_(there))
    return session.exec(lives.limit(1)).first() is not None or session.exec(owns.limit(1)).first() is not None


def support_of(session: Session, found: Sequence[Proposal]) -> Mapping[str, Support]:
    """Proposal → its support, of those whose support was ever gathered."""
    ids = [proposal.id for proposal in found if proposal.support_needed is not None]
    if not ids:
        return {}
    counts = col(Endorsement.number) >= col(Proposal.major)
    query = (
        select(
            Endorsement.proposal_id,
            counts,
            func.count(func.distinct(func.coalesce(Endorsement.entry_id, Endorsement.person_id))),
        )
        .join(Proposal, col(Proposal.id) == col(Endorsement.proposal_id))
        .where(col(Endorsement.proposal_id).in_(ids), col(Endorsement.state).in_(("standing", "released")))
        .group_by(col(Endorsement.proposal_id), counts)
    )
    by_kind = {(proposal_id, bool(stands)): number for proposal_id, stands, number in session.exec(query)}
    return {one: Support(by_kind.get((one, True), 0), by_kind.get((one, False), 0)) for one in ids}


def mine(session: Session, principal: Principal, proposal: Proposal) -> str | None:
    """The caller's endorsement: standing, unconfirmed, withdrawn, released, or nothing."""
    return mine_of(session, principal, [proposal]).get(proposal.id)


def mine_of(session: Session, principal: Principal, proposals: Sequence[Proposal]) -> Mapping[str, str]:
    """The caller's endorsements of several proposals, by their ids."""
    if principal.kind != "person":
        return {}
    asked = col(Endorsement.proposal_id).in_([proposal.id for proposal in proposals])
    found = {
        row.proposal_id: row
        for row in session.exec(select(Endorsement).where(asked, Endorsement.person_id == principal.id))
    }
    return {
        one.id: "unconfirmed" if row.state == "standing" and row.number < one.major else row.state
        for one in proposals
        if (row := found.get(one.id)) is not None
    }
