"""Who sent the request: the bearer is verified once, before anything else of the request is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from api.services import Services
from voting.access import principals
from voting.access.tokens import AccessClaims
from voting.core.authority import STRANGER, Principal
from voting.errors import Unauthenticated
from voting.store import reading

_LONGEST = 8192
_CLIENT_KEY = "key_"


@dataclass(slots=True)
class Identity:
    """A proven caller. Grants are read from the database when a route asks for them."""

    caller: str
    """Names the caller for limits and idempotency."""
    claims: AccessClaims | None = None
    principal: Principal | None = None


NOBODY = Identity(STRANGER.id, principal=STRANGER)


def bearer_of(authorization: str) -> str | None:
    """The bearer token of an Authorization header, None without the header. Raises Unauthenticated on anything else."""
    if not authorization:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST or not token.isascii():
        raise Unauthenticated("token_invalid")
    return token.strip()


async def identify(authorization: str, services: Services, now: datetime) -> Identity:
    """Verify the bearer. A token of our own issuer needs no database; a stranger is NOBODY. Raises Unauthenticated."""
    token = bearer_of(authorization)
    if token is None:
        return NOBODY
    if token.startswith(_CLIENT_KEY):
        client = await services.storage(_client, token, services, now)
        return Identity(f"client:{client.id}", principal=client)
    if services.issuer.issued(token) or not services.settings.issuers:
        claims = services.issuer.verify_access(token, now)
        return Identity(f"person:{claims.subject}", claims)
    claims = await run_in_threadpool(services.outside.verify, token, now)
    return Identity(f"outside:{claims.issuer}:{claims.subject}", claims)


def _client(bearer: str, services: Services, now: datetime) -> Principal:
    with reading(services.engine) as session:
        return principals.of_client_key(session, bearer, now)


async def principal_of(identity: Identity, services: Services, now: datetime, *, gated: bool) -> Principal:
    """The caller with their grants, read once per request. `gated`: whether the request is inside the gate already."""
    if identity.principal is None:
        assert identity.claims is not None, "an identity has claims or a principal"
        run = run_in_threadpool if gated else services.storage
        identity.principal = await run(_person, identity.claims, services, now)
    return identity.principal


def _person(claims: AccessClaims, services: Services, now: datetime) -> Principal:
    with reading(services.engine) as session:
        return principals.of_claims(session, claims, now)
