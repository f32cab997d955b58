"""Activities in the small world, one in each state that a move is tried from, each named for its state."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from tests.access.moment import NOW
from voting.programme.tables import Activity


def settle_programme(session: Session) -> None:
    """Write them."""
    for state in ("announced", "held"):
        session.add(
            Activity(
                id=f"atv_{state}",
                community_id="com_1",
                state=state,
                since=NOW,
                kind="k",
                level=3,
                title={"en": state},
                starts_at=NOW - timedelta(hours=2),
                ends_at=NOW - timedelta(hours=1),
                salt=bytes(32),
                text_hash=bytes(32),
                created_at=NOW,
            )
        )
    session.flush()
