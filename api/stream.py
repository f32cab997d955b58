"""Server-sent events. Source: WHATWG HTML, "Server-sent events" (§9.2).

A stream has a seat like a request that waits (`api.watch`): no connection to the database, no thread. What is sent is what the
last look found, the same for everybody, so a change costs nothing for each listener but the bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.exchange import exchange_of
from api.schemas.changes import ContestChange
from api.watch import Seat, Watch
from voting.contests.standing import Standing

MEDIA_TYPE = "text/event-stream"
LONGEST = 600
"""Seconds for which a stream goes on at most; a listener that comes back proves its authority anew."""
RETRY = b"retry: 3000\n\n"
"""After how many milliseconds a listener that was cut off comes back."""
BEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the line and the dead are noticed."""

DESCRIBED = {
    MEDIA_TYPE: {
        "schema": {
            "type": "object",
            "description": "One event of the stream",
            "properties": {
                "event": {"type": "string"},
                "id": {"type": "string"},
                "data": {"type": "string", "contentMediaType": "application/json"},
                "retry": {"type": "integer"},
            },
        },
        "example": {
            "event": "change",
            "id": "9f2c1f0a7d3e4b5c",
            "data": '{"contest_id":"con_01jv5q3k8m","state":"open","electors":120,"cast":67}',
        },
    }
}
"""For the description: an event as OpenAPI sees it."""

Read = Callable[[], Awaitable[Standing]]


class ContestStream(StreamingResponse):
    """Where a contest stands, unless the listener knows it already, then every change, until the seconds are over.

    What has left the draft is everybody's to know. A draft's stream ends when the draft changes: who still may read it comes
    back and is asked again.
    """

    media_type = MEDIA_TYPE

    def __init__(self, watch: Watch, contest_id: str, read: Read, *, seconds: int, known: str) -> None:
        super().__init__(iter(()), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._watch = watch
        self._topic = ("turnout", contest_id)
        self._read = read
        self._seconds = seconds
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a seat and read the contest, which may be refused; then tell."""
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

    async def _events(self, seat: Seat, seen: object, stands: Standing, until: float) -> AsyncIterator[bytes]:
        loop, known = asyncio.get_running_loop(), self._known
        yield RETRY
        while True:
            change = ContestChange.of(stands)
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
            if isinstance(seen, Standing) and seen != stands:
                if stands.state == "draft":
                    return
                stands = seen
