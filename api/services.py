"""The running parts of one process: made by `create_app`, started and stopped by its lifespan."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from api.limits import RateLimit
from voting.access.issuers import OutsideIssuers
from voting.access.keys import embedded_issuer
from voting.access.tokens import Issuer
from voting.clock import Clock
from voting.contests import receipts
from voting.contests.closer import Closer
from voting.contests.writer import Writer
from voting.errors import Unavailable
from voting.settings import Settings
from voting.store import Engine, engine_for, reading

P = ParamSpec("P")
R = TypeVar("R")

KEPT_BACK = 3
"""Connections of the pool that no request may take: the ballot writer's, the closer's and the readiness probe's."""
SWEEP = timedelta(minutes=10)


@dataclass(slots=True)
class Services:
    """Settings, clock, database, issuers and writer, and the gate before the database."""

    settings: Settings
    clock: Clock
    engine: Engine
    issuer: Issuer
    outside: OutsideIssuers
    writer: Writer
    closer: Closer
    gate: asyncio.Semaphore
    """At most as many requests as there are connections: no thread ever waits for a connection that is held by a
    request waiting for a thread."""
    limit: RateLimit
    stopping: bool = False
    _swept_at: datetime | None = None

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Services:
        """The parts for these settings. Nothing is connected or started yet."""
        connections = max(settings.pool_size, KEPT_BACK + 1)
        engine = engine_for(settings.database_url, connections)
        gate = asyncio.Semaphore(connections - KEPT_BACK)
        issuer, outside = embedded_issuer(settings), OutsideIssuers(settings.issuers)
        limit = RateLimit(settings.rate_per_minute)
        writer = Writer(engine, clock, receipts.signer(issuer, settings.public_url))
        return cls(settings, clock, engine, issuer, outside, writer, Closer(engine), gate, limit)

    def start(self) -> None:
        """Start the threads."""
        self.writer.start()
        self.closer.start()

    def stop(self) -> None:
        """Write what waits, then let the database go."""
        self.stopping = True
        self.writer.stop()
        self.closer.stop()
        self.outside.close()
        self.engine.dispose()

    def ping(self) -> None:
        """Ask the database for nothing. Raises Unavailable when it does not answer."""
        try:
            with reading(self.engine) as session:
                session.connection()
        except Exception as error:
            raise Unavailable("storage_unavailable", retry_after=5) from error

    def sweeps(self, now: datetime) -> bool:
        """Whether it is time to forget old idempotent answers: once in a while per process."""
        if self._swept_at is not None and now < self._swept_at + SWEEP:
            return False
        self._swept_at = now
        return True

    async def storage(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run work that uses one connection, on a thread, through the gate. Never call it from inside the gate."""
        async with self.gate:
            return await run_in_threadpool(work, *args, **kwargs)
