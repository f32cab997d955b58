"""Refresh grants: the right to fetch the next access token, spent by every use.

Source: RFC 6749 §6, RFC 9700 §4.14.2 (rotation and reuse). A spent token that is shown again is one of two things. While
the token it was traded for has not been used, the answer was lost on the way: the very same successor is given again, so
that a bad line costs nobody a new paper code. Once the successor has been used, two parties hold the chain: the whole
family ends. The successor is an HMAC of the spent token under a key of the issuer, so nothing secret need be stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col

from voting.access import compact, secrecy
from voting.access.tables import RefreshGrant
from voting.access.tokens import Issuer
from voting.errors import Unauthenticated
from voting.ids import random_id


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token that fetches the next."""

    person_id: str
    community_id: str
    access_token: str
    access_seconds: int
    refresh_token: str
    refresh_expires_at: datetime


def issue(
    session: Session, issuer: Issuer, people: Sequence[tuple[str, str]], *, days: int, now: datetime
) -> tuple[TokenPair, ...]:
    """A pair for each (person id, community id), in order, in one statement. Each begins a family of its own."""
    if not people:
        return ()
    pairs = tuple(_pair(issuer, *person, secrecy.fresh(), now + timedelta(days=days), now) for person in people)
    session.execute(insert(RefreshGrant), [_row(pair, random_id("fam")) for pair in pairs])
    return pairs


def renew(session: Session, issuer: Issuer, token: str, *, days: int, now: datetime) -> TokenPair | None:
    """The next pair for a refresh token. None: it was reused and its family has just been ended, which the caller must
    commit before refusing with `refresh_reused`. Raises Unauthenticated `refresh_invalid` when it was never or is no
    longer a token of ours."""
    spent = session.execute(
        update(RefreshGrant)
        .where(
            col(RefreshGrant.token_hash) == secrecy.hashed(token),
            col(RefreshGrant.used_at).is_(None),
            col(RefreshGrant.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(RefreshGrant.person_id), col(RefreshGrant.community_id), col(RefreshGrant.family))
        .execution_options(synchronize_session=False)
    ).first()
    if spent is None:
        return _again(session, issuer, token, now)
    until = now + timedelta(days=days)
    pair = _pair(issuer, spent.person_id, spent.community_id, _successor(issuer, token), until, now)
    session.execute(insert(RefreshGrant), [_row(pair, spent.family)])
    return pair


def _again(session: Session, issuer: Issuer, token: str, now: datetime) -> TokenPair | None:
    spent = session.get(RefreshGrant, secrecy.hashed(token), populate_existing=True)
    if spent is None or spent.used_at is None:
        raise Unauthenticated("refresh_invalid")
    successor = _successor(issuer, token)
    held = session.get(RefreshGrant, secrecy.hashed(successor), with_for_update=True, populate_existing=True)
    if held is not None and held.used_at is None and now < held.expires_at:
        return _pair(issuer, held.person_id, held.community_id, successor, held.expires_at, now)
    session.execute(delete(RefreshGrant).where(col(RefreshGrant.family) == spent.family))
    return None


def revoke(session: Session, token: str) -> None:
    """End the family of a refresh token: the person leaves this device. An unknown token changes nothing."""
    held = session.get(RefreshGrant, secrecy.hashed(token))
    if held is not None:
        session.execute(delete(RefreshGrant).where(col(RefreshGrant.family) == held.family))


def _successor(issuer: Issuer, token: str) -> str:
    return compact.base64url(hmac.digest(issuer.secret("refresh"), token.encode("utf-8"), hashlib.sha256))


def _pair(
    issuer: Issuer, person_id: str, community_id: str, refresh_token: str, until: datetime, now: datetime
) -> TokenPair:
    access = issuer.issue_access(person_id, community_id, now)
    return TokenPair(person_id, community_id, access, int(issuer.lifetime.total_seconds()), refresh_token, until)


def _row(pair: TokenPair, family: str) -> dict[str, object]:
    return {
        "token_hash": secrecy.hashed(pair.refresh_token),
        "community_id": pair.community_id,
        "person_id": pair.person_id,
        "expires_at": pair.refresh_expires_at,
        "used_at": None,
        "family": family,
    }
