"""Bundles over HTTP: found on the shelf, or built one at a time, and sent from their file.

Whoever waits for a build holds neither a connection nor a thread. A download may be continued (`Range`, `If-Range`): the
same etag is the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from api.exchange import Exchange
from api.negotiation import is_current
from voting.contests import bundle
from voting.contests.bundle import Asked
from voting.contests.bundle_shelf import Kept, Shelf
from voting.contests.bundle_source import Keys
from voting.store import Engine

MEDIA_TYPE = "application/zip"

Storage = Callable[..., Awaitable[Kept | None]]
"""Runs work that uses a connection, through the gate (`Services.storage`)."""


class Bundlery:
    """The bundles of one process."""

    def __init__(self, engine: Engine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys
        self._shelf = Shelf()
        self._building = asyncio.Lock()

    async def answer(self, asked: Asked, exchange: Exchange, storage: Storage) -> Response:
        """The bundle that was asked for, or 304 when the caller has it. Raises the refusals of `bundle.fetch`."""
        kept = await self._taken(asked, storage)
        headers = {
            "etag": kept.etag,
            "cache-control": "no-cache" if asked.tier == "public" else "private, no-cache",
            "vary": "Authorization, Origin",
        }
        if is_current(exchange, kept.etag):
            self._shelf.release(kept)
            return Response(status_code=304, headers=headers)
        name = f"{asked.contest_id}-{asked.tier}.zip"
        return _Sent(kept, partial(self._shelf.release, kept), name, headers)

    def close(self) -> None:
        """Let every file go."""
        self._shelf.close()

    async def _taken(self, asked: Asked, storage: Storage) -> Kept:
        fetch = partial(bundle.fetch, self._engine, self._shelf, self._keys, asked)
        kept = await storage(fetch, build=False)
        if kept is None:
            async with self._building:
                kept = await storage(fetch)
        assert kept is not None, "what is built is there"
        return kept


class _Sent(FileResponse):
    """A bundle's file, given back to the shelf when it was sent, or was not."""

    def __init__(self, kept: Kept, release: Callable[[], None], name: str, headers: dict[str, str]) -> None:
        super().__init__(kept.path, media_type=MEDIA_TYPE, filename=name, headers=headers)
        self._release = release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._release)
