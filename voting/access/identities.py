"""Identities of outside issuers, each bound once to a person."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from voting.access.tables import ExternalIdentity
from voting.access.tokens import AccessClaims
from voting.errors import Conflict
from voting.ids import random_id
from voting.log import journal


def bind(
    session: Session, claims: AccessClaims, person_id: str, community_id: str, *, now: datetime
) -> ExternalIdentity:
    """From now on the subject of these claims is this person. Raises Conflict when it is somebody already, or ours."""
    if claims.community_id is not None:
        raise Conflict("identity_is_ours")
    same = ExternalIdentity.issuer == claims.issuer, ExternalIdentity.subject == claims.subject
    if session.exec(select(ExternalIdentity).where(*same)).first() is not None:
        raise Conflict("identity_already_bound")
    row = ExternalIdentity(
        id=random_id("ext"),
        community_id=community_id,
        person_id=person_id,
        issuer=claims.issuer,
        subject=claims.subject,
        bound_at=now,
    )
    session.add(row)
    session.flush()
    # The log names the issuer and never the subject: that is a name the person bears elsewhere.
    journal.record(
        session,
        community_id=community_id,
        subject_kind="person",
        subject_id=person_id,
        kind="identity_bound",
        actor_id=person_id,
        now=now,
        facts={"issuer": claims.issuer},
    )
    return row
