"""Engine, transactions, naming convention and portable column types for SQLite and PostgreSQL.

A service function takes a session and never commits; the entry point owns the transaction. SQLite runs in WAL with
foreign keys on and `synchronous=FULL`; a session that may write begins with `BEGIN IMMEDIATE`, so that two writers
queue instead of failing half-way (SQLite, "Write-Ahead Logging", §2.2). PostgreSQL runs through psycopg 3; whole
transactions are retried on 40001 and 40P01 (`transact`), so that the service runs on wire-compatible distributed
engines as well.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, String, create_engine, event
from sqlalchemy import Engine as Engine  # Entry points hold an engine and know nothing else of SQLAlchemy.
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import declared_attr
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session as Session
from sqlmodel import SQLModel

from voting.errors import Conflict, Invalid, StalePrecondition, Unavailable, YishiError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = MetaData(naming_convention=NAMING).naming_convention

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_RETRIED = {"40001", "40P01"}
_ATTEMPTS = 8
_PATIENCE_MS = 2000
"""How long an emptying of SQLite's log waits for those who read an older state."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: `timestamptz` on PostgreSQL, microseconds since 1970 (integer) on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """A big integer where the database has no instant of its own."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive time: it means a different instant on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, got the naive {value!r}")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return _EPOCH + timedelta(microseconds=value) if dialect.name == "sqlite" else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A small JSON document, stored as compact text with sorted keys: the same bytes on both databases."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Sorted keys, no spaces, characters unescaped."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The document as Python values."""
        return None if value is None else json.loads(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Compare as this type."""
        return self


def engine_for(url: str, pool_size: int = 12) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`, configured as the module says."""
    engine = _engine(url, pool_size)
    event.listen(engine, "checkin", _end_transaction)
    return engine


def _engine(url: str, pool_size: int) -> Engine:
    parsed = make_url(url)
    # An error's text ends in a log: it must not carry the values of a statement.
    common: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 0, "hide_parameters": True}
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 30}, **common)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, **common)


def _end_transaction(connection: Any, _record: ConnectionPoolEntry) -> None:
    # After a COMMIT that failed SQLAlchemy holds the transaction for ended; SQLite does not, and the next user of the
    # connection would stand in it. Without a transaction this asks the database nothing.
    if connection is not None:
        connection.rollback()


def _configure_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling is off: `_begin_sqlite` says how each transaction begins.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("yishi_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def empty_log(engine: Engine) -> bool:
    """Let SQLite's write-ahead log end with what it says now: pages as they were before an erasure stand in it until then.

    Whether that was done: somebody who reads an older state keeps it. Other databases have nothing of the kind to do.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:
        return False
    finally:
        # The patience of this session is nobody else's.
        connection.invalidate()
        connection.close()


def reader(engine: Engine) -> Session:
    """A session that only reads: on SQLite it never waits for a writer."""
    return Session(engine.execution_options(yishi_writes=False), expire_on_commit=False)


def writer(engine: Engine) -> Session:
    """A session that may write; on SQLite its transaction holds the write lock from its first statement."""
    return Session(engine, expire_on_commit=False)


def is_retryable(error: BaseException) -> bool:
    """Whether the whole transaction may be run again: serialization failure or deadlock."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRIED


def refusal_of(error: BaseException) -> YishiError | None:
    """What a caller is told of a fault the database found; None when the fault is ours. The order matters: the
    classes of the database's errors overlap."""
    if isinstance(error, StaleDataError):
        return StalePrecondition("precondition_failed")
    if isinstance(error, IntegrityError):
        return Conflict("stored_conflict")
    if isinstance(error, DataError | OverflowError):
        return Invalid((), "value_not_storable")
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout) or is_retryable(error):
        return Unavailable("storage_unavailable", retry_after=1)
    return None


def pause(attempt: int) -> float:
    """Seconds to wait before attempt `attempt` + 1: up to 2^attempt × 5 ms, drawn at random so that rivals part."""
    return secrets.randbelow(1 + (5 << attempt)) / 1000


def transact(engine: Engine, work: Callable[[Session], T]) -> T:
    """Run `work` in one transaction of its own, again from the start when the database asks for it."""
    for attempt in range(_ATTEMPTS):
        try:
            with writer(engine) as session:
                answer = work(session)
                session.commit()
                return answer
        except DBAPIError as error:
            if not is_retryable(error) or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(pause(attempt))
    raise AssertionError("unreachable: the last attempt returns or raises")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A reading session for a `with` block."""
    with reader(engine) as session:
        yield session


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A reading session that sees one state of the database from its first statement to its last."""
    with reader(engine) as session:
        if engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


class Versioned(SQLModel):
    """A row that people edit. `version` rises by one with every UPDATE, and an UPDATE of an older version fails."""

    version: int = 1

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]  # made by SQLModel's metaclass
