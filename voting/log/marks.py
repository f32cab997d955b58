"""Whether anything has happened to a subject since one looked last, for the price of an index look-up.

A mark is the number of events in a journal: it changes with every state change, whatever the clock of the process that wrote
it. Counts are read from the index alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from voting.ids import first_id
from voting.log.tables import Event

Subject = tuple[str, str]
"""Kind and id, as `journal.record` was given them."""


def of_subjects(session: Session, subjects: Collection[Subject]) -> Mapping[Subject, int]:
    """How many events each subject has, in one statement. A subject without events is absent."""
    if not subjects:
        return {}
    named = tuple_(col(Event.subject_kind), col(Event.subject_id)).in_(sorted(subjects))
    counted = select(Event.subject_kind, Event.subject_id, func.count()).where(named)
    found = session.exec(counted.group_by(col(Event.subject_kind), col(Event.subject_id)))
    return {(kind, identifier): count for kind, identifier, count in found}


def of_community(session: Session, community_id: str, since: datetime) -> int:
    """How many events of a community are newer than `since`, whatever their subject."""
    newer = select(func.count()).where(Event.community_id == community_id, col(Event.id) > first_id("evt", since))
    return session.exec(newer).one()
