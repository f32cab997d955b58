"""Summaries of a thread, written by a person and signed with their name. What one said before is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from voting.community.queries import Action, Expectation
from voting.core import authority, texts
from voting.core.authority import Principal, Subject
from voting.core.evidence import journal_entries
from voting.deliberation import comment_subjects, comment_texts, thread_marks
from voting.deliberation.comment_subjects import Thread
from voting.deliberation.comment_tables import CommentSummary, CommentSummaryVersion
from voting.errors import Forbidden, NotFound, Unauthenticated
from voting.ids import timed_id
from voting.log import journal

SIDES = ("for", "against", "neither", "all")
MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A summary, and what this caller may do with it."""

    summary: CommentSummary
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class SummaryVersion:
    """What a summary said, and the salt that opens its hash in the journal."""

    edition: int
    text: str
    salt: bytes
    written_at: datetime


def write(
    session: Session, principal: Principal, kind: str, subject_id: str, *, side: str, text: str, now: datetime
) -> SummaryView:
    """Sum up what one side, or all, have said. Whoever writes it signs it."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "summary.write", thread.subject())
    summary = CommentSummary(
        id=timed_id("csm", thread.now),
        community_id=thread.community.id,
        thread=thread.key,
        author_id=principal.id,
        side=side,
        text=texts.accept(text, "/text", most=MOST_CHARACTERS),
        salt=comment_texts.salt(),
        created_at=thread.now,
    )
    session.add(summary)
    session.flush()
    _note(session, principal, summary, "written", thread.now, None)
    return _view(principal, thread, summary)


def edit(
    session: Session, principal: Principal, summary_id: str, text: str, expects: Expectation, *, now: datetime
) -> SummaryView:
    """A new version, by whoever wrote it. The old one is kept."""
    summary, thread = _load(session, principal, summary_id, now, hold=True)
    authority.require(principal, "summary.write", thread.subject())
    if summary.author_id != principal.id:
        raise Forbidden("summary_author_only", act="summary.write", roles=[], scope="")
    expects(summary.version)
    said = texts.accept(text, "/text", most=MOST_CHARACTERS)
    kept = {
        "summary_id": summary.id,
        "edition": summary.edition,
        "text": summary.text,
        "salt": summary.salt,
        "written_at": summary.edited_at or summary.created_at,
    }
    session.execute(insert(CommentSummaryVersion), [kept])
    summary.text, summary.salt = said, comment_texts.salt()
    summary.edition, summary.edited_at = summary.edition + 1, thread.now
    session.flush()
    _note(session, principal, summary, "edited", thread.now, "published")
    return _view(principal, thread, summary)


def get(session: Session, principal: Principal, summary_id: str, *, now: datetime) -> SummaryView:
    """One summary."""
    summary, thread = _load(session, principal, summary_id, now)
    return _view(principal, thread, summary)


def of_thread(
    session: Session, principal: Principal, kind: str, subject_id: str, after: str | None, limit: int, *, now: datetime
) -> tuple[SummaryView, ...]:
    """At most `limit` summaries of a thread behind the id `after`, newest first."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.read", thread.subject())
    query = select(CommentSummary).where(CommentSummary.thread == thread.key)
    if after is not None:
        query = query.where(col(CommentSummary.id) < after)
    found = session.exec(query.order_by(col(CommentSummary.id).desc()).limit(limit))
    return tuple(_view(principal, thread, summary) for summary in found)


def versions(
    session: Session, principal: Principal, summary_id: str, after: int | None, limit: int, *, now: datetime
) -> tuple[SummaryVersion, ...]:
    """At most `limit` versions behind the edition `after`, oldest first."""
    summary, _ = _load(session, principal, summary_id, now)
    query = select(CommentSummaryVersion).where(CommentSummaryVersion.summary_id == summary_id)
    if after is not None:
        query = query.where(CommentSummaryVersion.edition > after)
    kept: Sequence[CommentSummaryVersion] = session.exec(
        query.order_by(col(CommentSummaryVersion.edition)).limit(limit)
    ).all()
    found = [SummaryVersion(row.edition, row.text or "", row.salt or b"", row.written_at) for row in kept]
    if len(found) < limit and (after is None or summary.edition > after):
        at = summary.edited_at or summary.created_at
        found.append(SummaryVersion(summary.edition, summary.text or "", summary.salt or b"", at))
    return tuple(found)


def _load(
    session: Session, principal: Principal, summary_id: str, now: datetime, *, hold: bool = False
) -> tuple[CommentSummary, Thread]:
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
    summary = session.get(CommentSummary, summary_id, with_for_update=hold or None, populate_existing=hold)
    if summary is None or not authority.belongs(principal, summary.community_id):
        raise NotFound("summary_not_found", id=summary_id)
    thread = comment_subjects.of_key(session, principal, summary.thread, now)
    authority.require(principal, "comment.read", thread.subject())
    return summary, thread


def _view(principal: Principal, thread: Thread, summary: CommentSummary) -> SummaryView:
    found: Subject = thread.subject()
    decision = authority.may(principal, "summary.write", found)
    code = decision.code if not decision.allowed else None
    if code is None and summary.author_id != principal.id:
        code = "summary_author_only"
    return SummaryView(summary, (Action("edit", code is None, code),))


def _note(
    session: Session, principal: Principal, summary: CommentSummary, kind: str, at: datetime, from_state: str | None
) -> None:
    thread_marks.stir(session, summary.community_id, [summary.thread])
    journal.record(
        session,
        community_id=summary.community_id,
        subject_kind="comment_summary",
        subject_id=summary.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state="published",
        text=journal_entries.text_hash(summary.salt or b"", summary.text or ""),
        facts={"thread": summary.thread, "side": summary.side, "edition": summary.edition},
    )
