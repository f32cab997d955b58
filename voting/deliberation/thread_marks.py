"""How often what a thread shows has changed: a number that rises, for those who wait at it.

Whoever changes what is shown stirs the thread in the same transaction, before the journal is told: the row of a thread is
held before the journal of its community, by everybody. What is not shown yet, or never, stirs nothing, and neither does a
reaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from voting.core import authority
from voting.core.authority import Principal
from voting.deliberation import candidacies, comment_subjects
from voting.deliberation.comment_tables import Comment, ThreadMark

_STIR = text(
    "INSERT INTO thread_mark (thread, community_id, changes) VALUES (:thread, :community_id, 1)"
    " ON CONFLICT (thread) DO UPDATE SET changes = thread_mark.changes + 1"
)


@dataclass(frozen=True, slots=True)
class ThreadStanding:
    """A thread at one moment, as everybody of its community may know it. `key` is `kind:id`."""

    key: str
    changes: int


def stir(session: Session, community_id: str, keys: Collection[str]) -> None:
    """What these threads of one community show is about to change."""
    for key in sorted(set(keys)):
        session.execute(_STIR, {"thread": key, "community_id": community_id})


def stir_by(session: Session, thing: object) -> None:
    """A thing changes. Of a comment that has never been shown nobody hears: it stands nowhere. What is no comment stands in no
    thread."""
    if isinstance(thing, Comment) and thing.branch is not None:
        stir(session, thing.community_id, [thing.thread])


def of(session: Session, keys: Collection[str]) -> Mapping[str, ThreadStanding]:
    """The threads of these keys, whether anything was said there or not, by one statement."""
    if not keys:
        return {}
    kept = {key: candidacies.addresses(key) for key in keys}
    wanted = sorted({one for some in kept.values() for one in some})
    marks = select(ThreadMark.thread, ThreadMark.changes).where(col(ThreadMark.thread).in_(wanted))
    changes = dict(session.exec(marks).all())
    return {key: ThreadStanding(key, sum(changes.get(one, 0) for one in some)) for key, some in kept.items()}


def read(session: Session, principal: Principal, key: str, now: datetime) -> ThreadStanding:
    """One thread, if the caller may read it."""
    thread = comment_subjects.of_key(session, principal, key, now)
    authority.require(principal, "comment.read", thread.subject())
    return of(session, [key])[key]
