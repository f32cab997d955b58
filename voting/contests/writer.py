"""The group-commit writer of ballots, on a connection of its own.

A batch is at most `MOST` ballots of one contest. A transaction that the database refuses (serialization failure,
deadlock, a lost row) is run again from the start; one that fails otherwise is run ballot by ballot, so that a ballot
nobody can write never takes its neighbours down. A batch is signed on the loop, after the commit.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
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
from voting.group_commit import GroupCommit, Waiting
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


class Writer(GroupCommit[Cast, Accepted]):
    """Takes casts from any event loop, writes them in batches on its own thread and connection."""

    def __init__(self, engine: Engine, clock: Clock, sign: Sign | None = None, waiting: int = WAITING) -> None:
        """Without `sign`, ballots are acknowledged without receipts."""
        super().__init__("ballot-writer", most=MOST, enough=ENOUGH, waiting=waiting)
        self.forms = Forms(engine)
        """The forms of the contests this process casts for."""
        self._engine = engine
        self._clock = clock
        self._sign = sign
        self._connection: PoolProxiedConnection | None = None
        self._shared = engine.dialect.name == "postgresql"

    async def cast(self, cast: Cast) -> Accepted:
        """Wait until the ballot is durable in the box. Raises the refusal, or `Unavailable` when too many wait."""
        return await self.ask(cast)

    def serve(self, waiting: Sequence[Waiting[Cast, Accepted]]) -> None:
        """One batch for each contest; a dry run is rolled back, so each has a transaction of its own."""
        for _, group in groupby(sorted(waiting, key=_batch_key), key=_batch_key):
            together = list(group)
            for portion in [[one] for one in together] if together[0].asked.dry_run else [together]:
                self.answer(portion, self._write([one.asked for one in portion]))

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

    def finish(self, asked: Cast, answer: Accepted) -> Accepted:
        """With its receipt."""
        if self._sign is None or asked.dry_run:
            return answer
        receipt = self._sign(asked.contest_id, asked.commitment, answer.integrate_by)
        return Accepted(answer.integrate_by, answer.resent, receipt)

    def end(self) -> None:
        """Let go of the connection."""
        self._disconnect()

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


def _batch_key(waiting: Waiting[Cast, Accepted]) -> tuple[str, bool]:
    return waiting.asked.contest_id, waiting.asked.dry_run
