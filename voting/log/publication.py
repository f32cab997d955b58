"""The community's journal: every public change of state, in the order it was made, and the contest logs as they were signed.

What is public follows from the thing and the state it came to, never from who moved it. The journal is a log like any other:
signed, witnessed, read as tiles. Actor and reason stand in it as salted hashes; the salts lie in a table of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, col, select

from voting.core.evidence import journal_entries
from voting.core.evidence.hashes import SIZE
from voting.core.evidence.journal_entries import About, ContestLog, Moved
from voting.log import logs
from voting.log.tables import Event, JournalSalt, Log

PUBLIC: Mapping[str, frozenset[str]] = {
    "bylaws": frozenset({"laid_down"}),
    "calendar": frozenset({"laid_down"}),
    "roll": frozenset({"displayed", "objections_closed", "corrected", "sealed", "superseded"}),
    "contest": frozenset(
        {
            "noticed",
            "open",
            "closed",
            "counted",
            "inconclusive",
            "provisional",
            "challenged",
            "recounted",
            "certified",
            "annulled",
        }
    ),
    "proposal": frozenset(
        {
            *("published", "gathering_support", "qualified", "lapsed", "under_review"),
            *("accepted", "accepted_in_part", "rejected", "on_ballot", "adopted", "not_adopted"),
            *("implementing", "implemented", "archived", "withdrawn", "merged", "split"),
        }
    ),
    "attachment": frozenset({"attached", "removed"}),
    "amendment": frozenset({"proposed", "accepted", "rejected", "promoted", "taken_back"}),
    "comment": frozenset({"visible", "retracted", "withheld"}),
    "moderation_case": frozenset(
        {
            "flagged",
            "under_review",
            "dismissed",
            "hidden",
            "removed_legal",
            "appealed",
            "reinstated",
            "upheld",
            "dropped",
        }
    ),
    "sanction": frozenset({"in_force", "lifted"}),
    "comment_summary": frozenset({"published"}),
    "activity": frozenset({"announced", "held", "closed", "cancelled"}),
    "minutes": frozenset({"published"}),
    "action_item": frozenset({"open", "done", "dropped"}),
    "problem_report": frozenset(
        {
            *("open", "reopened", "acknowledged", "in_progress"),
            *("resolved", "duplicate", "dismissed", "withdrawn"),
        }
    ),
}
"""Kind of subject → the states whose coming is everybody's business."""


def is_public(event: Event) -> bool:
    """Whether the event belongs into the journal. What is withdrawn before anybody knew of it stays unknown."""
    states = PUBLIC.get(event.subject_kind, frozenset())
    return event.to_state in states and (event.to_state != "withdrawn" or event.from_state in states)


def publish(session: Session, event: Event) -> None:
    """Append a public event to its community's journal, with fresh salts."""
    publish_all(session, [event])


def publish_all(session: Session, events: Sequence[Event]) -> None:
    """Append public events to their communities' journals, with fresh salts: each journal is held once, in one order."""
    for community_id in sorted({event.community_id for event in events}):
        ours = [event for event in events if event.community_id == community_id]
        salts = [_salts(event) for event in ours]
        entries = [journal_entries.encode(_entry(event, *pair)) for event, pair in zip(ours, salts, strict=True)]
        numbers = logs.append_all(session, logs.of_community(session, community_id), entries)
        rows = [
            {
                "event_id": event.id,
                "community_id": community_id,
                "number": number,
                "actor_salt": actor_salt,
                "reason_salt": reason_salt,
            }
            for event, number, (actor_salt, reason_salt) in zip(ours, numbers, salts, strict=True)
        ]
        session.execute(insert(JournalSalt), rows)


def _salts(event: Event) -> tuple[bytes, bytes | None]:
    return secrets.token_bytes(SIZE), None if event.reason is None else secrets.token_bytes(SIZE)


def _entry(event: Event, actor_salt: bytes, reason_salt: bytes | None) -> Moved:
    assert event.to_state is not None, "only changes of state are public"
    return Moved(
        at=event.at,
        event=event.id,
        what=event.kind,
        subject=About(event.subject_kind, event.subject_id),
        to_state=event.to_state,
        actor=journal_entries.actor_hash(actor_salt, event.actor_id),
        from_state=event.from_state,
        reason=None if reason_salt is None else journal_entries.text_hash(reason_salt, event.reason or ""),
        text=bytes.fromhex(event.facts["text"]) if "text" in event.facts else None,
    )


def announce(session: Session, log: Log, now: datetime) -> None:
    """Append a contest's newest checkpoint to the journal when events came into its log since the last. Its row is held."""
    if log.kind != "contest" or log.announced == log.integrated:
        return
    assert log.origin is not None, "a log that is announced is signed"
    assert log.signed_root is not None, "a log that is announced is signed"
    entry = ContestLog(now, log.origin, log.signed_size, log.signed_root)
    log.announced = log.integrated
    session.flush()
    logs.append(session, logs.of_community(session, log.community_id), journal_entries.encode(entry))


ERASED = "erased"
"""Who acted, where that was erased."""


def forget(session: Session, *which: ColumnElement[bool] | bool) -> None:
    """Forget the salts of the events that meet the conditions, as `erase` does of one."""
    ids = select(Event.id).where(*which)
    salts = update(JournalSalt).where(col(JournalSalt.event_id).in_(ids))
    session.execute(salts.values(actor_salt=None, reason_salt=None).execution_options(synchronize_session=False))


def forget_actor(session: Session, *which: ColumnElement[bool]) -> int:
    """Forget who acted in the events that meet the conditions, and the reason, with the salts; how many events."""
    forget(session, *which)
    done = update(Event).where(*which).values(actor_id=ERASED, reason=None)
    return int(session.execute(done.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]  # a cursor's result has a count


def erase(session: Session, event_id: str) -> None:
    """Forget the salts of an event: its entry still stands and proves, but tells nobody any more who it was, or why."""
    row = session.get(JournalSalt, event_id)
    if row is not None:
        row.actor_salt = row.reason_salt = None
        session.flush()
