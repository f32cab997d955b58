"""Erasing what a person did among proposals. The texts of a group stay with it; the figures of support stay, without a name.

A version that the person wrote is erased where nobody else writes the proposal; where others do it is theirs too, and stays
without its writer. What one person alone made goes: amendments, files, what they said of their edits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from voting.community import search_index
from voting.community.tables import Person
from voting.core.authority import Principal
from voting.deliberation import attachment_notes, attachments, proposal_queries
from voting.deliberation.attachment_store import Shelf
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import (
    NOBODY,
    Amendment,
    Attachment,
    Endorsement,
    Proposal,
    ProposalAuthor,
    ProposalVersion,
)
from voting.ids import random_id
from voting.roll.tables import RollVoter

_COUNTED = ("standing", "released")
"""States of endorsements that are in a figure."""


def written_by(session: Session, person: Person) -> tuple[Proposal, ...]:
    """The proposals that the person writes or wrote, or was asked to, held until the transaction ends."""
    theirs = select(ProposalAuthor.proposal_id).where(ProposalAuthor.person_id == person.id)
    wrote = select(ProposalVersion.proposal_id).where(ProposalVersion.author_id == person.id)
    which = or_(col(Proposal.id).in_(theirs), col(Proposal.id).in_(wrote))
    query = select(Proposal).where(Proposal.community_id == person.community_id, which)
    return tuple(session.exec(query.order_by(col(Proposal.id)).with_for_update()))


def of_person(session: Session, person: Person, written: Sequence[Proposal], now: datetime) -> dict[str, int]:
    """Erase it: how many of each kind. `written` as told by `written_by`. Files are left to `files_of_person`."""
    versions = [_forget_versions(session, person, proposal, now) for proposal in written]
    session.flush()
    left = session.execute(delete(ProposalAuthor).where(col(ProposalAuthor.person_id) == person.id))
    return {
        "versions": sum(found for found, _ in versions),
        "versions_erased": sum(erased for _, erased in versions),
        "authorships": int(left.rowcount),  # type: ignore[attr-defined]  # a cursor's result has a count
        "amendments": _erase_amendments(session, person),
        "endorsements": _forget_endorser(session, person),
    }


def _forget_versions(session: Session, person: Person, proposal: Proposal, now: datetime) -> tuple[int, int]:
    """How many versions were the person's, and how many of them say nothing any more."""
    authors = proposal_queries.authors_of(session, [proposal.id]).get(proposal.id, ())
    is_shared = any(one.state == "accepted" and one.person_id != person.id for one in authors)
    mine = ProposalVersion.proposal_id == proposal.id, ProposalVersion.author_id == person.id
    found = session.exec(select(ProposalVersion).where(*mine)).all()
    for kept in found:
        kept.author_id = kept.note = None
        if not is_shared:
            kept.title, kept.body, kept.salt, kept.erased_at = {}, {}, None, kept.erased_at or now
            if kept.number == proposal.number:
                search_index.take_out(session, (proposal.id,))
    if found and not is_shared:
        # A place says as much as a text: of a sole author it may be the home.
        proposal.longitude_e7 = proposal.latitude_e7 = None
    return len(found), 0 if is_shared else len(found)


def _erase_amendments(session: Session, person: Person) -> int:
    """What the person suggested, and how they decided about what others did."""
    found = session.exec(select(Amendment).where(Amendment.author_id == person.id)).all()
    for row in found:
        row.author_id = row.text = row.why = row.salt = None
    session.flush()
    decided = update(Amendment).where(col(Amendment.decided_by) == person.id)
    session.execute(decided.values(decided_by=None, decision=None).execution_options(synchronize_session=False))
    return len(found)


def _forget_endorser(session: Session, person: Person) -> int:
    """Leave every figure of support as it is, and no name in it; how many endorsements there were."""
    found = session.exec(select(Endorsement).where(Endorsement.person_id == person.id)).all()
    for row in found:
        here = update(Endorsement).where(
            col(Endorsement.proposal_id) == row.proposal_id, col(Endorsement.person_id) == person.id
        )
        if row.state in _COUNTED:
            told = {"person_id": random_id(NOBODY), "entry_id": _entry(session, row, person.id)}
            session.execute(here.values(**told).execution_options(synchronize_session=False))
    gone = delete(Endorsement).where(col(Endorsement.person_id) == person.id)
    session.execute(gone.execution_options(synchronize_session=False))
    return len(found)


def _entry(session: Session, row: Endorsement, person_id: str) -> str | None:
    """The entry of the roll, where somebody else may support for it too: both together count once. Else it is a name."""
    others = RollVoter.entry_id == row.entry_id, RollVoter.person_id != person_id
    shared = row.entry_id is not None and session.exec(select(RollVoter.person_id).where(*others).limit(1)).first()
    return row.entry_id if shared else None


def files_of_person(
    session: Session, principal: Principal, person: Person, shelf: Shelf, now: datetime, *, dry_run: bool
) -> int:
    """Forget the files the person uploaded, and their names; how many. Raises Unavailable where the store does not answer."""
    found = session.exec(select(Attachment).where(Attachment.author_id == person.id).order_by(col(Attachment.id))).all()
    removed = [row for row in found if row.removed_at is None]
    for row in found:
        row.author_id, row.name, row.salt, row.sha256, row.removed_at = None, "", None, b"", row.removed_at or now
    session.flush()
    for row in removed:
        loaded = Loaded(session.get_one(Proposal, row.proposal_id), (), now)
        states = attachments.state_of(loaded), attachments.state_of(loaded, removed=True)
        attachment_notes.note(session, principal, row, "removed", *states, now)
    if not dry_run:
        for row in found:
            shelf.delete(row.id)
    return len(found)
