"""Server-sent events as records, over as many connections as it takes. Source: WHATWG HTML §9.2.

`Stream` decides (what to ask for, what a line means, whether and when to come back); the clients carry it out, one with
blocking calls and one with `await`. A listener that comes back says which event it heard last, so nothing is told twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from clients.python.calls import Answer, Call, Caller, Send
from clients.python.errors import YishiClientError
from clients.python.records import Record

T = TypeVar("T")
SILENCE = 60
"""Seconds without a line after which the line is taken for broken; the service says something every fifteen."""


@dataclass(frozen=True, kw_only=True)
class ContestChange(Record):
    """Where a contest stands: nothing here is about choices."""

    contest_id: str
    state: str
    opens_at: datetime
    closes_at: datetime
    electors: int
    cast: int
    etag: str


@dataclass(frozen=True, kw_only=True)
class ThreadChange(Record):
    """That what a thread shows has changed; `changes` is a number that rises."""

    thread_kind: str
    thread_id: str
    changes: int
    etag: str


class Stream(Generic[T]):
    """One subscription."""

    def __init__(self, call: Call[T], caller: Caller) -> None:
        self._parse = call.parse
        self._caller = caller
        self._request = caller.request(
            replace(call, headers={"accept": "text/event-stream", "cache-control": "no-store"})
        )
        self._data: list[str] = []
        self._last_id = ""
        self._failures = 0
        self.pause = 3.0
        """Seconds before coming back after the service has ended a connection; the service may name others."""

    @property
    def request(self) -> Send:
        """What to send for the next connection."""
        known = {"last-event-id": self._last_id} if self._last_id else {}
        return replace(self._request, headers=self._request.headers | known)

    def heard(self, line: str) -> T | None:
        """Take the next line; the record, when it completes one."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id":
            self._last_id = value
        elif name == "retry" and value.isdigit():
            self.pause = int(value) / 1000
        elif not line and self._data:
            found = self._parse(Answer(200, {}, "\n".join(self._data).encode()))
            self._data.clear()
            self._failures = 0
            return found
        return None

    def broken(self, error: YishiClientError) -> float:
        """Seconds before coming back after a connection that failed. Raises the error where that is of no use."""
        self._data.clear()
        self._failures += 1
        wait = self._caller.retries.wait_before_retry(error, self._failures, True)
        if wait is None:
            raise error
        return wait
