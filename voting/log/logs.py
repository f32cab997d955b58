"""Logs and what is appended to them. The sequencer puts what was appended into the tree, in this order, later.

An event is appended in the transaction of the change it tells of: both happen or neither. The order of a contest's events is
checked here, so that no service can write one that a verifier would refuse.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, text
from sqlmodel import Session

from voting.core.evidence import event_order, events, merkle
from voting.core.evidence.events import Event
from voting.errors import NotFound
from voting.log.tables import Log, LogEvent

_BEGIN = text(
    "INSERT INTO log (id, community_id, kind, cadence, stage, appended, integrated, announced, size, root, signed_size)"
    " VALUES (:id, :community_id, 'community', 0, 'empty', 0, 0, 0, 0, :root, 0) ON CONFLICT (id) DO NOTHING"
)


def create(session: Session, *, log_id: str, community_id: str, kind: str, cadence: int = 0) -> Log:
    """An empty log. `cadence` are the seconds between two batches of commitments, 0 for one batch at the close."""
    log = Log(id=log_id, community_id=community_id, kind=kind, cadence=cadence, root=merkle.EMPTY)
    session.add(log)
    session.flush()
    return log


def of_community(session: Session, community_id: str) -> Log:
    """The journal of a community, its row held; it begins with the first entry."""
    values = {"id": community_id, "community_id": community_id, "root": merkle.EMPTY}
    session.execute(_BEGIN, values)
    return held(session, community_id)


def get(session: Session, log_id: str) -> Log:
    """The log. Raises NotFound."""
    return _found(session.get(Log, log_id), log_id)


def held(session: Session, log_id: str) -> Log:
    """The log, its row held against every other change until the transaction ends. Raises NotFound."""
    return _found(session.get(Log, log_id, with_for_update=True, populate_existing=True), log_id)


def append_event(session: Session, log_id: str, event: Event) -> int:
    """Append an event to a contest's log: its number among the log's events, from 1.

    Raises Invalid when the event is malformed or cannot follow the last one, TooLarge above 65,535 bytes, NotFound
    without a log. Take the rows of the subject before, those of other logs after: that order never deadlocks.
    """
    data = events.encode(event)
    log = held(session, log_id)
    log.stage = event_order.after(log.stage, events.type_of(event))
    return append(session, log, data)


def append(session: Session, log: Log, data: bytes) -> int:
    """Append an entry to a log whose row is held: its number among the log's events, from 1."""
    log.appended += 1
    session.add(LogEvent(log_id=log.id, number=log.appended, data=data))
    session.flush()
    return log.appended


def append_all(session: Session, log: Log, entries: Sequence[bytes]) -> range:
    """Append entries to a log whose row is held, by one statement: their numbers among the log's events."""
    numbers = range(log.appended + 1, log.appended + 1 + len(entries))
    log.appended += len(entries)
    session.flush()
    rows = [{"log_id": log.id, "number": n, "data": data} for n, data in zip(numbers, entries, strict=True)]
    session.execute(insert(LogEvent), rows)
    return numbers


def _found(log: Log | None, log_id: str) -> Log:
    if log is None:
        raise NotFound("log_not_found", id=log_id)
    return log
