"""How often one caller is answered. Source: draft-ietf-httpapi-ratelimit-headers-10.

A sliding window of a minute, estimated from the counts of this minute and the last: the last one's weighs as much as it
still reaches into the window. Counts live in the process that answered; several processes each grant the quota. A caller with
a token is counted as itself, whatever its address; a stranger, and whoever shows a token that proves nothing, by address.
Why it is not a library: docs/adr/0006.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass, field

from voting.errors import TooMany

WINDOW = 60


@dataclass(slots=True)
class RateLimit:
    """Counts requests. Used on one event loop only; nothing is locked."""

    quota: int
    """Requests a minute; 0 counts nothing."""
    _minute: int = 0
    _now: dict[str, int] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)

    def hit(self, caller: str, at: float) -> list[tuple[bytes, bytes]]:
        """Count one request at `at` (seconds) and return the headers that tell what is left. Raises TooMany."""
        if self.quota == 0:
            return []
        minute, elapsed = divmod(at, WINDOW)
        self._turn(int(minute))
        used = self._now.get(caller, 0) + 1
        carried = self._before.get(caller, 0) * (WINDOW - elapsed) / WINDOW
        reset = math.ceil(WINDOW - elapsed)
        if used + carried > self.quota:
            raise TooMany("rate_exceeded", retry_after=reset, limit=self.quota)
        self._now[caller] = used
        left = int(self.quota - used - carried)
        return [
            (b"ratelimit-policy", f'"caller";q={self.quota};w={WINDOW}'.encode()),
            (b"ratelimit", f'"caller";r={left};t={reset}'.encode()),
        ]

    def _turn(self, minute: int) -> None:
        if minute == self._minute:
            return
        self._before = self._now if minute == self._minute + 1 else {}
        self._now = {}
        self._minute = minute


def address_of(client: tuple[str, int] | None) -> str:
    """What stands for a stranger: the address, of IPv6 the /64 that one connection commands."""
    if client is None:
        return "unknown"
    host = client[0]
    if ":" not in host:
        return host
    try:
        return str(ipaddress.IPv6Network((host.partition("%")[0], 64), strict=False))
    except ValueError:
        return host
