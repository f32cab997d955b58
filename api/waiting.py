"""Long poll: `GET …?wait=25&etag="…"` is answered when it has something new to say, and not before.

What is unchanged (304), or not there yet (409: a result before its publication), is held back; after `wait` seconds it
leaves as it is. A held request keeps its connection to the caller and a future, nothing else: the framework is run anew for
every look, through the gate, with the caller proven anew. `etag` in the address is `If-None-Match` for programs that
cannot set or read headers; without `wait` it does no more than that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from api.exchange import Exchange, exchange_of
from api.services import Services
from api.validation import LocatedFault
from api.watch import Topic
from voting.errors import Invalid

LONGEST = 50
"""Seconds. Mini-programs and many proxies end a request after sixty."""
QUERIES = frozenset({"wait", "etag"})
HELD = frozenset({304, 409})
_SUBJECTS = {"client": "api_client"}
"""Path names that are not the journal's."""

Run = Callable[[Scope, Receive, Send], Awaitable[None]]


_THREAD = "/threads/{kind}/{subject}"


def topic_kind(path: str, declared: str | None) -> tuple[tuple[str, ...], str] | None:
    """Which path parameters name what a route watches, and as what: the last id of the path, unless it is declared; below
    a thread the kind and the id of its subject."""
    if _THREAD in path:
        return ("kind", "subject"), "thread"
    named = path.rpartition("{")[2].partition("}")[0] if "{" in path else ""
    stem = named.removesuffix("_id")
    return None if stem == named else ((named,), declared or _SUBJECTS.get(stem, stem))


def asked(scope: Scope, exchange: Exchange) -> int:
    """The seconds the caller will wait, and the etag in the address into the exchange. Raises Invalid."""
    said = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    exchange.known = _tag(said.get("etag", ""))
    wait = said.get("wait", "0")
    if not (wait.isascii() and wait.isdigit() and len(wait) < 4 and int(wait) <= LONGEST):
        raise Invalid([LocatedFault("/wait", "out_of_bounds", {"bound": f"0 … {LONGEST}"}, "query")])
    return int(wait)


def _tag(text: str) -> str:
    """An etag as a header has it; in an address the quotation marks may be left out."""
    bare = text.removeprefix("W/").strip('"')
    return f'"{bare}"' if bare else ""


class _Held:
    """A `send` that keeps back an answer that says nothing new."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._kept: list[Message] = []
        self.unchanged = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.unchanged = message["status"] in HELD
        if self.unchanged:
            self._kept.append(message)
        else:
            await self._send(message)

    async def release(self) -> None:
        """Send it after all."""
        for message in self._kept:
            await self._send(message)


@contextmanager
def _presence(receive: Receive) -> Iterator[asyncio.Future[None]]:
    """A future that is done when the caller has gone."""

    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    watching = asyncio.create_task(until_gone())
    try:
        yield watching
    finally:
        watching.cancel()


async def hold(
    run: Run,
    scope: Scope,
    receive: Receive,
    send: Send,
    topic: Topic,
    seconds: int,
    prove: Callable[[], Awaitable[None]],
) -> None:
    """Run a GET until it answers something new or the seconds are over. `prove` verifies the caller before each repetition."""
    exchange = exchange_of(scope)
    services: Services = scope["app"].state.services
    watch, loop = services.watch, asyncio.get_running_loop()
    until = loop.time() + seconds
    with watch.seat(topic, exchange.caller) as seat, _presence(receive) as gone:
        seen, held = seat.mark, _Held(send)
        await run(scope, receive, held)
        while held.unchanged and not (watch.ended or gone.done()) and (left := until - loop.time()) > 0:
            asleep = loop.time()
            await seat.beyond(seen, left, gone)
            exchange.waited += loop.time() - asleep
            if watch.ended or gone.done():
                break
            async with watch.turnstile:
                await prove()
                seen, held = seat.mark, _Held(send)
                await run(scope, receive, held)
        if held.unchanged:
            await held.release()
