"""Who sent the request: the bearer is verified once, before anything else of the request is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.services import Services
from voting.access.tokens import AccessClaims
from voting.core.authority import STRANGER, Principal
from voting.errors import Unauthenticated

_LONGEST = 8192


@dataclass(slots=True)
class Identity:
    """A proven caller. Grants are read from the database when a route asks for them."""

    caller: str
    """Names the caller for limits and idempotency."""
    claims: AccessClaims | None = None
    principal: Principal | None = None


NOBODY = Identity("stranger", principal=STRANGER)


def bearer_of(authorization: str) -> str | None:
    """The bearer token of an Authorization header, None without the header. Raises Unauthenticated on any other scheme."""
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
    claims = services.issuer.verify_access(token, now)
    return Identity(f"person:{claims.subject}", claims)


async def principal_of(identity: Identity, services: Services, now: datetime) -> Principal:
    """The caller with their grants, read once per request. Called from inside the gate."""
    if identity.principal is None:
        assert identity.claims is not None, "an identity has claims or a principal"
        identity.principal = Principal("person", identity.claims.subject, identity.claims.community_id)
    return identity.principal
