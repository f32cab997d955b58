"""What happened in a community's register, written to its log in the community's own time. Never a name or a number."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.community.clock import now_in
from voting.community.tables import Community
from voting.core.authority import Principal
from voting.log import journal


def record(
    session: Session,
    principal: Principal,
    community: Community | str,
    subject: tuple[str, str],
    kind: str,
    now: datetime,
    to_state: str | None = None,
    **facts: journal.EventFact,
) -> None:
    """Write that the caller did `kind` (past tense) to the subject (kind, id). What waits is flushed first.

    `to_state` where the thing comes to a state: what is public of it, the journal says.
    """
    session.flush()
    row = session.get_one(Community, community) if isinstance(community, str) else community
    journal.record(
        session,
        community_id=row.id,
        subject_kind=subject[0],
        subject_id=subject[1],
        kind=kind,
        actor_id=principal.id,
        now=now_in(row, now),
        to_state=to_state,
        facts=facts,
    )
