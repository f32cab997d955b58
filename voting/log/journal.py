"""What happened: one typed event for each state change, written in the transaction of the change, read by subject.

The table is append-only (triggers of both databases). An event names ids, states and figures that are public by rule;
never a name, a phone number, a ranking or a ballot. A change of state that is public whoever made it becomes an entry of the
community's journal as well, in the same transaction: `voting.log.publication`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from voting.ids import timed_id
from voting.log import publication
from voting.log.tables import Event

_COLUMNS = tuple(Event.model_fields)

EventFact = str | int | bool | Sequence[str] | None


def record(
    session: Session,
    *,
    community_id: str,
    subject_kind: str,
    subject_id: str,
    kind: str,
    actor_id: str,
    now: datetime,
    from_state: str | None = None,
    to_state: str | None = None,
    reason: str | None = None,
    text: bytes | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> Event:
    """Write that `actor_id` did `kind` (past tense) to the subject at `now`. Flushed, not committed.

    `text` is the salted hash (`voting.core.evidence.journal_entries.text_hash`) of what was written: the text itself and its
    salt lie with the subject, where they can be erased, and never here.
    Hold the subject's row, and append to its own log, before: a public event holds the community's journal from here on.
    """
    event = made(
        community_id=community_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        kind=kind,
        actor_id=actor_id,
        now=now,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        text=text,
        facts=facts,
    )
    session.add(event)
    session.flush()
    if publication.is_public(event):
        publication.publish(session, event)
    return event


def made(
    *,
    community_id: str,
    subject_kind: str,
    subject_id: str,
    kind: str,
    actor_id: str,
    now: datetime,
    from_state: str | None = None,
    to_state: str | None = None,
    reason: str | None = None,
    text: bytes | None = None,
    facts: Mapping[str, EventFact] | None = None,
) -> Event:
    """An event as `record` writes it, for `record_all`."""
    return Event(
        id=timed_id("evt", now),
        community_id=community_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
        actor_id=actor_id,
        at=now,
        reason=reason,
        facts=dict(facts or {}) | ({} if text is None else {"text": text.hex()}),
    )


def record_all(session: Session, events: Sequence[Event]) -> None:
    """Write many events, as `made`, by one statement; the public ones become entries together."""
    session.flush()
    session.execute(insert(Event), [{name: getattr(event, name) for name in _COLUMNS} for event in events])
    publication.publish_all(session, [event for event in events if publication.is_public(event)])


def of(
    session: Session, subject_kind: str, subject_id: str, after: str | None = None, limit: int = 50
) -> tuple[Event, ...]:
    """At most `limit` events of one subject, oldest first, those behind the event id `after` (a keyset, not a count)."""
    query = select(Event).where(Event.subject_kind == subject_kind, Event.subject_id == subject_id)
    if after is not None:
        query = query.where(col(Event.id) > after)
    return tuple(session.exec(query.order_by(col(Event.id)).limit(limit)))
