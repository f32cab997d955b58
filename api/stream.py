"""Server-sent events. Source: WHATWG HTML, "Server-sent events" (§9.2).

A stream has a seat like a request that waits (`api.watch`): no connection to the database, no thread. What is sent is what the
last look found, the same for everybody, so a change costs nothing for each listener but the bytes.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import ClassVar, Generic, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.exchange import exchange_of
from api.schemas.changes import Change, ContestChange, ThreadChange
from api.watch import Seat, Watch
from voting.contests.standing import Standing
from voting.deliberation.thread_marks import ThreadStanding

MEDIA_TYPE = "text/event-stream"
LONGEST = 600
"""Seconds for which a stream goes on at most; a listener that comes back proves its authority anew."""
RETRY = b"retry: 3000\n\n"
"""After how many milliseconds a listener that was cut off comes back."""
BEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the line and the dead are noticed."""


def _described(data: str) -> dict[str, object]:
    properties = {
        "event": {"type": "string"},
        "id": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer"},
    }
    schema = {"type": "object", "description": "One event of the stream", "properties": properties}
    return {MEDIA_TYPE: {"schema": schema, "example": {"event": "change", "id": "9f2c1f0a7d3e4b5c", "data": data}}}


DESCRIBED = _described('{"contest_id":"con_01jv5q3k8m","state":"open","electors":120,"cast":67}')
DESCRIBED_THREAD = _described('{"thread_kind":"proposal","thread_id":"prp_01jv5q3k8m","changes":67}')
"""For the description: an event as OpenAPI sees it."""


Stands = TypeVar("Stands")


class ChangeStream(StreamingResponse, ABC, Generic[Stands]):
    """Where something stands, unless the listener knows it already, then every change, until the seconds are over."""

    media_type = MEDIA_TYPE
    topic_kind: ClassVar[str]

    def __init__(
        self,
        watch: Watch,
        identifier: str,
        read: Callable[[], Awaitable[Stands]],
        *,
        seconds: int,
        known: str,
    ) -> None:
        super().__init__(iter(()), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._watch = watch
        self._topic = (self.topic_kind, identifier)
        self._read = read
        self._seconds = seconds
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a seat and read what is listened to, which may be refused; then tell."""
        exchange = exchange_of(scope)
        with self._watch.seat(self._topic, exchange.caller) as seat:
            seen = seat.mark
            stands = await self._read()
            loop = asyncio.get_running_loop()
            began = loop.time()
            until = began if exchange.bodiless else began + self._seconds
            self.body_iterator = self._events(seat, seen, stands, until)
            try:
                await super().__call__(scope, receive, send)
            finally:
                exchange.waited += loop.time() - began

    async def _events(self, seat: Seat, seen: object, stands: Stands, until: float) -> AsyncIterator[bytes]:
        loop, known = asyncio.get_running_loop(), self._known
        yield RETRY
        while True:
            change = self.present(stands)
            if change.etag != known:
                known = change.etag
                yield change.as_event()
            left = until - loop.time()
            if self._watch.ended or left <= 0:
                return
            await seat.beyond(seen, min(left, BEAT))
            if seat.mark == seen:
                yield b":\n\n"
            seen = seat.mark
            if isinstance(seen, type(stands)) and seen != stands:
                if self.ends(stands):
                    return
                stands = seen

    @staticmethod
    @abstractmethod
    def present(stands: Stands) -> Change:
        """What is told of it."""

    @staticmethod
    @abstractmethod
    def ends(stands: Stands) -> bool:
        """Whether a stream that told this ends at the next change, so that the listener is asked again who they are."""


class ContestStream(ChangeStream[Standing]):
    """A contest. What has left the draft is everybody's to know; a draft's stream ends when the draft changes."""

    topic_kind = "turnout"

    @staticmethod
    def present(stands: Standing) -> ContestChange:
        """State, window and turnout."""
        return ContestChange.of(stands)

    @staticmethod
    def ends(stands: Standing) -> bool:
        """A draft."""
        return stands.state == "draft"


class ThreadStream(ChangeStream[ThreadStanding]):
    """A thread, by `kind:id`. What is told names no comment and no person: who wants to read asks, and is asked who they
    are."""

    topic_kind = "thread"

    @staticmethod
    def present(stands: ThreadStanding) -> ThreadChange:
        """How often it has changed."""
        return ThreadChange.of(stands)

    @staticmethod
    def ends(stands: ThreadStanding) -> bool:
        """Never."""
        return False
