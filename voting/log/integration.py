"""The first half of sequencing: what waits becomes part of the tree, in one transaction that holds the log's row.

Commitments stand sorted by value, so that their order says nothing of the order of casting. They are taken when their
casting period has ended, or all of them before an event that ends the casting; other events never bring commitments in
early. A log with cadence 0 takes all of its commitments at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, text
from sqlmodel import Session, col, select

from voting.core.evidence import canonical, event_order, tiles
from voting.log import logs, storage
from voting.log.tables import CastCommitment, Log, LogEvent
from voting.store import Instant

MARGIN = timedelta(seconds=60)
"""A receipt promises its commitment to be in the log this long after the last moment at which it becomes due."""
MOST = 4096
"""Commitments of one transaction: a longer one would keep the voters of a whole city waiting."""
_MOST_EVENTS = 1024

_CLAIM = text(
    "WITH due AS ("
    " SELECT commitment AS value FROM cast_commitment"
    " WHERE contest_id = :log_id AND leaf_index IS NULL AND (:all OR integrate_by <= :until)"
    " ORDER BY commitment LIMIT :most"
    "), placed AS (SELECT value, row_number() OVER (ORDER BY value) - 1 AS rank FROM due)"
    " UPDATE cast_commitment SET leaf_index = :base + placed.rank FROM placed"
    " WHERE cast_commitment.contest_id = :log_id AND cast_commitment.commitment = placed.value"
    " RETURNING commitment"
).bindparams(bindparam("until", type_=Instant))
"""Takes the lowest waiting commitments and numbers them in one statement, the same on both databases."""


@dataclass(frozen=True, slots=True)
class Integrated:
    """How many events and commitments came into the tree, and whether more may wait."""

    events: int
    commitments: int
    more: bool


def integrate(session: Session, log_id: str, now: datetime, most: int = MOST) -> Integrated:
    """Put what waits into the tree; `now` is the time of the log's community. Flushed, not committed.

    At most `most` commitments, unless the log takes all of them at once. To integrate everything within a transaction of
    one's own, call it until there is no more.
    """
    log = logs.held(session, log_id)
    before, last = _events(session, log)
    whole = log.cadence == 0
    limit = most if not whole else 2**62
    taken = _claim(session, log, now, base=log.size + len(before), ends=bool(last), limit=limit)
    complete = len(taken) < limit
    entries = [event.data for event in before] + taken + ([event.data for event in last] if complete else [])
    written = [*before, *(last if complete else [])]
    if entries:
        _grow(session, log, entries)
        _forget(session, log, written)
    more = not complete or log.integrated < log.appended
    return Integrated(len(written), len(taken), more)


def waiting(session: Session) -> tuple[tuple[str, str, datetime], ...]:
    """(log id, community id, the first instant promised) of every log with commitments that wait."""
    query = (
        select(Log.id, Log.community_id, func.min(CastCommitment.integrate_by))
        .join(CastCommitment, col(CastCommitment.contest_id) == col(Log.id))
        .where(col(CastCommitment.leaf_index).is_(None))
        .group_by(col(Log.id), col(Log.community_id))
    )
    return tuple((log_id, community_id, first) for log_id, community_id, first in session.exec(query))


def _events(session: Session, log: Log) -> tuple[Sequence[LogEvent], Sequence[LogEvent]]:
    """The events that wait: those of the casting, and those from its end on.

    They are read before the commitments: whoever ends the casting lets every cast before it commit first.
    """
    query = select(LogEvent).where(LogEvent.log_id == log.id, LogEvent.number > log.integrated)
    waiting = session.exec(query.order_by(col(LogEvent.number)).limit(_MOST_EVENTS)).all()
    if log.kind != "contest":
        return waiting, ()
    ends = (place for place, event in enumerate(waiting) if _type(event.data) in event_order.LAST_OF_CASTING)
    split = next(ends, len(waiting))
    return waiting[:split], waiting[split:]


def _type(entry: bytes) -> str:
    value = canonical.parse(entry)
    assert isinstance(value, dict), "events are objects"
    return str(value["type"])


def _claim(session: Session, log: Log, now: datetime, *, base: int, ends: bool, limit: int) -> list[bytes]:
    """The commitments that come into the tree now, sorted, their places noted."""
    if log.kind != "contest":
        return []
    until = now + MARGIN
    everything = ends or (log.cadence == 0 and _any_due(session, log, until))
    values = {"log_id": log.id, "all": everything, "until": until, "base": base, "most": limit}
    return sorted(bytes(value) for (value,) in session.execute(_CLAIM, values))


def _any_due(session: Session, log: Log, until: datetime) -> bool:
    query = select(CastCommitment.contest_id).where(
        CastCommitment.contest_id == log.id,
        col(CastCommitment.leaf_index).is_(None),
        CastCommitment.integrate_by <= until,
    )
    return session.exec(query.limit(1)).first() is not None


def _grow(session: Session, log: Log, entries: Sequence[bytes]) -> None:
    edge = tiles.edge_of(log.size, storage.reader(session, log.id))
    growth = tiles.grow(edge, entries)
    storage.put(session, log.id, growth.tiles)
    log.size, log.root = growth.edge.size, growth.edge.root()
    session.flush()


def _forget(session: Session, log: Log, written: Sequence[LogEvent]) -> None:
    """The events stand in the tree now; their entries are in its bundles."""
    if not written:
        return
    log.integrated = written[-1].number
    for event in written:
        session.expunge(event)
    session.execute(delete(LogEvent).where(col(LogEvent.log_id) == log.id, col(LogEvent.number) <= log.integrated))
    session.flush()
