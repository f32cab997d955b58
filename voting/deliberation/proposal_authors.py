"""Who writes a proposal: authors ask others, who accept or decline. Nobody becomes an author without a word of theirs."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.community.tables import Person
from voting.core import authority, lifecycle
from voting.core.authority import Principal
from voting.core.proposals import PROPOSAL
from voting.deliberation import endorsement_reads, endorsements, proposal_queries
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import ProposalAuthor
from voting.errors import Conflict, Invalid
from voting.log import journal

_SUPPORTS = ("standing", "unconfirmed")


def invite(session: Session, principal: Principal, proposal_id: str, person_id: str, *, now: datetime) -> Loaded:
    """Ask somebody of the community to write it together."""
    loaded = _begin(session, principal, proposal_id, "invite", now)
    person = session.get(Person, person_id)
    if person is None or person.community_id != loaded.proposal.community_id:
        raise Invalid.at("/person_id", "person_not_here", id=person_id)
    row = session.get(ProposalAuthor, (proposal_id, person_id))
    if row is not None and row.state != "left":
        raise Conflict("asked_already", id=person_id)
    if row is None:
        row = ProposalAuthor(
            proposal_id=proposal_id,
            person_id=person_id,
            community_id=loaded.proposal.community_id,
            state="invited",
            since=loaded.now,
        )
        session.add(row)
    return _end(session, principal, loaded, row, "invited")


def answer(session: Session, principal: Principal, proposal_id: str, command: str, *, now: datetime) -> Loaded:
    """`accept_invitation`, or `leave`: decline it, or write no longer. The last author cannot leave.

    Nobody supports what they write: who becomes an author endorses it no longer.
    """
    loaded = _begin(session, principal, proposal_id, command, now)
    row = session.get_one(ProposalAuthor, (proposal_id, principal.id))
    if command == "accept_invitation" and endorsement_reads.mine(session, principal, loaded.proposal) in _SUPPORTS:
        endorsements.place(session, principal, loaded, "withdrawn", "withdrawn")
    return _end(session, principal, loaded, row, "accepted" if command == "accept_invitation" else "left")


def _begin(session: Session, principal: Principal, proposal_id: str, command: str, now: datetime) -> Loaded:
    loaded = proposal_queries.load(session, principal, proposal_id, now, f"proposal.{command}", hold=True)
    facts, forbids = (
        proposal_queries.facts(session, principal, loaded),
        authority.forbids(principal, "proposal", loaded.subject),
    )
    lifecycle.move(PROPOSAL, loaded.proposal.state, command, facts, forbids=forbids)
    return loaded


def _end(session: Session, principal: Principal, loaded: Loaded, row: ProposalAuthor, state: str) -> Loaded:
    before = row.state if row.state != state else None
    row.state, row.since = state, loaded.now
    session.flush()
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="proposal_author",
        subject_id=row.proposal_id,
        kind=state,
        actor_id=principal.id,
        now=loaded.now,
        from_state=before,
        to_state=state,
        facts={"person": row.person_id},
    )
    authors = proposal_queries.authors_of(session, [row.proposal_id])[row.proposal_id]
    return Loaded(loaded.proposal, authors, loaded.now)
