"""The outermost layer: gives every request its id, and turns a fault that nobody expected into a problem.

Pure ASGI. One dictionary of headers and one closure per request; what a ballot does not need is skipped.
"""

from __future__ import annotations

import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import observability
from api.cors import Cors
from api.exchange import KEY, Exchange
from api.problems import Failure, Malformed, respond
from voting.errors import Unavailable, YishiError
from voting.store import refusal_of

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_OVERRIDE = b"x-http-method-override"
_NO_BODY: Message = {"type": "http.response.body", "body": b"", "more_body": False}


class Front:
    """Wraps the application. `meter` counts and logs what was answered."""

    def __init__(self, app: ASGIApp, meter: observability.Meter, cors: Cors) -> None:
        self.app = app
        self.meter = meter
        self.cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        exchange = scope[KEY] = _exchange(scope)
        if scope["method"] == "HEAD":
            # The server still sees HEAD and sends no body; everything behind here sees the GET whose headers it wants.
            exchange.bodiless, scope = True, {**scope, "method": "GET"}
        status = 0

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *exchange.added]
            if exchange.bodiless and message["type"] == "http.response.body":
                if message.get("more_body", False):
                    return
                message = _NO_BODY
            await send(message)

        try:
            _override_method(scope, exchange)
            app = self.app
            if b"origin" in exchange.headers:
                app = await self._crossing(scope, exchange)
            await app(scope, receive, answering)
        except Exception as error:
            if status:
                raise
            await respond(self._refusal(error, scope, exchange), exchange)(scope, receive, answering)
        finally:
            self.meter.answered(scope, exchange, status, time.perf_counter() - began - exchange.waited)

    def _refusal(self, error: Exception, scope: Scope, exchange: Exchange) -> YishiError:
        """What the caller is told of an error. What the operator must look after is logged with its cause."""
        if isinstance(error, YishiError):
            return error
        refusal = refusal_of(error)
        if refusal is None or isinstance(refusal, Unavailable):
            self.meter.fault(scope, exchange, error)
        return refusal or Failure("internal_error")

    async def _crossing(self, scope: Scope, exchange: Exchange) -> ASGIApp:
        """A request of a browser from another origin: its headers, and the whole answer when it is a preflight."""
        origin = exchange.header(b"origin")
        exchange.added += await self.cors.headers(origin, scope["path"])
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in exchange.headers:
            return await self.cors.preflight(origin, scope)
        return self.app


def _exchange(scope: Scope) -> Exchange:
    headers = dict(scope["headers"])
    given = headers.get(b"x-request-id")
    request_id = given.decode() if given and _GIVEN_ID.fullmatch(given) else _fresh_id()
    return Exchange(request_id, headers, [(b"x-request-id", request_id.encode())])


_DRAWN = 4096
_drawn = bytearray()


def _fresh_id() -> str:
    """96 random bits. Drawn from the system some hundred at a time: one draw costs more than the rest of this layer."""
    if len(_drawn) < 12:
        _drawn.extend(secrets.token_bytes(_DRAWN))
    made = _drawn[-12:].hex()
    del _drawn[-12:]
    return made


def _override_method(scope: Scope, exchange: Exchange) -> None:
    """Mini-programs cannot send PATCH: a POST that says so is one."""
    said = exchange.headers.get(_OVERRIDE)
    if said is None:
        return
    if scope["method"] != "POST" or said.upper() != b"PATCH":
        raise Malformed("method_override_unsupported")
    scope["method"] = "PATCH"
