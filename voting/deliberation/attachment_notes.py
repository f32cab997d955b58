"""What is told of attachments: one event for each change, public only once their proposal is."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from voting.core.authority import Principal
from voting.deliberation.proposal_queries import Loaded
from voting.deliberation.proposal_tables import Attachment
from voting.log import journal


def show(session: Session, principal: Principal, loaded: Loaded) -> None:
    """Tell the journal of the files of a proposal that is now published."""
    query = select(Attachment).where(Attachment.proposal_id == loaded.proposal.id, col(Attachment.removed_at).is_(None))
    for row in session.exec(query.order_by(col(Attachment.id))):
        note(session, principal, row, "shown", "kept", "attached", loaded.now)


def note(
    session: Session,
    principal: Principal,
    row: Attachment,
    kind: str,
    before: str | None,
    state: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Write what happened to a file."""
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="attachment",
        subject_id=row.id,
        kind=kind,
        actor_id=principal.id,
        now=now,
        from_state=before,
        to_state=state,
        reason=reason,
        text=row.text_hash,
        facts={"proposal": row.proposal_id, "size": row.size},
    )
