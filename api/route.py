"""The route class of every resource: what happens around one request, in order.

    verify the bearer -> limit the rate -> read the body (bounded) -> claim the Idempotency-Key
      -> through the gate: solve, run, commit -> answer
      -> a GET that would rather wait than hear nothing new: again when something has changed
      -> again from the gate when the database asks for it (40001, 40P01) and nothing has been sent

The answer is built before the transaction commits and leaves after it, so that what was acknowledged is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any

from fastapi import params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from api import body as bodies
from api import idempotency, negotiation, strict_json, waiting
from api.exchange import Exchange, exchange_of
from api.identity import NOBODY, identify
from api.limits import address_of
from api.problems import UnsupportedMedia
from api.services import Services
from api.validation import refuse_unknown
from voting.errors import Fault, Invalid, NotFound, Unauthenticated
from voting.store import is_retryable, pause

ATTEMPTS = 8
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class YishiRoute(APIRoute):
    """A route whose work is one transaction, run again as a whole when the database asks for it.

    In `openapi_extra`: `x-creates` (a POST that honours Idempotency-Key), `x-import` (the larger body limit), `x-watch` (what
    a GET waits for, where it is neither the subject that the last id of its path names nor a thread).
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        extra = self.openapi_extra or {}
        self.creates = bool(extra.get("x-creates"))
        self.imports = bool(extra.get("x-import"))
        self.watches = waiting.topic_kind(path, extra.get("x-watch")) if "GET" in (self.methods or ()) else None
        """The path parameters of what a GET watches when it waits, and the kind of topic."""
        self.head, self.tail = path.partition("{")[0], path.rpartition("}")[2]
        """What the path begins and ends with before and after its parameters."""
        self.awaits = asyncio.iscoroutinefunction(endpoint)
        """An async endpoint holds no connection while it waits, and goes past the gate."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is meant for this route. Two looks at the path rule out most of two hundred routes."""
        path: str = scope["path"]
        if not scope.get("root_path") and not (path.startswith(self.head) and path.endswith(self.tail)):
            return Match.NONE, {}
        return super().matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that matched the path."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        exchange = exchange_of(scope)
        services: Services = scope["app"].state.services
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise NotFound("route_not_found", path=scope["path"].replace("\x00", "\ufffd"))
        now = services.clock()
        await _admit(scope, exchange, services, now)
        if scope["method"] in WITH_BODY:
            limit = services.settings.max_import_bytes if self.imports else services.settings.max_body_bytes
            exchange.body = await bodies.read(exchange, receive, limit)
        if scope["method"] == "GET" and (b"wait=" in scope["query_string"] or b"etag=" in scope["query_string"]):
            await self._run_patiently(scope, receive, send, services)
        elif self.creates and idempotency.HEADER in exchange.headers and exchange.identity is not NOBODY:
            await self._run_once(scope, receive, send, services, now)
        else:
            await self._run(scope, receive, send, services)

    async def _run_patiently(self, scope: Scope, receive: Receive, send: Send, services: Services) -> None:
        exchange = exchange_of(scope)
        seconds = waiting.asked(scope, exchange)

        async def run(scope: Scope, receive: Receive, send: Send) -> None:
            await self._run(scope, receive, send, services)

        async def prove() -> None:
            exchange.identity = await identify(exchange.header(b"authorization"), services, services.clock())

        if seconds == 0 or self.watches is None:
            await run(scope, receive, send)
            return
        named, kind = self.watches
        topic = (kind, ":".join(scope["path_params"][name] for name in named))
        await waiting.hold(run, scope, receive, send, topic, seconds, prove)

    async def _run_once(self, scope: Scope, receive: Receive, send: Send, services: Services, now: datetime) -> None:
        exchange = exchange_of(scope)
        assert exchange.identity is not None
        before = await idempotency.claim(scope, exchange, services, exchange.identity.caller, now)
        if before is not None:
            await before(scope, receive, send)
            return
        try:
            await self._run(scope, receive, send, services)
        finally:
            await idempotency.release(exchange, services)

    async def _run(self, scope: Scope, receive: Receive, send: Send, services: Services) -> None:
        exchange = exchange_of(scope)
        sent = False

        async def watched(message: Message) -> None:
            nonlocal sent
            sent = True
            await send(message)

        for attempt in range(ATTEMPTS):
            try:
                replayed = bodies.replay(exchange.body, receive)
                if self.awaits:
                    await super().handle(scope, replayed, watched)
                else:
                    async with services.gate:
                        exchange.gated = True
                        await super().handle(scope, replayed, watched)
                return
            except Exception as error:
                if sent or not is_retryable(error) or attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(pause(attempt))
            finally:
                exchange.gated = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, between a strict reading of the body and the conditions on the answer."""
        inner = super().get_route_handler()
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)
        takes_none = self.body_field is None and not (self.openapi_extra or {}).get("x-import")

        queries = frozenset(_queries(self.dependant)) | (
            waiting.QUERIES if "GET" in (self.methods or ()) else frozenset()
        )

        async def handler(request: Request) -> Response:
            exchange = exchange_of(request.scope)
            if request.scope["query_string"]:
                refuse_unknown(request.query_params, queries)
            if takes_json and exchange.body:
                request = _read_json(request, exchange)
            if takes_none and exchange.body:
                _refuse_members(await _read_json(request, exchange).json())
            response = await inner(request)
            if request.method == "GET":
                response = negotiation.conditional(response, exchange)
            exchange.response = response
            return response

        return handler


def _queries(dependant: Dependant) -> Iterator[str]:
    """The names of all query parameters that a route and its dependencies read."""
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _queries(inner)


def _refuse_members(body: object) -> None:
    """A request without a body may send an empty object; whatever else it says would be ignored, so it is refused."""
    if not isinstance(body, dict):
        raise Invalid.at("", "wrong_type", expected="object")
    if body:
        raise Invalid([Fault(f"/{name}"[:80], "unexpected_member", {"member": name[:80]}) for name in list(body)[:50]])


async def _admit(scope: Scope, exchange: Exchange, services: Services, now: datetime) -> None:
    """Prove who asks, and count the request against them. A token that proves nothing counts against its address."""
    at = now.timestamp()
    try:
        exchange.identity = await identify(exchange.header(b"authorization"), services, now)
    except Unauthenticated:
        exchange.added += services.limit.hit(address_of(scope["client"]), at)
        raise
    exchange.caller = address_of(scope["client"]) if exchange.identity is NOBODY else exchange.identity.caller
    exchange.added += services.limit.hit(exchange.caller, at)


class _JsonRequest(Request):
    """A request whose body has been parsed by our own rules."""

    parsed: Any = None

    async def json(self) -> Any:
        """The parsed body."""
        return self.parsed


def _read_json(request: Request, exchange: Exchange) -> Request:
    kind = exchange.header(b"content-type").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMedia("unsupported_media_type", expected="application/json")
    services: Services = request.app.state.services
    read = _JsonRequest(request.scope, request.receive)
    read.parsed = strict_json.loads(exchange.body, services.settings.max_depth)
    return read
