"""Erasing a comment, or everything a person has said in threads: what was said goes, rows stay where the tree and the figures
need them.

The journal's entries stay as they are. With the salts gone nobody can tell any more what was written, or by whom, and
every proof stays valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Delete, delete, update
from sqlmodel import Session, col, select

from voting.access import idempotency
from voting.community import search_index
from voting.community.tables import Person
from voting.core import authority
from voting.core.authority import Principal
from voting.deliberation import comment_posting, comment_view, thread_marks
from voting.deliberation.comment_tables import (
    Comment,
    CommentMention,
    CommentReaction,
    CommentSummary,
    CommentSummaryVersion,
    CommentVersion,
)
from voting.deliberation.comment_view import CommentView
from voting.deliberation.moderation_tables import ModerationCase, ModerationFlag, ModerationStep, Sanction
from voting.log import publication
from voting.log.tables import Event

_CHUNK = 500


def erase_text(session: Session, principal: Principal, comment_id: str, *, now: datetime) -> CommentView:
    """Erase what a comment says and has said. Its place, state and figures stay."""
    loaded = comment_view.load(session, principal, comment_id, now, hold=True)
    comment = loaded.comment
    authority.require(principal, "comment.erase", loaded.subject())
    comment.text = comment.salt = None
    session.flush()
    _empty_versions(session, (comment_id,))
    search_index.forget(session, (comment_id,))
    idempotency.forget(session, comment_id)
    comment_posting.note(session, principal, comment, "erased", loaded.thread.now, from_state=comment.state)
    return comment_view.one(session, principal, loaded)


def of_person(session: Session, person: Person) -> dict[str, int]:
    """Erase what a person has said in threads, and that it was them: how many of each kind. Counts of reactions stay: they
    name nobody."""
    own = CommentSummary.community_id == person.community_id, CommentSummary.author_id == person.id
    said = session.exec(select(Comment.id, Comment.thread, Comment.branch).where(Comment.author_id == person.id)).all()
    summed_up = session.exec(select(CommentSummary.id, CommentSummary.thread).where(*own)).all()
    written, summaries = [row[0] for row in said], [row[0] for row in summed_up]
    shown_in = {thread for _, thread, branch in said if branch is not None} | {thread for _, thread in summed_up}
    thread_marks.stir(session, person.community_id, shown_in)
    nothing = {"author_id": None, "text": None, "salt": None}
    for ids in chunks(written):
        session.execute(update(Comment).where(col(Comment.id).in_(ids)).values(**nothing))
        _empty_versions(session, ids)
        search_index.take_out(session, ids)
        _close(session, "comment", ids)
    for ids in chunks(summaries):
        session.execute(update(CommentSummary).where(col(CommentSummary.id).in_(ids)).values(**nothing))
        kept = update(CommentSummaryVersion).where(col(CommentSummaryVersion.summary_id).in_(ids))
        session.execute(kept.values(text=None, salt=None))
        _close(session, "comment_summary", ids)
    return {
        "comments": len(written),
        "summaries": len(summaries),
        "mentions": _gone(session, delete(CommentMention).where(col(CommentMention.person_id) == person.id)),
        "reactions": _gone(session, delete(CommentReaction).where(col(CommentReaction.person_id) == person.id)),
    } | _erase_moderation(session, person)


def _erase_moderation(session: Session, person: Person) -> dict[str, int]:
    """Cases about the person forget whom they were about and what was said in them; what they flagged, that they did."""
    cases = session.exec(
        select(ModerationCase.id).where(
            ModerationCase.community_id == person.community_id, ModerationCase.author_id == person.id
        )
    ).all()
    for ids in chunks(cases):
        session.execute(update(ModerationCase).where(col(ModerationCase.id).in_(ids)).values(author_id=None))
        steps = update(ModerationStep).where(col(ModerationStep.case_id).in_(ids))
        session.execute(steps.values(reason=None, salt=None))
        theirs = steps.where(col(ModerationStep.actor_id) == person.id)
        session.execute(theirs.values(actor_id=None))
    session.execute(update(Sanction).where(col(Sanction.person_id) == person.id).values(reason=None, salt=None))
    return {
        "cases": len(cases),
        "flags": _gone(session, delete(ModerationFlag).where(col(ModerationFlag.person_id) == person.id)),
    }


def _gone(session: Session, statement: Delete) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # a cursor's result has a count


def _empty_versions(session: Session, comment_ids: Sequence[str]) -> None:
    kept = update(CommentVersion).where(col(CommentVersion.comment_id).in_(comment_ids))
    session.execute(kept.values(text=None, salt=None))
    session.execute(delete(CommentMention).where(col(CommentMention.comment_id).in_(comment_ids)))


def _close(session: Session, kind: str, ids: Sequence[str]) -> None:
    """Erase the salts of whatever happened to these things."""
    publication.forget(session, Event.subject_kind == kind, col(Event.subject_id).in_(ids))


def chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    """The ids in parts that fit into one statement."""
    return [ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK)]
