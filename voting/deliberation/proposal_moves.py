"""The moves of a proposal. Each holds the row, asks the machine, changes the state and writes one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from voting.core import authority, lifecycle
from voting.core.authority import Principal
from voting.core.proposals import PROPOSAL, PROPOSING
from voting.deliberation import attachment_notes, proposal_queries, sanctions, search
from voting.deliberation.proposal_queries import Loaded
from voting.log import journal
from voting.log.journal import EventFact

_DONE = {
    "submit": "submitted",
    "publish": "published",
    "return": "returned",
    "withdraw": "withdrawn",
    "lapse": "lapsed",
    "review": "review_opened",
    "adopt": "adopted",
    "not_adopt": "not_adopted",
    "implement": "implementation_begun",
    "complete": "implemented",
    "archive": "archived",
}
"""Command → what the event says of it, for those that need nothing but perhaps a reason."""


def give(
    session: Session, principal: Principal, proposal_id: str, command: str, *, reason: str | None = None, now: datetime
) -> Loaded:
    """Give one of the commands of `_DONE`."""
    loaded, state = begin(session, principal, proposal_id, command, now, reason)
    proposal = loaded.proposal
    if command == "submit":
        proposal.submitted_at = loaded.now
    elif command == "publish":
        proposal.published_at = loaded.now
        search.shelve(session, proposal, proposal_queries.version(session, proposal.id, proposal.number))
    loaded = end(session, principal, loaded, state, _DONE[command], reason)
    if command == "publish":
        attachment_notes.show(session, principal, loaded)
    return loaded


def begin(
    session: Session, principal: Principal, proposal_id: str, command: str, now: datetime, reason: str | None = None
) -> tuple[Loaded, str]:
    """The proposal, held, and the state the command leads to."""
    loaded = proposal_queries.load(session, principal, proposal_id, now, f"proposal.{command}", hold=True)
    if command in PROPOSING:
        sanctions.refuse(session, principal, "propose", loaded.now)
    facts = proposal_queries.facts(session, principal, loaded)
    forbids = authority.forbids(principal, "proposal", loaded.subject)
    return loaded, lifecycle.move(PROPOSAL, loaded.proposal.state, command, facts, reason, forbids)


def end(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    state: str,
    kind: str,
    reason: str | None = None,
    facts: Mapping[str, EventFact] | None = None,
    text: bytes | None = None,
) -> Loaded:
    """Bring the proposal into its new state and write the event, with the hash of what was written or of its wording."""
    proposal, before = loaded.proposal, loaded.proposal.state
    proposal.state = state
    session.flush()
    told = {"number": proposal.number} | dict(facts or {})
    text = text or proposal_queries.version(session, proposal.id, proposal.number).text_hash
    note(session, principal, loaded, kind, before, reason=reason, text=text, facts=told)
    return loaded


def note(
    session: Session,
    principal: Principal,
    loaded: Loaded,
    kind: str,
    from_state: str | None,
    *,
    reason: str | None = None,
    text: bytes | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> None:
    """Write what happened to the proposal."""
    journal.record(
        session,
        community_id=loaded.proposal.community_id,
        subject_kind="proposal",
        subject_id=loaded.proposal.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=from_state,
        to_state=loaded.proposal.state,
        reason=reason,
        text=text,
        facts=facts,
    )
