"""What can go wrong between a program and the service.

YishiClientError
├── NoAnswer                 the service was not reached, or the line broke
│   └── TimedOut             it did not answer in time
├── UnexpectedAnswer         an answer that is not what this client understands
└── Problem                  the service refused (RFC 9457); carries code, detail, fix, errors
    ├── Invalid              400, 422: wrong values; `errors` name each one
    ├── Unauthenticated      401
    ├── Forbidden            403
    ├── NotFound             404
    ├── Conflict             409
    │   ├── AlreadyCast      this elector's ballot is in the box
    │   └── IllegalMove      not from this state; `allowed_actions` lists what is possible
    ├── Stale                412, 428: the edit named no version, or an old one
    ├── TooLarge             413
    ├── TooMany              429; `retry_after` seconds
    └── ServiceFault         5xx
        └── Unavailable      503; `retry_after` seconds
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class YishiClientError(Exception):
    """Base of everything this client raises by itself."""


class NoAnswer(YishiClientError):
    """The service was not reached (`unsent`), or the line broke; in the second case it may or may not have acted."""

    def __init__(self, message: str, *, unsent: bool = False) -> None:
        super().__init__(message)
        self.unsent = unsent


class TimedOut(NoAnswer):
    """No answer in time. It may or may not have acted."""


class UnexpectedAnswer(YishiClientError):
    """An answer that is not what this client understands."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong value of a request: where it stands (RFC 6901), the stable code, and a sentence."""

    pointer: str
    code: str
    detail: str = ""
    fix: str = ""


class Problem(YishiClientError):
    """A refusal of the service. `code` is stable; the sentences are in the language that was asked for."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(document.get("code", ""))
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail", ""))
        self.fix = str(document.get("fix", ""))
        self.request_id = str(document.get("request_id", ""))
        self.errors = tuple(_fault(error) for error in document.get("errors") or ())
        self.document = dict(document)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        head = f"{self.status} {self.code}".strip()
        text = ": ".join(part for part in (head, self.detail or self.title) if part)
        faults = "; ".join(f"{fault.pointer} {fault.detail or fault.code}".strip() for fault in self.errors[:5])
        more = f" [{faults}]" if faults else ""
        return f"{text}{more} {self.fix}".rstrip()

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before the same request may succeed, where the service said so."""
        value = self.document.get("retry_after")
        return float(value) if isinstance(value, int | float) else None

    @property
    def allowed_actions(self) -> tuple[str, ...]:
        """The moves that are possible now, where the service said so."""
        actions = self.document.get("allowed_actions") or ()
        return tuple(
            _action(action) for action in actions if not isinstance(action, Mapping) or action.get("allowed", True)
        )


class Invalid(Problem):
    """Wrong values; `errors` name each one."""


class Unauthenticated(Problem):
    """No token, or one that proves nothing (expired, for example)."""


class Forbidden(Problem):
    """Known, but this act belongs to another role."""


class NotFound(Problem):
    """Absent, or in a community that is not yours."""


class Conflict(Problem):
    """The request contradicts what is stored."""


class AlreadyCast(Conflict):
    """This elector's ballot is in the box."""


class IllegalMove(Conflict):
    """The state machine has no such move from here."""


class Stale(Problem):
    """The edit named no version, or one that is no longer the newest."""


class TooLarge(Problem):
    """More bytes, rows or depth than the service takes."""


class TooMany(Problem):
    """More often than the service allows."""


class ServiceFault(Problem):
    """The fault is on the service's side."""


class Unavailable(ServiceFault):
    """A passing fault."""


_BY_STATUS: dict[int, type[Problem]] = {
    400: Invalid, 401: Unauthenticated, 403: Forbidden, 404: NotFound, 409: Conflict, 412: Stale, 413: TooLarge,
    422: Invalid, 428: Stale, 429: TooMany, 503: Unavailable,
}  # fmt: skip


def problem(status: int, document: Mapping[str, Any]) -> Problem:
    """The error for an answer of this status."""
    if status == 409 and document.get("code") == "already_cast":
        return AlreadyCast(status, document)
    if status == 409 and document.get("allowed_actions") is not None:
        return IllegalMove(status, document)
    fallback = ServiceFault if status >= 500 else Problem
    return _BY_STATUS.get(status, fallback)(status, document)


def _fault(error: Mapping[str, Any]) -> Fault:
    return Fault(
        str(error.get("pointer", "")),
        str(error.get("code", "")),
        str(error.get("detail", "")),
        str(error.get("fix", "")),
    )


def _action(action: object) -> str:
    return str(action.get("action", "")) if isinstance(action, Mapping) else str(action)
