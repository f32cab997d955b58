"""What can be refused, and with which facts. Knows no status code and no sentence.

    YishiError
    ├── Unauthenticated      nobody, or a token that proves nothing
    ├── Forbidden            known, but may not do this
    ├── NotFound             absent, or in a community that is not yours
    ├── IllegalMove          the state machine has no such move from here; carries the moves it has
    ├── Conflict             the request contradicts what is stored (already cast, slot taken, duplicate)
    ├── Invalid              malformed or illegal values; carries one Fault per value
    ├── PreconditionRequired an edit without If-Match
    ├── StalePrecondition    an edit of something that changed meanwhile
    ├── TooLarge             more than the limit allows
    ├── TooMany              more often than the limit allows; carries the seconds to wait
    └── Unavailable          a passing fault; carries the seconds to wait

`code` is stable and names the sentence in `voting/phrases/*.json` (title, detail and fix, in en and zh-CN);
`facts` fill the sentence. `api/problems.py` maps the class to a status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Fact = str | int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong value of a request: where (RFC 6901 pointer, `#/…` omitted), what, and the facts of its sentence."""

    pointer: str
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class YishiError(Exception):
    """Base of all refusals. `code` names the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, Fact] = dict(facts)


class Unauthenticated(YishiError):
    """Nobody, or a token that proves nothing. The code never says more than the caller already knew."""


class Forbidden(YishiError):
    """The caller is known and belongs here, but this act is not theirs."""


class NotFound(YishiError):
    """Nothing of that id that this caller may know of. Another community's rows are absent, not forbidden."""


class IllegalMove(YishiError):
    """The machine has no such move from this state, or a guard stands in the way.

    `blocked` maps each command that is not allowed now to the code of the reason; `allowed` lists those that are.
    """

    def __init__(
        self, code: str, *, allowed: Sequence[str] = (), blocked: Mapping[str, str] | None = None, **facts: Fact
    ) -> None:
        super().__init__(code, **facts)
        self.allowed = tuple(allowed)
        self.blocked = dict(blocked or {})


class Conflict(YishiError):
    """The request contradicts what is stored."""


class Invalid(YishiError):
    """One or more values are malformed or illegal."""

    def __init__(self, faults: Sequence[Fault], code: str = "invalid_request", **facts: Fact) -> None:
        super().__init__(code, **facts)
        self.faults = tuple(faults)

    @classmethod
    def at(cls, pointer: str, code: str, **facts: Fact) -> Invalid:
        """Exactly one fault."""
        return cls([Fault(pointer, code, facts)])


class PreconditionRequired(YishiError):
    """An edit must say which version it edits."""


class StalePrecondition(YishiError):
    """The thing changed since the caller read it. Nothing was written."""


class TooLarge(YishiError):
    """More bytes, rows or depth than the limit allows."""


class TooMany(YishiError):
    """More often than the limit allows."""

    def __init__(self, code: str, *, retry_after: int, **facts: Fact) -> None:
        super().__init__(code, retry_after=retry_after, **facts)
        self.retry_after = retry_after


class Unavailable(YishiError):
    """A passing fault: the same request may succeed after `retry_after` seconds."""

    def __init__(self, code: str, *, retry_after: int = 1, **facts: Fact) -> None:
        super().__init__(code, retry_after=retry_after, **facts)
        self.retry_after = retry_after
