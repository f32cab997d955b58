"""Erasing a text, or everything a person has said: rows stay where the tree and the figures need them, what they say goes.

The journal's entries stay as they are. With the salts gone nobody can tell any more what was written, or by whom, and
every proof stays valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from voting.community import events, queries, search_index
from voting.community.tables import Person
from voting.core import authority
from voting.core.authority import Principal, Subject
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
    _erase_versions(session, (comment_id,))
    comment_posting.note(session, principal, comment, "erased", loaded.thread.now, from_state=comment.state)
    return comment_view.one(session, principal, loaded)


def erase_person(session: Session, principal: Principal, person_id: str, *, now: datetime) -> int:
    """Erase what a person has said, and that it was them; the number of comments. Counts of reactions stay: they name
    nobody."""
    person = queries.one(session, principal, Person, person_id)
    authority.require(principal, "comment.erase", Subject(person.community_id, kind="person"))
    own = (CommentSummary.community_id == person.community_id, CommentSummary.author_id == person_id)
    said = session.exec(select(Comment.id, Comment.thread, Comment.branch).where(Comment.author_id == person_id)).all()
    summed_up = session.exec(select(CommentSummary.id, CommentSummary.thread).where(*own)).all()
    written, summaries = [row[0] for row in said], [row[0] for row in summed_up]
    shown_in = {thread for _, thread, branch in said if branch is not None} | {thread for _, thread in summed_up}
    thread_marks.stir(session, person.community_id, shown_in)
    nothing = {"author_id": None, "text": None, "salt": None}
    for ids in _chunks(written):
        session.execute(update(Comment).where(col(Comment.id).in_(ids)).values(**nothing))
        _erase_versions(session, ids)
        _forget_actor(session, "comment", ids)
    for ids in _chunks(summaries):
        session.execute(update(CommentSummary).where(col(CommentSummary.id).in_(ids)).values(**nothing))
        kept = update(CommentSummaryVersion).where(col(CommentSummaryVersion.summary_id).in_(ids))
        session.execute(kept.values(text=None, salt=None))
        _forget_actor(session, "comment_summary", ids)
    _erase_moderation(session, person)
    session.execute(delete(CommentMention).where(col(CommentMention.person_id) == person_id))
    session.execute(delete(CommentReaction).where(col(CommentReaction.person_id) == person_id))
    session.expire_all()
    events.record(
        session, principal, person.community_id, ("person", person_id), "comments_erased", now, comments=len(written)
    )
    return len(written)


def _erase_moderation(session: Session, person: Person) -> None:
    """Cases about the person forget whom they were about and what was said in them."""
    cases = session.exec(
        select(ModerationCase.id).where(
            ModerationCase.community_id == person.community_id, ModerationCase.author_id == person.id
        )
    ).all()
    for ids in _chunks(cases):
        session.execute(update(ModerationCase).where(col(ModerationCase.id).in_(ids)).values(author_id=None))
        steps = update(ModerationStep).where(col(ModerationStep.case_id).in_(ids))
        session.execute(steps.values(reason=None, salt=None))
        _forget_actor(session, "moderation_case", ids, person.id)
    session.execute(delete(ModerationFlag).where(col(ModerationFlag.person_id) == person.id))
    session.execute(update(Sanction).where(col(Sanction.person_id) == person.id).values(reason=None, salt=None))


def _erase_versions(session: Session, comment_ids: Sequence[str]) -> None:
    kept = update(CommentVersion).where(col(CommentVersion.comment_id).in_(comment_ids))
    session.execute(kept.values(text=None, salt=None))
    session.execute(delete(CommentMention).where(col(CommentMention.comment_id).in_(comment_ids)))
    search_index.forget(session, comment_ids)


def _forget_actor(session: Session, kind: str, ids: Sequence[str], actor_id: str | None = None) -> None:
    """Erase the salts of what happened to these things; with `actor_id` only of what that person did."""
    happened = select(Event.id).where(Event.subject_kind == kind, col(Event.subject_id).in_(ids))
    if actor_id is not None:
        happened = happened.where(Event.actor_id == actor_id)
    for event_id in session.exec(happened):
        publication.erase(session, event_id)


def _chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK)]
