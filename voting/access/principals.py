"""From a proven bearer to a principal with the grants that are valid now."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from voting.access import secrecy
from voting.access.tables import ApiClient, ApiClientKey, ExternalIdentity, RoleAssignment
from voting.access.tokens import AccessClaims
from voting.core.authority import Grant, Kind, Principal
from voting.errors import Unauthenticated

CLIENT_KEY = re.compile(r"(key_[0-9a-hjkmnp-tv-z]{26})\.([A-Za-z0-9_-]{43})")
"""The bearer of an API client: the id of the key and its secret."""


def is_client_key(bearer: str) -> bool:
    """Whether the bearer has the form of an API client's key. It proves nothing yet."""
    return CLIENT_KEY.fullmatch(bearer) is not None


def resolve(session: Session, proof: AccessClaims | str, now: datetime) -> Principal:
    """The principal of verified claims, or of an API client's key. Raises Unauthenticated."""
    return of_client_key(session, proof, now) if isinstance(proof, str) else of_claims(session, proof, now)


def of_claims(session: Session, claims: AccessClaims, now: datetime) -> Principal:
    """A person. A token of ours names them; the subject of an outside issuer must have been bound before."""
    if claims.community_id is not None:
        return _person(session, claims.subject, claims.community_id, now)
    bound = session.exec(
        select(ExternalIdentity).where(
            ExternalIdentity.issuer == claims.issuer, ExternalIdentity.subject == claims.subject
        )
    ).first()
    if bound is None:
        raise Unauthenticated("identity_not_bound")
    return _person(session, bound.person_id, bound.community_id, now)


def of_client_key(session: Session, bearer: str, now: datetime) -> Principal:
    """The API client of a live key. Raises Unauthenticated `client_key_invalid` whatever is wrong with it."""
    shown = CLIENT_KEY.fullmatch(bearer)
    if shown is None:
        raise Unauthenticated("client_key_invalid")
    found = session.exec(
        select(ApiClientKey, ApiClient)
        .join(ApiClient, col(ApiClient.id) == col(ApiClientKey.client_id))
        .where(ApiClientKey.id == shown[1])
    ).first()
    # An unknown id is compared as well, so that time does not tell which ids exist.
    is_right = secrecy.same(shown[2], found[0].secret_hash if found else bytes(32))
    if found is None or not is_right or not is_live(found[0], now) or not is_live(found[1], now):
        raise Unauthenticated("client_key_invalid")
    client = found[1]
    grants = _grants(session, "client", client.id, now)
    return Principal("client", client.id, client.community_id, grants, frozenset(client.scopes))


def is_live(row: ApiClient | ApiClientKey, now: datetime) -> bool:
    """Neither revoked nor expired."""
    return row.revoked_at is None and (row.expires_at is None or now < row.expires_at)


def _person(session: Session, person_id: str, community_id: str, now: datetime) -> Principal:
    return Principal("person", person_id, community_id, _grants(session, "person", person_id, now))


def _grants(session: Session, kind: Kind, holder_id: str, now: datetime) -> tuple[Grant, ...]:
    rows = session.exec(
        select(RoleAssignment.role, RoleAssignment.scope_kind, RoleAssignment.scope_id)
        .where(
            RoleAssignment.holder_id == holder_id,
            RoleAssignment.holder_kind == kind,
            RoleAssignment.starts_at <= now,
            or_(col(RoleAssignment.ends_at).is_(None), col(RoleAssignment.ends_at) > now),
        )
        .order_by(col(RoleAssignment.id))
    )
    return tuple(Grant(role, scope_kind, scope_id) for role, scope_kind, scope_id in rows)
