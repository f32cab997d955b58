"""The thread of each process that runs the logs which are due: once a second it looks, and sooner when it is told to.

Due are logs with events that wait, with a tree that is not signed, and with commitments whose casting period has ended.
Whatever goes wrong with one log is written to the operator's log and tried again; the others go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from voting.clock import Clock
from voting.log import integration, logs, sequencer
from voting.log.sequencer import Run, Signing
from voting.log.tables import Log
from voting.store import reading

PERIOD = 1.0
COMMITMENTS_EVERY = 5.0
"""Seconds between two looks at the commitments that wait."""

CommunityTime: TypeAlias = Callable[[Session, str, datetime], datetime]
"""(session, community id, instant) → the community's own time."""

_log = logging.getLogger("yishi.log")


class Sequencer:
    """Runs the logs of one database for one process."""

    def __init__(self, engine: Engine, clock: Clock, community_time: CommunityTime, signing: Signing) -> None:
        """Nothing is asked of the database before `start`."""
        self.signing = signing
        self._engine = engine
        self._clock = clock
        self._community_time = community_time
        self._bell = threading.Event()
        self._ending = False
        self._thread: threading.Thread | None = None
        self._looked_at = 0.0

    def start(self) -> None:
        """Begin to look."""
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the log in hand, then end."""
        if self._thread is not None:
            self._ending = True
            self._bell.set()
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """Look now."""
        self._bell.set()

    def flush(self, log_id: str) -> Run:
        """Integrate what is due of one log and sign it before returning. Raises what `sequencer.flush` raises."""
        with reading(self._engine) as session:
            log = logs.get(session, log_id)
            now = self._community_time(session, log.community_id, self._clock())
        return sequencer.flush(self._engine, log_id, now, self.signing)

    def turn(self, *, commitments: bool = True) -> None:
        """Run every log that is due, once."""
        for log_id, now in self._due(commitments):
            if self._ending:
                return
            try:
                sequencer.run_once(self._engine, log_id, now, self.signing)
            except Exception:
                _log.exception("log %s was not sequenced", log_id)

    def _run(self) -> None:
        while True:
            self._bell.wait(PERIOD)
            self._bell.clear()
            if self._ending:
                return
            look = time.monotonic() >= self._looked_at + COMMITMENTS_EVERY
            if look:
                self._looked_at = time.monotonic()
            try:
                self.turn(commitments=look)
            except Exception:
                _log.exception("the logs were not looked at")

    def _due(self, commitments: bool) -> list[tuple[str, datetime]]:
        now = self._clock()
        with reading(self._engine) as session:
            unfinished = or_(col(Log.appended) > col(Log.integrated), col(Log.size) != col(Log.signed_size))
            found = dict(session.exec(select(Log.id, Log.community_id).where(unfinished)).all())
            times = {}
            if commitments:
                for log_id, community_id, first in integration.waiting(session):
                    times[community_id] = self._community_time(session, community_id, now)
                    if first <= times[community_id] + integration.MARGIN:
                        found[log_id] = community_id
            for community_id in set(found.values()) - set(times):
                times[community_id] = self._community_time(session, community_id, now)
        return [(log_id, times[community_id]) for log_id, community_id in found.items()]
