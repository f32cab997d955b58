"""The lapser of a process: finds proposals lapsed whose window is over, soon after it is.

Every process looks. Whoever is first holds the row of the proposal and moves it; to any other it has moved already, so that
there is one event. A process that dies in between has moved nothing. Anybody of the community may be faster, by the command.
"""

from __future__ import annotations

import threading
from datetime import datetime

import structlog
from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from voting.clock import Clock
from voting.community.clock import now_in
from voting.community.tables import Community
from voting.core.authority import SYSTEM
from voting.deliberation import proposal_moves
from voting.deliberation.proposal_tables import Proposal
from voting.errors import IllegalMove
from voting.store import reading, transact

PAUSE_SECONDS = 5.0
"""Between two looks. Until then a proposal reads as gathering, with `is_over`, and nothing can be endorsed."""
AT_ONCE = 200

_log = structlog.get_logger(__name__)


def due(session: Session, now: datetime) -> tuple[str, ...]:
    """At most `AT_ONCE` proposals whose window is over by the time of their community, the longest over first."""
    # A demo community's clock runs ahead: all of its proposals are looked at.
    over = or_(col(Proposal.support_until) <= now, col(Community.demo))
    query = (
        select(Proposal.id, Proposal.support_until, Community)
        .join(Community, col(Community.id) == col(Proposal.community_id))
        .where(Proposal.state == "gathering_support", over)
        .order_by(col(Proposal.support_until), col(Proposal.id))
    )
    found = [
        one for one, until, community in session.exec(query) if until is not None and until <= now_in(community, now)
    ]
    return tuple(found[:AT_ONCE])


def lapse(engine: Engine, proposal_id: str, now: datetime) -> bool:
    """Find one proposal lapsed, in a transaction of its own; false where somebody was faster."""
    try:
        transact(engine, lambda session: proposal_moves.give(session, SYSTEM, proposal_id, "lapse", now=now))
    except IllegalMove:
        return False
    return True


class Lapser:
    """Looks again and again, in a thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="lapser", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the proposal in hand."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def turn(self) -> int:
        """Look once; how many proposals were found lapsed. One that fails does not keep the others."""
        now = self._clock()
        with reading(self._engine) as session:
            found = due(session, now)
        lapsed = 0
        for proposal_id in found:
            if self._ended.is_set():
                break
            try:
                lapsed += lapse(self._engine, proposal_id, now)
            except Exception:  # Whatever is wrong with one proposal: the others lapse in time.
                _log.exception("lapse_failed", proposal_id=proposal_id)
        return lapsed

    def _run(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            try:
                self.turn()
            except Exception:  # The database may be away for a while: the next turn looks again.
                _log.exception("lapses_not_looked_at")
