"""Which browser origins each community lets call the service (CORS)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, select

from voting.community.tables import Community


def allow_lists(session: Session) -> Mapping[str, frozenset[str]]:
    """Community id → its origins. Communities without any are left out."""
    rows = session.exec(select(Community.id, Community.origins))
    return {community_id: frozenset(origins) for community_id, origins in rows if origins}
