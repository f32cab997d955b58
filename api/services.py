"""The running parts of one process: made by `create_app`, started and stopped by its lifespan."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from api import watch
from api.bundlery import Bundlery
from api.limits import RateLimit
from api.watch import Topic, Watch
from voting.access.issuers import OutsideIssuers
from voting.access.keys import embedded_issuer
from voting.access.tokens import Issuer
from voting.clock import Clock
from voting.contests import queries, receipts
from voting.contests.bundle_source import Keys
from voting.contests.closer import Closer
from voting.contests.writer import Writer
from voting.core.authority import Principal
from voting.core.evidence import cosignatures
from voting.core.evidence.notes import VerifierKey
from voting.deliberation.comment_writer import CommentWriter
from voting.deliberation.lapsing import Lapser
from voting.deliberation.opinion_shelf import OpinionShelf
from voting.errors import Unavailable
from voting.log import keys as log_keys
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.runner import Sequencer
from voting.log.sequencer import Signing
from voting.settings import Settings
from voting.store import Engine, Session, engine_for, reading

P = ParamSpec("P")
R = TypeVar("R")

KEPT_BACK = 6
"""Connections of the pool that no request may take: those of the two writers, the closer, the lapser, the sequencer and the
readiness probe."""
SWEEP = timedelta(minutes=10)
WOKEN_SHARE = 3
"""Of those who waited and were woken, so many go through the gate together: a third of it."""


@dataclass(slots=True)
class Services:
    """Settings, clock, database, issuers, writer and sequencer, and the gate before the database."""

    settings: Settings
    clock: Clock
    engine: Engine
    issuer: Issuer
    outside: OutsideIssuers
    writer: Writer
    closer: Closer
    comments: CommentWriter
    lapser: Lapser
    sequencer: Sequencer
    bundles: Bundlery
    gate: asyncio.Semaphore
    """At most as many requests as there are connections: no thread ever waits for a connection that is held by a
    request waiting for a thread."""
    limit: RateLimit
    opinions: OpinionShelf = field(default_factory=OpinionShelf)
    watch: Watch = field(init=False)
    """Who waits for what."""
    stopping: bool = False
    _swept_at: datetime | None = None
    _began: datetime = field(init=False)

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Services:
        """The parts for these settings. Nothing is connected or started yet."""
        connections = max(settings.pool_size, KEPT_BACK + 1)
        engine = engine_for(settings.database_url, connections)
        gate = asyncio.Semaphore(connections - KEPT_BACK)
        issuer, outside = embedded_issuer(settings), OutsideIssuers(settings.issuers)
        limit = RateLimit(settings.rate_per_minute)
        writer = Writer(engine, clock, receipts.signer(issuer, settings.public_url))
        signing = Signing(log_keys.of(settings), Guard(settings.log_state_dir))
        sequencer = Sequencer(engine, clock, queries.community_time, signing)
        bundles = Bundlery(engine, Keys(signing.keys, issuer.jwks["keys"]))
        closer = Closer(engine, sequencer.flush)
        comments, lapser = CommentWriter(engine, clock), Lapser(engine, clock)
        parts = (writer, closer, comments, lapser, sequencer, bundles)
        return cls(settings, clock, engine, issuer, outside, *parts, gate, limit)

    def __post_init__(self) -> None:
        """Furnish the seats of those who wait."""
        at_once = max(1, (self.settings.pool_size - KEPT_BACK) // WOKEN_SHARE)
        self.watch = Watch(self._look, self.settings.watch_every_ms / 1000, self.settings.max_waiting, at_once)
        self._began = self.clock()

    def start(self) -> None:
        """Start the threads."""
        self.writer.start()
        self.comments.start()
        self.closer.start()
        self.lapser.start()
        self.sequencer.start()

    def end_waiting(self) -> None:
        """Take no more work, and answer whoever waits: the process was told to stop."""
        self.stopping = True
        self.watch.end()

    def stop(self) -> None:
        """Write what waits, then let the database go."""
        self.end_waiting()
        self.writer.stop()
        self.comments.stop()
        self.closer.stop()
        self.lapser.stop()
        self.sequencer.stop()
        self.bundles.close()
        self.outside.close()
        self.engine.dispose()

    @property
    def log_keys(self) -> LogKeys:
        """What the logs are signed with."""
        return self.sequencer.signing.keys

    @property
    def witnesses(self) -> tuple[VerifierKey, ...]:
        """Whose cosignatures are kept."""
        return tuple(cosignatures.parse_key(text) for text in self.settings.witnesses)

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

    async def _look(self, topics: Collection[Topic]) -> tuple[Mapping[Topic, Hashable], float]:
        def work() -> tuple[Mapping[Topic, Hashable], float]:
            began = time.perf_counter()
            with reading(self.engine) as session:
                found = watch.look(session, topics, self.clock(), self._began)
            return found, time.perf_counter() - began

        return await self.storage(work)

    def reads(
        self, read: Callable[[Session, Principal, str, datetime], R], who: Principal, identifier: str
    ) -> Callable[[], Awaitable[R]]:
        """A reading service as something to await, with a session and a time of its own."""

        def work() -> R:
            with reading(self.engine) as session:
                return read(session, who, identifier, self.clock())

        async def awaited() -> R:
            return await self.storage(work)

        return awaited

    async def storage(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run work that uses one connection, on a thread, through the gate. Never call it from inside the gate."""
        async with self.gate:
            return await run_in_threadpool(work, *args, **kwargs)
