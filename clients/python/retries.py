"""When to send the same request again, and after how long. Decides only; the clients do the waiting.

A request is repeated when repeating cannot act twice: it reads, it carries an Idempotency-Key, or it is idempotent by its
own content (a ballot: slot and seq). Others are repeated only when they cannot have arrived. Seconds are floats here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from clients.python.errors import NoAnswer, Problem

_PASSING = {409, 429, 502, 503, 504}
"""409 is passing only with `retry_after`: another request with the same key is still being answered."""


@dataclass(frozen=True, slots=True)
class Retries:
    """At most `attempts` sends; waits double from `first_wait` to `longest_wait` unless the service names a time."""

    attempts: int = 5
    first_wait: float = 0.2
    longest_wait: float = 30.0

    def wait_before_retry(self, error: Exception, attempt: int, repeatable: bool) -> float | None:
        """Seconds to wait after failure number `attempt` (from 1), or None to give up."""
        if attempt >= self.attempts:
            return None
        if isinstance(error, NoAnswer):
            return self._back_off(attempt) if repeatable or error.unsent else None
        if not isinstance(error, Problem) or error.status not in _PASSING:
            return None
        return self._as_told(error, attempt, repeatable)

    def _as_told(self, error: Problem, attempt: int, repeatable: bool) -> float | None:
        told = error.retry_after
        if error.status == 409 and told is None:
            return None
        # A refusal for rate was never acted upon; any other passing fault may have been.
        if error.status != 429 and not repeatable:
            return None
        if told is None:
            return self._back_off(attempt)
        return told if told <= self.longest_wait else None

    def _back_off(self, attempt: int) -> float:
        """Half of the doubled wait is certain, half is drawn, so that clients that failed together part."""
        longest = min(self.longest_wait, self.first_wait * (1 << (attempt - 1)))
        return longest / 2 + longest / 2 * secrets.randbelow(1000) / 1000


NEVER = Retries(attempts=1)
