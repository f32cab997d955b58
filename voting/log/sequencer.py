"""The sequencer: what waits comes into the tree, then the tree is signed. Any process may run it, one at a time per log.

The two halves are transactions of their own. (a) Integration (`voting.log.integration`) moves size and root. (b) Signing holds
the row, compares the tree with the last one signed (as the database and as the guard know it), writes the guard and stores
the checkpoint. A crash between any two steps leaves a log that the next run completes: integration is all or nothing, and
signing the same tree again gives the same bytes. The lease only saves work; what keeps the log straight is the row, held.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, Engine, or_, update
from sqlmodel import Session, col

from voting.core.evidence import tiles
from voting.core.evidence.checkpoints import Checkpoint
from voting.errors import Conflict, Unavailable
from voting.log import logs, publication, storage
from voting.log.guard import Guard
from voting.log.integration import MOST, integrate
from voting.log.keys import LogKeys
from voting.log.tables import Log
from voting.store import reading, transact

LEASE = timedelta(seconds=10)
PATIENCE = 30.0
"""Seconds that `flush` waits for whoever runs the log already."""

Steps: TypeAlias = Callable[[str], None]
"""Called with the name of each step as it is done."""


def _silent(step: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did: entries that came into the tree, and the tree that is signed now."""

    integrated: int
    signed_size: int


@dataclass(frozen=True, slots=True)
class Signing:
    """What signing needs: the keys, and the guard of this machine."""

    keys: LogKeys
    guard: Guard


def run_once(
    engine: Engine, log_id: str, now: datetime, signing: Signing, steps: Steps = _silent, most: int = MOST
) -> Run | None:
    """Integrate what is due at `now` (the community's time) and sign. Nothing when another process runs this log.

    Raises Conflict when the tree does not extend the last one signed: then nothing is integrated and nothing signed.
    """
    lease = _Lease(engine, log_id, now)
    if not lease.take():
        return None
    steps("leased")
    try:
        integrated, more = 0, True
        while more:
            done = transact(engine, lambda session: _integrate(session, log_id, now, signing, steps, most))
            steps("committed")
            integrated, more = integrated + done[0], done[1]
            lease.take()
        signed = transact(engine, lambda session: sign(session, log_id, now, signing, steps))
        steps("stored")
        return Run(integrated, signed)
    finally:
        lease.release()


def flush(
    engine: Engine, log_id: str, now: datetime, signing: Signing, steps: Steps = _silent, patience: float = PATIENCE
) -> Run:
    """Integrate and sign now, waiting for whoever runs the log already. Raises Unavailable when that takes too long.

    Raises NotFound without a log, Conflict as `run_once`.
    """
    with reading(engine) as session:
        logs.get(session, log_id)
    until = time.monotonic() + patience
    while (done := run_once(engine, log_id, now, signing, steps)) is None:
        if time.monotonic() > until:
            raise Unavailable("log_busy", retry_after=5)
        time.sleep(0.05)
    return done


def sign(session: Session, log_id: str, now: datetime, signing: Signing, steps: Steps = _silent) -> int:
    """Sign the tree as it stands, if it is not signed yet: its size. Flushed, not committed.

    What a contest's log then says is announced in the community's journal.
    """
    log = logs.held(session, log_id)
    if log.checkpoint is not None and (log.size, log.root) == (log.signed_size, log.signed_root):
        return log.signed_size
    require_extension(session, log, signing.guard)
    log.origin = log.origin or signing.keys.origin(log.kind, log.id)
    checkpoint = Checkpoint(log.origin, log.size, log.root)
    steps("checked")
    signing.guard.write(log.id, checkpoint)
    steps("guarded")
    log.checkpoint = checkpoint.signed(signing.keys.signer(log.origin)).data
    log.signed_size, log.signed_root = log.size, log.root
    session.flush()
    publication.announce(session, log, now)
    steps("signed")
    return log.signed_size


def require_extension(session: Session, log: Log, guard: Guard) -> None:
    """Raise Conflict unless the stored tree has its root and extends every tree known to be signed."""
    known = [(log.size, log.root)]
    if log.signed_root is not None:
        known.append((log.signed_size, log.signed_root))
    guarded = guard.read(log.id)
    if guarded is not None:
        known.append((guarded.size, guarded.root))
    read = storage.reader(session, log.id)
    for size, root in known:
        if size > log.size:
            raise Conflict("log_went_back", id=log.id, size=log.size, signed=size)
        if tiles.root(size, read) != root:
            raise Conflict("log_differs", id=log.id, size=size)


def _integrate(
    session: Session, log_id: str, now: datetime, signing: Signing, steps: Steps, most: int
) -> tuple[int, bool]:
    require_extension(session, logs.held(session, log_id), signing.guard)
    done = integrate(session, log_id, now, most)
    steps("integrated")
    return done.events + done.commitments, done.more


class _Lease:
    """Says which run has the log. It ends by itself when a process dies."""

    def __init__(self, engine: Engine, log_id: str, now: datetime) -> None:
        self._engine = engine
        self._log_id = log_id
        self._holder = secrets.token_hex(8)
        self._now = now
        self._begun = time.monotonic()

    def take(self) -> bool:
        """Take the lease, or hold it for longer: whether it is ours."""
        now = self._now + timedelta(seconds=time.monotonic() - self._begun)
        free = or_(col(Log.lease_holder).is_(None), col(Log.lease_holder) == self._holder, col(Log.lease_until) <= now)
        return self._write(free, self._holder, now + LEASE)

    def release(self) -> None:
        """Let the next run begin at once."""
        self._write(col(Log.lease_holder) == self._holder, None, None)

    def _write(self, condition: ColumnElement[bool], holder: str | None, until: datetime | None) -> bool:
        statement = update(Log).where(col(Log.id) == self._log_id, condition)
        changed = statement.values(lease_holder=holder, lease_until=until).returning(col(Log.id))
        return transact(self._engine, lambda session: session.execute(changed).first() is not None)
