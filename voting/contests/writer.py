"""The group-commit writer: one thread of this process that takes whatever waits and writes it in one transaction.

Casts wait in a queue without a timer: while one transaction is made durable, the next batch gathers. A batch is at most
`MOST` ballots of one contest; its answers leave only after the commit. A transaction that the database refuses (serialization
failure, deadlock, a lost row) is run again from the start; one that fails otherwise is run ballot by ballot, so that a
ballot nobody can write never takes its neighbours down. When the queue is full the caller is told when to come back.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
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
from voting.contests.statements import Statements
from voting.errors import Unavailable
from voting.store import pause

__all__ = ["MOST", "Accepted", "Cast", "Writer"]

MOST = 256
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

    def __init__(self, engine: Engine, clock: Clock, waiting: int = WAITING) -> None:
        self.forms = Forms(engine)
        """The forms of the contests this process casts for."""
        self._engine = engine
        self._clock = clock
        self._most_waiting = waiting
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
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
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    async def cast(self, cast: Cast) -> Accepted:
        """Wait until the ballot is durable in the box. Raises the refusal, or `Unavailable` when too many wait."""
        if self._queue.qsize() >= self._most_waiting or self._thread is None:
            raise Unavailable("writer_busy", retry_after=1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Accepted] = loop.create_future()
        self._queue.put(_Waiting(cast, loop, future))
        return await future

    def _run(self) -> None:
        running = True
        while running:
            taken = [self._queue.get()]
            while len(taken) < MOST and not self._queue.empty():
                taken.append(self._queue.get())
            running = None not in taken
            self._serve([waiting for waiting in taken if waiting is not None])
        self._disconnect()

    def _serve(self, waiting: Sequence[_Waiting]) -> None:
        for _, group in groupby(sorted(waiting, key=_batch_key), key=_batch_key):
            together = list(group)
            for portion in [[one] for one in together] if together[0].cast.dry_run else [together]:
                _answer(portion, self._write([one.cast for one in portion]))

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


def _answer(waiting: Iterable[_Waiting], answers: Sequence[Answer]) -> None:
    """Hand every answer to the loop that waits for it: one wake-up per loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Accepted], Answer]]] = {}
    for one, answer in zip(waiting, answers, strict=True):
        by_loop.setdefault(one.loop, []).append((one.future, answer))
    for loop, pairs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, pairs)


def _settle(pairs: Iterable[tuple[asyncio.Future[Accepted], Answer]]) -> None:
    for future, answer in pairs:
        if future.done():
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
