"""Finishing a close: what must happen between the last ballot and the count, one short transaction after the other.

    closed -> box -> participation -> clear -> log -> sign -> scrub -> done

The close itself is one transaction (`voting.contests.moves`): from its commit no ballot enters. Each step after it does its
work and names the next in one transaction of its own that holds the closing's row. A process that dies leaves a step
done or not done; whichever process comes next, in the background or because somebody wants to count, goes on from there.
Two steps are no transactions of ours: to sign the log is the sequencer's, to scrub the files the database's; both may be
done twice without harm. A contest that is annulled while it was open is sealed in the same way, without a word in its log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeAlias

from sqlalchemy import Engine, func
from sqlmodel import Session, col, or_, select

from voting.contests import scrubbing, sealing
from voting.contests.tables import BoxRow, Closing, Contest, PaperBatch, Participation
from voting.core.evidence.events import Closed, SealedSet
from voting.core.evidence.events import Participation as CheckedOff
from voting.log import logs
from voting.log.tables import CastCommitment
from voting.store import reader, transact

SIGN, SCRUB, DONE = "sign", "scrub", "done"
QUICK = timedelta(seconds=5)
"""How long a request waits for steps to begin; what is not done by then is done in the background."""

Flush: TypeAlias = Callable[[str], object]
"""Brings what waits into the log of this id and signs it (`voting.log.runner.Sequencer.flush`)."""


def begin(session: Session, contest: Contest) -> Closing:
    """Fix what was cast, in the transaction that closes the box."""
    listed = Participation.contest_id == contest.id, col(Participation.channel).is_not(None)
    checked = session.exec(select(func.count()).select_from(Participation).where(*listed)).one()
    boxed = session.exec(select(func.count()).select_from(BoxRow).where(BoxRow.contest_id == contest.id)).one()
    entered = PaperBatch.contest_id == contest.id, PaperBatch.state == "entered"
    paper = sum(count or 0 for count in session.exec(select(PaperBatch.count).where(*entered)))
    row = Closing(
        contest_id=contest.id,
        community_id=contest.community_id,
        step=STEPS[0],
        checked=checked,
        online=boxed - paper,
        paper=paper,
    )
    session.add(row)
    session.flush()
    return row


def advance(session: Session, contest_id: str) -> str:
    """Do the next step if it is a transaction. What is to be done then; `DONE` also where nothing is being closed."""
    row = _held(session, contest_id)
    if row is None:
        return DONE
    work = _WORK.get(row.step)
    if work is not None:
        work(session, row)
        _passed(session, row)
    return row.step


def note_signed(session: Session, contest_id: str) -> None:
    """Keep the tree whose last entry is `closed`, once it stands in the log, and go on. Nothing may follow it before."""
    row = _held(session, contest_id)
    if row is None or row.step != SIGN:
        return
    log = logs.held(session, contest_id)
    if log.stage == "closed":
        assert log.integrated == log.appended, "the log has been flushed"
        row.log_size, row.log_root = log.size, log.root
    _passed(session, row)


def note_storage(session: Session, contest_id: str, parts: Mapping[str, str]) -> None:
    """Keep what the scrubbing came to, and go on: who may read the files is the operator's, the count is not kept waiting."""
    row = _held(session, contest_id)
    if row is None:
        return
    row.storage, row.scrubbed = dict(parts), not scrubbing.is_passing(parts)
    if row.step == SCRUB:
        _passed(session, row)
    session.flush()


def finish(engine: Engine, contest_id: str, flush: Flush, within: timedelta | None = None) -> bool:
    """Do every step that is left, beginning none after `within`. Whether all is done."""
    until = None if within is None else time.monotonic() + within.total_seconds()
    while True:
        step = transact(engine, lambda session: advance(session, contest_id))
        if step == DONE:
            return True
        if step == SIGN:
            flush(contest_id)
            transact(engine, lambda session: note_signed(session, contest_id))
        if step == SCRUB:
            _scrub(engine, [contest_id])
        if until is not None and time.monotonic() >= until:
            return False


def tidy(engine: Engine, flush: Flush) -> None:
    """Finish every closing of the database that is not, and scrub again where that was not possible before."""
    with reader(engine) as session:
        unfinished = or_(col(Closing.step) != DONE, ~col(Closing.scrubbed))
        waiting = session.exec(select(Closing.contest_id, Closing.step).where(unfinished)).all()
    for contest_id, step in waiting:
        if step != DONE:
            finish(engine, contest_id, flush)
    again = [contest_id for contest_id, step in waiting if step == DONE]
    if again:
        _scrub(engine, again)


def _seal_box(session: Session, row: Closing) -> None:
    row.box_root = sealing.box(session, row.contest_id)


def _seal_participation(session: Session, row: Closing) -> None:
    row.participation = sealing.participation(session, row.contest_id)


def _clear(session: Session, row: Closing) -> None:
    sealing.clear(session, row.contest_id)


def _log(session: Session, row: Closing) -> None:
    contest = session.get_one(Contest, row.contest_id, with_for_update=True)
    if contest.state == "annulled":
        return
    assert contest.closed_at is not None, "it is being closed"
    assert row.box_root is not None, "the box is sealed"
    assert row.participation is not None, "the participation is sealed"
    cast = select(func.count()).select_from(CastCommitment).where(CastCommitment.contest_id == contest.id)
    event = Closed(
        at=contest.closed_at,
        box=SealedSet(row.box_root, row.box_size),
        online=row.online,
        paper=row.paper,
        commitments=session.exec(cast).one(),
        participation=CheckedOff(row.checked, row.participation),
    )
    logs.append_event(session, contest.id, event)


_WORK: Mapping[str, Callable[[Session, Closing], None]] = {
    "box": _seal_box,
    "participation": _seal_participation,
    "clear": _clear,
    "log": _log,
}
STEPS = (*_WORK, SIGN, SCRUB, DONE)
"""What is done, in this order."""


def _scrub(engine: Engine, contest_ids: list[str]) -> None:
    parts = scrubbing.scrub(engine)
    for contest_id in contest_ids:
        transact(engine, lambda session, one=contest_id: note_storage(session, one, parts))  # type: ignore[misc]  # one a turn


def _held(session: Session, contest_id: str) -> Closing | None:
    return session.get(Closing, contest_id, with_for_update=True, populate_existing=True)


def _passed(session: Session, row: Closing) -> None:
    row.step = STEPS[STEPS.index(row.step) + 1]
    session.flush()
