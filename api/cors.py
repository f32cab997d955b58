"""Which browser applications may read the answers. Source: Fetch standard, CORS protocol.

Each community lists the origins of its front ends. An address that names a community asks that community's list; any other
address (a contest, a roll, this service) is open to the origins of all of them. Credentials are never allowed: a
caller proves itself by a bearer token, never by a cookie.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import Scope

from api.services import Services
from voting.community.origins import allow_lists
from voting.errors import Forbidden
from voting.store import reading

FRESH = 30.0
"""Seconds for which the lists are kept."""
_COMMUNITY = re.compile(r"/v1/communities/([^/]+)")
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_ACCEPTED = (
    b"Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    b"Last-Event-ID, X-HTTP-Method-Override, X-Request-Id"
)
_EXPOSED = (
    b"Content-Language, Dry-Run, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, "
    b"Retry-After, X-Request-Id"
)

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Cors:
    """The communities' lists, read at most every `FRESH` seconds."""

    services: Services
    _lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _all: frozenset[str] = frozenset()
    _read_at: float = -FRESH

    async def headers(self, origin: str, path: str) -> Headers:
        """What lets this origin read an answer of this path; only `Vary` when it may not."""
        vary = (b"vary", b"Origin")
        if not await self._allows(origin, path):
            return [vary]
        return [vary, (b"access-control-allow-origin", origin.encode()), (b"access-control-expose-headers", _EXPOSED)]

    async def preflight(self, origin: str, scope: Scope) -> Response:
        """The answer to a preflight. Raises Forbidden for an origin on no list."""
        if not await self._allows(origin, scope["path"]):
            raise Forbidden("origin_not_allowed", origin=origin[:200])
        answer = Response(status_code=204)
        answer.raw_headers += [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-max-age", b"600"),
        ]
        return answer

    async def _allows(self, origin: str, path: str) -> bool:
        if time.monotonic() - self._read_at >= FRESH:
            self._lists = await self.services.storage(self._read)
            self._all = frozenset().union(*self._lists.values())
            self._read_at = time.monotonic()
        named = _COMMUNITY.match(path)
        return origin in (self._lists.get(named[1], frozenset()) if named else self._all)

    def _read(self) -> Mapping[str, frozenset[str]]:
        with reading(self.services.engine) as session:
            return allow_lists(session)
