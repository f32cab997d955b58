"""Finishing a close: what must happen between the last ballot and the count, one short transaction after the other.

    closed -> box -> participation -> clear -> scrub -> done

The close itself is one transaction (`voting.contests.moves`): from its commit no ballot enters. Each step after it does its
work and names the next in one transaction of its own that holds the closing's row. A process that dies leaves a step
done or not done; whichever process comes next, in the background or because somebody wants to count, goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Engine, func
from sqlmodel import Session, col, or_, select

from voting.contests import scrubbing, sealing
from voting.contests.tables import BoxRow, Closing, Contest, Participation
from voting.store import reader, transact

SCRUB, DONE = "scrub", "done"


def _seal_box(session: Session, row: Closing) -> None:
    row.box_root = sealing.box(session, row.contest_id)


def _seal_participation(session: Session, row: Closing) -> None:
    row.participation = sealing.participation(session, row.contest_id)


def _clear(session: Session, row: Closing) -> None:
    sealing.clear(session, row.contest_id)


_WORK: Mapping[str, Callable[[Session, Closing], None]] = {
    "box": _seal_box,
    "participation": _seal_participation,
    "clear": _clear,
}
STEPS = (*_WORK, SCRUB, DONE)
"""What is done, in this order. All but the scrubbing are transactions."""

QUICK = timedelta(seconds=5)
"""How long a request waits for steps to begin; what is not done by then is done in the background."""


def begin(session: Session, contest: Contest) -> Closing:
    """Fix what was cast, in the transaction that closes the box."""
    listed = Participation.contest_id == contest.id, col(Participation.channel).is_not(None)
    checked = session.exec(select(func.count()).select_from(Participation).where(*listed)).one()
    online = session.exec(select(func.count()).select_from(BoxRow).where(BoxRow.contest_id == contest.id)).one()
    row = Closing(
        contest_id=contest.id,
        community_id=contest.community_id,
        step=STEPS[0],
        checked=checked,
        online=online,
        paper=0,
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


def note_storage(session: Session, contest_id: str, parts: Mapping[str, str]) -> None:
    """Keep what the scrubbing came to, and go on: who may read the files is the operator's, the count is not kept waiting."""
    row = _held(session, contest_id)
    if row is None:
        return
    row.storage, row.scrubbed = dict(parts), not scrubbing.is_passing(parts)
    if row.step == SCRUB:
        _passed(session, row)
    session.flush()


def finish(engine: Engine, contest_id: str, within: timedelta | None = None) -> bool:
    """Do every step that is left, beginning none after `within`. Whether all is done."""
    until = None if within is None else time.monotonic() + within.total_seconds()
    while True:
        step = transact(engine, lambda session: advance(session, contest_id))
        if step == DONE:
            return True
        if step == SCRUB:
            _scrub(engine, contest_id)
        if until is not None and time.monotonic() >= until:
            return False


def tidy(engine: Engine) -> None:
    """Finish every closing of the database that is not, and scrub again where that was not possible before."""
    with reader(engine) as session:
        waiting = session.exec(
            select(Closing.contest_id).where(or_(Closing.step != DONE, ~col(Closing.scrubbed)))
        ).all()
    for contest_id in waiting:
        finish(engine, contest_id)
    if waiting:
        _scrub_again(engine)


def is_finished(session: Session, contest_id: str) -> bool:
    """Whether the contest is closed and every step done."""
    row = session.get(Closing, contest_id)
    return row is not None and row.step == DONE


def _scrub(engine: Engine, contest_id: str) -> None:
    parts = scrubbing.scrub(engine)
    transact(engine, lambda session: note_storage(session, contest_id, parts))


def _scrub_again(engine: Engine) -> None:
    with reader(engine) as session:
        waiting = session.exec(select(Closing.contest_id).where(~col(Closing.scrubbed))).all()
    if waiting:
        parts = scrubbing.scrub(engine)
        for contest_id in waiting:
            transact(engine, lambda session, one=contest_id: note_storage(session, one, parts))  # type: ignore[misc]  # one per turn


def _held(session: Session, contest_id: str) -> Closing | None:
    return session.get(Closing, contest_id, with_for_update=True, populate_existing=True)


def _passed(session: Session, row: Closing) -> None:
    row.step = STEPS[STEPS.index(row.step) + 1]
    session.flush()
