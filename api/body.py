"""Read a body, but never more of it than is allowed, whatever its length header says."""

from __future__ import annotations

from starlette.types import Message, Receive

from api.exchange import Exchange
from api.problems import Malformed, UnsupportedMedia
from voting.errors import TooLarge


async def read(exchange: Exchange, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises TooLarge without reading on, Malformed when the caller goes away, UnsupportedMedia if coded."""
    if exchange.headers.get(b"content-encoding", b"identity") not in (b"identity", b""):
        raise UnsupportedMedia("unsupported_encoding")
    announced = exchange.headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise TooLarge("body_too_large", limit=limit)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return _within(message.get("body", b""), limit)
    return await _read_on(message, receive, limit)


async def _read_on(message: Message, receive: Receive, limit: int) -> bytes:
    parts = bytearray()
    while message["type"] == "http.request":
        parts += message.get("body", b"")
        if len(parts) > limit or not message.get("more_body", False):
            return _within(bytes(parts), limit)
        message = await receive()
    raise Malformed("client_gone")


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLarge("body_too_large", limit=limit)
    return body


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then whatever the connection gives."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
