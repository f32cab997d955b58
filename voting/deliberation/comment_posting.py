"""Posting a comment: the hot path of deliberation, a handful of Core statements in one transaction.

A reply holds its parent's row, so that of a reply and a decision to hide the parent at the same
moment the later sees the earlier: below a comment that is hidden at that moment nobody writes. What stands there already
stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from voting.community.tables import Person
from voting.core import authority, lifecycle, texts
from voting.core.authority import Principal
from voting.core.evidence import journal_entries
from voting.core.moderation import COMMENT
from voting.deliberation import comment_subjects, comment_texts, comment_view, moderation_policy, sanctions, search
from voting.deliberation.comment_subjects import Thread
from voting.deliberation.comment_tables import Comment, CommentMention
from voting.deliberation.comment_view import CommentView, Loaded
from voting.errors import Conflict, Invalid
from voting.ids import timed_id
from voting.log import journal

MOST_CHARACTERS = 5000
MOST_MENTIONS = 20
ALIGNMENTS = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody says."""

    text: str
    alignment: int = 0
    parent_id: str | None = None
    mentions: Sequence[str] = ()


def post(
    session: Session, principal: Principal, kind: str, subject_id: str, draft: Draft, *, now: datetime
) -> CommentView:
    """Add a comment to a thread, or a reply to a comment of it.

    Raises Conflict `thread_closed`, IllegalMove where its parent takes no reply now, Invalid for a text that is refused.
    """
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.post", thread.subject())
    sanctions.refuse(session, principal, "comment", thread.now)
    if not thread.is_open:
        raise Conflict("thread_closed")
    waits = moderation_policy.of(session, thread.community.id).pre_check
    text = texts.accept(draft.text, "/text", most=MOST_CHARACTERS)
    mentions = check_mentions(session, thread.community.id, draft.mentions)
    parent = None if draft.parent_id is None else _parent(session, principal, thread, draft.parent_id)
    comment = _written(session, thread, principal, draft, text, parent, waits=waits)
    if parent is not None and not waits:
        count_reply(session, parent)
    if mentions:
        session.execute(insert(CommentMention), [{"comment_id": comment.id, "person_id": one} for one in mentions])
    note(session, principal, comment, "posted", thread.now, from_state=None)
    return comment_view.one(session, principal, Loaded(comment, thread))


def check_mentions(session: Session, community_id: str, mentions: Sequence[str]) -> tuple[str, ...]:
    """The persons named, each once. Raises Invalid for too many, or one who is not of the community."""
    named = tuple(dict.fromkeys(mentions))
    if not named:
        return ()
    if len(named) > MOST_MENTIONS:
        raise Invalid.at("/mentions", "too_many_mentions", limit=MOST_MENTIONS, got=len(named))
    known = set(session.exec(select(Person.id).where(Person.community_id == community_id, col(Person.id).in_(named))))
    for place, one in enumerate(mentions):
        if one not in known:
            raise Invalid.at(f"/mentions/{place}", "person_not_found", id=one[:60])
    return named


def note(
    session: Session,
    principal: Principal,
    comment: Comment,
    kind: str,
    at: datetime,
    *,
    from_state: str | None,
    **facts: journal.EventFact,
) -> None:
    """Write one event about a comment, with the hash of its text as long as there is one."""
    is_said = comment.text is not None and comment.salt is not None and comment.state != "retracted"
    journal.record(
        session,
        community_id=comment.community_id,
        subject_kind="comment",
        subject_id=comment.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state=comment.state,
        text=journal_entries.text_hash(comment.salt or b"", comment.text or "") if is_said else None,
        facts={"thread": comment.thread, **facts},
    )
    search.shelve_comment(session, comment)


def _parent(session: Session, principal: Principal, thread: Thread, parent_id: str) -> Comment:
    """The parent, held. Raises Invalid for one of another thread, IllegalMove where it takes
    none."""
    held = session.get(Comment, parent_id, with_for_update=True, populate_existing=True)
    if held is None or held.thread != thread.key or held.branch is None:
        raise Invalid.at("/parent_id", "parent_not_here", id=parent_id[:60])
    lifecycle.move(COMMENT, held.state, "reply", comment_view.facts(session, principal, Loaded(held, thread)))
    return held


def count_reply(session: Session, parent: Comment) -> None:
    """One more reply stands below the comment. Its version stays."""
    counted = update(Comment).where(col(Comment.id) == parent.id).values(replies=Comment.replies + 1)
    session.execute(counted.execution_options(synchronize_session=False))


def _written(
    session: Session,
    thread: Thread,
    principal: Principal,
    draft: Draft,
    text: str,
    parent: Comment | None,
    *,
    waits: bool,
) -> Comment:
    """The comment as a row; one that waits to be checked stands nowhere yet."""
    comment_id = timed_id("cmt", thread.now)
    values: dict[str, Any] = {
        "id": comment_id,
        "version": 1,
        "community_id": thread.community.id,
        "thread": thread.key,
        "parent_id": parent.id if parent else None,
        "branch": None if waits else parent.id if parent else thread.key,
        "path": None if waits else path_below(parent, comment_id),
        "depth": parent.depth + 1 if parent else 0,
        "author_id": principal.id,
        "alignment": draft.alignment,
        "state": "pending" if waits else COMMENT.initial,
        "text": text,
        "salt": comment_texts.salt(),
        "edition": 1,
        "created_at": thread.now,
        "replies": 0,
        "supports": 0,
        "opposes": 0,
        "passes": 0,
        "controversy": 0,
    }
    session.execute(insert(Comment), [values])
    return Comment(**values)


def path_below(parent: Comment | None, comment_id: str) -> str:
    """Where the comment stands in the order of the tree."""
    return (parent.path or "" if parent else "") + comment_id.partition("_")[2]
