"""The closer of a process: closes a box and finishes what can be finished at once, and in the background whatever is left."""

from __future__ import annotations

import threading
from datetime import datetime

import structlog
from sqlalchemy import Engine

from voting.contests import closing, moves, queries
from voting.contests.closing import Flush
from voting.contests.queries import View
from voting.core.authority import Principal
from voting.store import reading, transact, writer

PAUSE_SECONDS = 3.0
"""Between two looks at what was left unfinished, by this process or by one that died."""

_log = structlog.get_logger(__name__)


class Closer:
    """Owns its transactions: a close and each step behind it are durable one after the other."""

    def __init__(self, engine: Engine, flush: Flush) -> None:
        self._engine = engine
        self._flush = flush
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look after closings."""
        self._thread = threading.Thread(target=self._run, name="closer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step in hand."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self, principal: Principal, contest_id: str, *, now: datetime, dry_run: bool = False) -> View:
        """Close the box. When the answer comes the rest is done too, unless it takes long: then it goes on behind."""
        if dry_run:
            with writer(self._engine) as session:
                return queries.view(session, principal, moves.close(session, principal, contest_id, now=now))
        transact(self._engine, lambda session: moves.close(session, principal, contest_id, now=now))
        self.finish(contest_id)
        with reading(self._engine) as session:
            return queries.view(session, principal, queries.load(session, principal, contest_id, now))

    def finish_for(self, principal: Principal, contest_id: str, *, now: datetime, dry_run: bool = False) -> None:
        """Finish the closing for somebody who wants to count: nobody else's request starts it, and a dry run does not."""
        with reading(self._engine) as session:
            queries.load(session, principal, contest_id, now, "contest.count")
        if not dry_run:
            self.finish(contest_id)

    def finish(self, contest_id: str) -> None:
        """Finish the closing of a contest as far as a request may wait for it."""
        try:
            closing.finish(self._engine, contest_id, self._flush, closing.QUICK)
        except Exception:
            # The close itself is durable; the background will meet the same fault, or no fault any more.
            _log.exception("closing_interrupted", contest_id=contest_id)

    def _run(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            try:
                closing.tidy(self._engine, self._flush)
            except Exception:
                _log.exception("closing_interrupted")
