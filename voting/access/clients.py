"""API clients: programs that call the service with a key of their own.

A bearer is `<key id>.<secret>`; the secret is shown once and only its hash is stored. A client has at most two live keys,
so that a new one can be brought into use before the old one is revoked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from voting.access import roles, secrecy
from voting.access.principals import is_live
from voting.access.tables import ApiClient, ApiClientKey
from voting.core import authority
from voting.core.authority import SCOPES, Principal, Subject
from voting.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from voting.ids import random_id, timed_id
from voting.log import journal

LIVE_KEYS = 2
PLATFORM_SCOPE = "platform"


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client with its keys, newest first."""

    client: ApiClient
    keys: tuple[ApiClientKey, ...]


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A client with its keys, and the bearer of the newest, which is never shown again."""

    client: ApiClient
    keys: tuple[ApiClientKey, ...]
    bearer: str


def create(
    session: Session,
    principal: Principal,
    *,
    community_id: str | None,
    name: str,
    scopes: Sequence[str],
    roles_over_community: Sequence[str] = (),
    expires_at: datetime | None = None,
    now: datetime,
) -> IssuedKey:
    """A client of a community, or of the platform (`community_id` None, by the system alone), with its first key."""
    _require(principal, community_id)
    _check(principal, community_id, scopes, expires_at, now)
    client = ApiClient(
        id=timed_id("cli", now),
        community_id=community_id,
        name=name,
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(client)
    session.flush()
    key, bearer = _new_key(session, client, expires_at, now)
    _log(session, principal, client, "created", now, scopes=client.scopes)
    for role in dict.fromkeys(roles_over_community):
        assert community_id is not None, "roles are held in a community"
        roles.assign(
            session,
            principal,
            community_id,
            roles.Appointment("client", client.id, role, "community", community_id, ends_at=expires_at),
            now=now,
        )
    return IssuedKey(client, (key,), bearer)


def _require(principal: Principal, community_id: str | None) -> None:
    if community_id is not None:
        authority.require(principal, "clients.manage", Subject(community_id, kind="community"))
    elif principal.kind != "system":
        raise Forbidden("platform_only", act="clients.manage", roles=[], scope=PLATFORM_SCOPE)


def _check(
    principal: Principal, community_id: str | None, scopes: Sequence[str], expires_at: datetime | None, now: datetime
) -> None:
    faults = [
        Fault(f"/scopes/{place}", "scope_unknown", {"value": scope[:60], "allowed": SCOPES})
        for place, scope in enumerate(scopes)
        if scope not in SCOPES or (scope == PLATFORM_SCOPE and community_id is not None)
    ]
    if expires_at is not None and expires_at <= now:
        faults.append(Fault("/expires_at", "instant_is_past"))
    if faults:
        raise Invalid(faults)
    beyond = sorted(set(scopes) - principal.scopes)
    if principal.kind == "client" and beyond:
        raise Forbidden("scope_not_held", scopes=beyond)


def read(session: Session, principal: Principal, client_id: str) -> KnownClient:
    """One client of the caller's community."""
    client = _load(session, principal, client_id)
    return KnownClient(client, _keys(session, client))


def listing(
    session: Session, principal: Principal, community_id: str, after: str | None, limit: int
) -> tuple[KnownClient, ...]:
    """At most `limit` clients of the community behind the id `after`, oldest first, revoked ones too."""
    authority.require(principal, "clients.manage", Subject(community_id, kind="community"))
    query = select(ApiClient).where(ApiClient.community_id == community_id)
    if after is not None:
        query = query.where(col(ApiClient.id) > after)
    clients = session.exec(query.order_by(col(ApiClient.id)).limit(limit)).all()
    keys = session.exec(
        select(ApiClientKey)
        .where(col(ApiClientKey.client_id).in_([client.id for client in clients]))
        .order_by(col(ApiClientKey.created_at).desc(), col(ApiClientKey.id))
    ).all()
    return tuple(KnownClient(one, tuple(key for key in keys if key.client_id == one.id)) for one in clients)


def rotate(
    session: Session, principal: Principal, client_id: str, *, expires_at: datetime | None = None, now: datetime
) -> IssuedKey:
    """Another key. The old one works until it is revoked. Raises Conflict when two are live already."""
    client = _load(session, principal, client_id, hold=True)
    if not is_live(client, now):
        raise Conflict("client_not_live", id=client_id)
    if expires_at is not None and expires_at <= now:
        raise Invalid.at("/expires_at", "instant_is_past")
    keys = _keys(session, client)
    if sum(is_live(key, now) for key in keys) >= LIVE_KEYS:
        raise Conflict("two_live_keys", id=client_id, keys=[key.id for key in keys if is_live(key, now)])
    key, bearer = _new_key(session, client, expires_at, now)
    _log(session, principal, client, "key_added", now, key=key.id)
    return IssuedKey(client, (key, *keys), bearer)


def revoke(
    session: Session, principal: Principal, client_id: str, *, key_id: str | None = None, now: datetime
) -> KnownClient:
    """End one key of the client, or without `key_id` the client and all its keys. To revoke again changes nothing."""
    client = _load(session, principal, client_id, hold=True)
    keys = _keys(session, client)
    chosen = [key for key in keys if key_id in (None, key.id)]
    if key_id is not None and not chosen:
        raise NotFound("client_key_not_found", id=key_id)
    ended: list[ApiClient | ApiClientKey] = [key for key in chosen if key.revoked_at is None]
    if key_id is None and client.revoked_at is None:
        ended.append(client)
    for row in ended:
        row.revoked_at = now
        session.add(row)
    session.flush()
    if ended:
        _log(session, principal, client, "revoked" if key_id is None else "key_revoked", now, key=key_id)
    return KnownClient(client, keys)


def _load(session: Session, principal: Principal, client_id: str, *, hold: bool = False) -> ApiClient:
    client = session.get(ApiClient, client_id, with_for_update=hold or None, populate_existing=hold)
    if principal.kind == "system" and client is not None:
        return client
    authority.require(principal, "me.read", authority.PLATFORM)
    if client is None or client.community_id is None or not authority.belongs(principal, client.community_id):
        raise NotFound("client_not_found", id=client_id)
    authority.require(principal, "clients.manage", Subject(client.community_id, kind="client"))
    return client


def _keys(session: Session, client: ApiClient) -> tuple[ApiClientKey, ...]:
    query = select(ApiClientKey).where(ApiClientKey.client_id == client.id)
    return tuple(session.exec(query.order_by(col(ApiClientKey.created_at).desc(), col(ApiClientKey.id))))


def _new_key(
    session: Session, client: ApiClient, expires_at: datetime | None, now: datetime
) -> tuple[ApiClientKey, str]:
    secret = secrecy.fresh()
    key = ApiClientKey(
        id=random_id("key"),
        client_id=client.id,
        secret_hash=secrecy.hashed(secret),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return key, f"{key.id}.{secret}"


def _log(
    session: Session, principal: Principal, client: ApiClient, kind: str, now: datetime, **facts: journal.EventFact
) -> None:
    journal.record(
        session,
        community_id=client.community_id or PLATFORM_SCOPE,
        subject_kind="api_client",
        subject_id=client.id,
        kind=kind,
        actor_id=principal.id,
        now=now,
        facts=facts,
    )
