"""Proposals under moderation. Flagged is the newest wording, and whoever wrote that one answers for it; every author of the
proposal may appeal, none decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from voting.core import lifecycle
from voting.core.authority import Principal
from voting.core.moderation import STANDING
from voting.deliberation import endorsements, moderated, proposal_queries, standing
from voting.deliberation.moderated import Kind, Thing
from voting.deliberation.proposal_queries import Loaded, View
from voting.deliberation.proposal_tables import Proposal, ProposalVersion
from voting.log.tables import Event


def _load(session: Session, principal: Principal, proposal_id: str, now: datetime) -> Thing[Loaded]:
    loaded = proposal_queries.load(session, principal, proposal_id, now, hold=True)
    proposal = loaded.proposal
    wording = proposal_queries.version(session, proposal_id, proposal.number)
    return Thing(loaded, proposal, wording.author_id, loaded.subject, loaded.now, wording.created_at)


def _hold(session: Session, proposal_id: str) -> Proposal:
    return session.get_one(Proposal, proposal_id, with_for_update=True, populate_existing=True)


def _flagged(session: Session, principal: Principal, thing: Thing[Loaded]) -> str:
    loaded = thing.loaded
    found = standing.facts(session, principal, loaded.proposal, **proposal_queries.told(principal, loaded))
    return lifecycle.move(STANDING, loaded.proposal.standing, "flag", found)


def _writers(session: Session, proposal_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """Authors, and whoever was one: nobody leaves in order to decide."""
    found: dict[str, set[str]] = {}
    for proposal_id, authors in proposal_queries.authors_of(session, proposal_ids).items():
        found[proposal_id] = {one.person_id for one in authors if one.state == "accepted"}
    wrote = select(ProposalVersion.proposal_id, ProposalVersion.author_id).where(
        col(ProposalVersion.proposal_id).in_(proposal_ids)
    )
    accepted = select(Event.subject_id, Event.actor_id).where(
        Event.subject_kind == "proposal_author", col(Event.subject_id).in_(proposal_ids), Event.kind == "accepted"
    )
    for proposal_id, person_id in (*session.exec(wrote), *session.exec(accepted)):
        found.setdefault(proposal_id, set()).add(person_id)
    return {proposal_id: frozenset(people) for proposal_id, people in found.items()}


def _hid(session: Session, loaded: Loaded, until: datetime) -> None:
    """The window of support stands still meanwhile: a few flags near its end bring nobody's proposal down."""
    if loaded.proposal.state == "gathering_support":
        endorsements.give_back(session, loaded, until - loaded.now)


KIND: Kind[Loaded, View] = moderated.join(
    Kind(
        "proposal",
        "proposal.flag",
        "standing",
        _load,
        _hold,
        _flagged,
        proposal_queries.view,
        hid=_hid,
        writers=_writers,
    )
)
