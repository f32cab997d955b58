"""What one request carries from the front to its route: its id, its headers, who asks, and what will be answered.

One slotted object per request in the ASGI scope, so that no layer parses a header or verifies a token twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.localisation import negotiate

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from api.identity import Identity
    from voting.access.idempotency import Claim

KEY = "yishi"


@dataclass(slots=True)
class Exchange:
    """One request and its answer so far."""

    request_id: str
    headers: dict[bytes, bytes]
    """Names in lower case; of a repeated header the last."""
    added: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Headers that every answer of this request carries, a problem's as well."""
    identity: Identity | None = None
    caller: str = ""
    """Names the caller for limits: who they prove to be, else their address."""
    known: str = ""
    """The etag in the address (`?etag=`), which says what the caller has, as If-None-Match does."""
    body: bytes = b""
    dry_run: bool = False
    gated: bool = False
    """Whether it is inside the gate before the database."""
    bodiless: bool = False
    """Whether it was sent as HEAD, which is answered like GET, without a body."""
    waited: float = 0.0
    """Seconds for which it was held back until there was something new (`api.waiting`)."""
    claim: Claim | None = None
    response: Response | None = None
    """What the route answers, built before its transaction commits."""
    _locale: str | None = None

    @property
    def locale(self) -> str:
        """`en` or `zh-CN`, by Accept-Language."""
        if self._locale is None:
            self._locale = negotiate(self.header(b"accept-language"))
        return self._locale

    def header(self, name: bytes) -> str:
        """A header as text, empty when absent. Bytes outside ASCII are kept as Latin-1 (RFC 9110 §5.5)."""
        return self.headers.get(name, b"").decode("latin-1")


def exchange_of(scope: Scope | Any) -> Exchange:
    """The exchange the front put into the scope."""
    found: Exchange = scope[KEY]
    return found
