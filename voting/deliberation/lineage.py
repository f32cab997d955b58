"""What proposals come of: one merged into another, one split into parts, an amendment that became a proposal.

Support never moves by itself. A merge or a split releases it, and every endorser says for themselves where it goes. A merge
holds both proposals, in the order of their ids: an endorsement that was taken before it is released, one that comes after it is
refused, and none is lost or counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from voting.core import lifecycle, moderation
from voting.core.authority import Principal
from voting.core.proposals import MERGEABLE, PROPOSAL
from voting.deliberation import endorsements, proposal_drafts, proposal_moves, proposal_queries
from voting.deliberation.proposal_drafts import Draft
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Endorsement, Lineage, Proposal, ProposalAuthor
from voting.errors import Invalid, NotFound
from voting.log.journal import EventFact

FEWEST_PARTS, MOST_PARTS = 2, 10


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a proposal stands in its family."""

    parents: tuple[Lineage, ...]
    children: tuple[Lineage, ...]


def write(session: Session, child: Proposal, parent: Proposal, kind: str, at: datetime) -> None:
    """Say what a proposal came of."""
    row = Lineage(child_id=child.id, parent_id=parent.id, community_id=child.community_id, kind=kind, at=at)
    session.add(row)
    session.flush()


def of(session: Session, principal: Principal, proposal_id: str, *, now: datetime) -> Descent:
    """What a proposal came of and what came of it; nothing that the caller may not know of."""
    loaded = proposal_queries.load(session, principal, proposal_id, now)
    query = select(Lineage).where(or_(col(Lineage.child_id) == proposal_id, col(Lineage.parent_id) == proposal_id))
    rows = session.exec(query.order_by(col(Lineage.at), col(Lineage.child_id), col(Lineage.parent_id))).all()
    ends = {end for row in rows for end in (row.child_id, row.parent_id)}
    known = proposal_queries.visible(session, principal, loaded.proposal.community_id, ends) | {proposal_id}
    found = [row for row in rows if {row.child_id, row.parent_id} <= known]
    return Descent(
        tuple(row for row in found if row.child_id == proposal_id),
        tuple(row for row in found if row.parent_id == proposal_id),
    )


def merge(
    session: Session, principal: Principal, proposal_id: str, into: str, *, reason: str | None, now: datetime
) -> Loaded:
    """Let a proposal go on in another, with the reason. Its endorsers are asked whether their support goes along."""
    if into == proposal_id:
        raise Invalid.at("/into", "merged_into_itself")
    _hold(session, proposal_id, into)
    loaded, state = proposal_moves.begin(session, principal, proposal_id, "merge", now, reason)
    target = _relative(session, principal, into, now, "/into")
    if proposal_queries.has_written(session, principal, target):
        raise Invalid.at("/into", "author_never_reviews")
    there = target.proposal
    if moderation.tombstone(there.standing, there.hidden_until, target.now) is not None:
        raise Invalid.at("/into", "cannot_be_merged_into", state=there.standing)
    if target.proposal.state not in MERGEABLE:
        raise Invalid.at("/into", "cannot_be_merged_into", state=target.proposal.state)
    write(session, target.proposal, loaded.proposal, "merged_from", loaded.now)
    told: dict[str, EventFact] = {"into": into, "released": _release(session, loaded)}
    return proposal_moves.end(session, principal, loaded, state, "merged", reason, told)


def split(
    session: Session,
    principal: Principal,
    proposal_id: str,
    parts: Sequence[Draft],
    *,
    reason: str | None,
    now: datetime,
) -> Loaded:
    """Let a proposal go on as parts, with the reason. The parts have its authors and are handed in for publication."""
    if not FEWEST_PARTS <= len(parts) <= MOST_PARTS:
        raise Invalid.at("/parts", "number_of_parts", least=FEWEST_PARTS, most=MOST_PARTS, got=len(parts))
    loaded, state = proposal_moves.begin(session, principal, proposal_id, "split", now, reason)
    made = []
    for part in parts:
        child = proposal_drafts.create(session, principal, loaded.proposal.community_id, part, now=now)
        write(session, child.proposal, loaded.proposal, "split_from", loaded.now)
        _share_authors(session, loaded, child)
        proposal_moves.give(session, principal, child.proposal.id, "submit", now=now)
        made.append(child.proposal.id)
    told: dict[str, EventFact] = {"parts": made, "released": _release(session, loaded)}
    return proposal_moves.end(session, principal, loaded, state, "split", reason, told)


def move_endorsement(
    session: Session, principal: Principal, proposal_id: str, to: str, *, read: int | None = None, now: datetime
) -> Loaded:
    """Give one's released support to what the proposal was merged into, or to one of its parts. The other is answered.

    `read` is the version of the other that the endorser read.
    """
    _hold(session, proposal_id, to)
    proposal_moves.begin(session, principal, proposal_id, "move_endorsement", now)
    if session.get(Lineage, (to, proposal_id)) is None:
        raise Invalid.at("/to", "not_a_descendant", id=to)
    target = _relative(session, principal, to, now, "/to")
    facts = proposal_queries.facts(session, principal, target)
    lifecycle.move(PROPOSAL, target.proposal.state, "endorse", facts)
    endorsements.check_read(target.proposal, read)
    endorsements.place(session, principal, target, "moved", "standing", from_id=proposal_id)
    session.get_one(Endorsement, (proposal_id, principal.id)).state = "moved"
    session.flush()
    return endorsements.qualified(session, target)


def _hold(session: Session, *proposal_ids: str) -> None:
    for proposal_id in sorted(proposal_ids):
        session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)


def _relative(session: Session, principal: Principal, proposal_id: str, now: datetime, pointer: str) -> Loaded:
    """The other proposal, which the caller must know of. Its row is held."""
    try:
        return proposal_queries.load(session, principal, proposal_id, now, hold=True)
    except NotFound as error:
        raise Invalid.at(pointer, "proposal_not_here", id=proposal_id) from error


def _release(session: Session, loaded: Loaded) -> int:
    """Ask every endorser of the proposal anew: how many they are."""
    proposal_id = loaded.proposal.id
    session.flush()
    found = session.exec(
        update(Endorsement)
        .where(col(Endorsement.proposal_id) == proposal_id, col(Endorsement.state) == "standing")
        .values(state="released", since=loaded.now)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return int(found.rowcount)


def _share_authors(session: Session, loaded: Loaded, child: Loaded) -> None:
    for author in loaded.authors:
        if author.state == "accepted" and session.get(ProposalAuthor, (child.proposal.id, author.person_id)) is None:
            row = {"proposal_id": child.proposal.id, "person_id": author.person_id, "state": "accepted"}
            session.add(ProposalAuthor(**row, community_id=author.community_id, since=loaded.now))
    session.flush()
