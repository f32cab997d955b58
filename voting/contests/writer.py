"""The group-commit writer: one thread of this process that takes whatever waits and writes it in one transaction.

Casts wait in a queue without a timer: while one transaction is made durable, the next batch gathers, and the writer is
woken when a turn of the event loop has brought no further ballot, or when enough wait: a transaction costs more than a
ballot. A batch is at most `MOST` ballots of one contest; its answers leave only after the commit. A transaction that the
database refuses (serialization failure, deadlock, a lost row) is run again from the start; one that fails otherwise is
run ballot by ballot, so that a ballot nobody can write never takes its neighbours down. When the queue is full the
caller is told when to come back.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from voting.clock import Clock
from voting.contests import batch
from voting.contests.batch import Accepted, Cast, Clash, Lost
from voting.contests.casting import Forms
from voting.contests.receipts import Sign
from voting.contests.statements import Statements
from voting.errors import Unavailable
from voting.store import pause

__all__ = ["MOST", "Accepted", "Cast", "Writer"]

MOST = 256
ENOUGH = 24
WAITING = 8192
_ATTEMPTS = 8
_RETRIED = ("40001", "40P01")
_PASSING = (
    DBAPIError,
    PoolTimeout,
    sqlite3.OperationalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
"""Faults of the connection or the server: the toolkit's (to connect) and the driver's (everything after)."""

Answer = Accepted | BaseException


@dataclass(frozen=True, slots=True)
class _Waiting:
    cast: Cast
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Accepted]


class Writer:
    """Takes casts from any event loop, writes them in batches on its own thread and connection."""

    def __init__(self, engine: Engine, clock: Clock, sign: Sign | None = None, waiting: int = WAITING) -> None:
        """Without `sign`, ballots are acknowledged without receipts."""
        self.forms = Forms(engine)
        """The forms of the contests this process casts for."""
        self._engine = engine
        self._clock = clock
        self._sign = sign
        self._most_waiting = waiting
        self._waiting: deque[_Waiting] = deque()
        self._bell: queue.SimpleQueue[bool] = queue.SimpleQueue()
        """Rung with True when there is work, with False to end."""
        self._turning: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connection: PoolProxiedConnection | None = None
        self._shared = engine.dialect.name == "postgresql"

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._run, name="ballot-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        if self._thread is not None:
            self._bell.put(False)
            self._thread.join()
            self._thread = None

    async def cast(self, cast: Cast) -> Accepted:
        """Wait until the ballot is durable in the box. Raises the refusal, or `Unavailable` when too many wait."""
        if len(self._waiting) >= self._most_waiting or self._thread is None:
            raise Unavailable("writer_busy", retry_after=1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Accepted] = loop.create_future()
        self._waiting.append(_Waiting(cast, loop, future))
        if self._turning is not loop:
            self._turning = loop
            loop.call_soon(self._turn, loop, 0)
        return await future

    def _turn(self, loop: asyncio.AbstractEventLoop, before: int) -> None:
        """One turn of the loop later: ring, unless the turn brought more ballots and not yet enough."""
        waiting = len(self._waiting)
        if before < waiting < ENOUGH:
            loop.call_soon(self._turn, loop, waiting)
            return
        self._turning = None
        self._bell.put(True)

    def _run(self) -> None:
        while self._bell.get():
            self._drain()
        self._drain()
        self._disconnect()

    def _drain(self) -> None:
        while self._waiting:
            self._serve([self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))])

    def _serve(self, waiting: Sequence[_Waiting]) -> None:
        for _, group in groupby(sorted(waiting, key=_batch_key), key=_batch_key):
            together = list(group)
            for portion in [[one] for one in together] if together[0].cast.dry_run else [together]:
                self._answer(portion, self._write([one.cast for one in portion]))

    def _write(self, casts: Sequence[Cast]) -> Sequence[Answer]:
        try:
            return self._persist(casts)
        except (*_PASSING, Unavailable):
            # Whether the ballots were written, a resend will find out: its receipt is the same.
            self._disconnect()
            return [Unavailable("storage_unavailable", retry_after=1) for _ in casts]
        except Exception as error:
            if len(casts) == 1:
                return [error]
        return [answer for cast in casts for answer in self._write([cast])]

    def _persist(self, casts: Sequence[Cast]) -> Sequence[Answer]:
        careful = False
        for attempt in range(_ATTEMPTS):
            try:
                return self._transact(casts, careful)
            except Clash:
                careful = True
            except Exception as error:
                if not _may_succeed_again(error):
                    raise
                time.sleep(pause(attempt))
        raise Unavailable("writer_busy", retry_after=1)

    def _transact(self, casts: Sequence[Cast], careful: bool) -> Sequence[Answer]:
        connection = self._connected()
        cursor = connection.cursor()
        try:
            if not self._shared:
                cursor.execute("BEGIN IMMEDIATE")
            statements = Statements(cursor, self._engine.dialect, casts[0].contest_id)
            outcomes = batch.write(statements, casts, self._clock, careful)
            if casts[0].dry_run:
                connection.rollback()
            else:
                connection.commit()
        except BaseException:
            connection.rollback()
            raise
        finally:
            cursor.close()
        return outcomes

    def _answer(self, waiting: Iterable[_Waiting], answers: Sequence[Answer]) -> None:
        """Hand every answer to the loop that waits for it: one wake-up per loop."""
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, Answer]]] = {}
        for one, answer in zip(waiting, answers, strict=True):
            by_loop.setdefault(one.loop, []).append((one, answer))
        for loop, answered in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._settle, answered)

    def _settle(self, answered: Iterable[tuple[_Waiting, Answer]]) -> None:
        """On the loop, after the commit. A batch is signed in one go: one signature after the other costs half as much."""
        for waiting, answer in answered:
            if waiting.future.done():
                continue
            try:
                if not isinstance(answer, Accepted):
                    raise answer
                waiting.future.set_result(self._receipted(waiting.cast, answer))
            except BaseException as error:
                waiting.future.set_exception(error)

    def _receipted(self, cast: Cast, accepted: Accepted) -> Accepted:
        if self._sign is None or cast.dry_run:
            return accepted
        receipt = self._sign(cast.contest_id, cast.commitment, accepted.integrate_by)
        return Accepted(accepted.integrate_by, accepted.resent, receipt)

    def _connected(self) -> PoolProxiedConnection:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _may_succeed_again(error: Exception) -> bool:
    """A row lost to another writer, a key taken at this moment, a serialization failure or a deadlock."""
    if isinstance(error, Lost | sqlite3.IntegrityError | psycopg.IntegrityError):
        return True
    return getattr(error, "sqlstate", None) in _RETRIED


def _batch_key(waiting: _Waiting) -> tuple[str, bool]:
    return waiting.cast.contest_id, waiting.cast.dry_run
