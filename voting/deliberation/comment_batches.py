"""Writing comments many at a time: each is checked for itself, all that are sound are written by set-based statements.

A post costs the database the same handful of statements whether it comes alone or with sixty others, and the journal of a
community is held once for all of them. Whoever is refused is answered with the refusal; nobody else notices.

A reply holds its parent's row, so that of a reply and a decision to hide the parent at the same moment the later sees the
earlier: below a comment that is hidden at that moment nobody writes. What stands there already stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from voting.core import authority, lifecycle, texts
from voting.core.authority import Principal
from voting.core.evidence import journal_entries
from voting.core.lifecycle import written
from voting.core.moderation import COMMENT
from voting.deliberation import (
    comment_posting,
    comment_subjects,
    comment_texts,
    comment_view,
    moderation_policy,
    sanctions,
    search,
    thread_marks,
)
from voting.deliberation.comment_posting import MOST_CHARACTERS, Draft
from voting.deliberation.comment_subjects import Thread
from voting.deliberation.comment_tables import Comment, CommentMention
from voting.deliberation.comment_view import CommentView, Loaded
from voting.errors import Conflict, Invalid, YishiError
from voting.ids import timed_id
from voting.log import journal
from voting.log.tables import Event

_COLUMNS = tuple(Comment.model_fields)


@dataclass(frozen=True, slots=True)
class Post:
    """What one person says where."""

    principal: Principal
    kind: str
    subject_id: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Sound:
    comment: Comment
    thread: Thread
    parent: Comment | None
    mentions: tuple[str, ...]


@dataclass(slots=True)
class _Known:
    """What posts of one batch have in common, read once."""

    threads: dict[tuple[str, str, str], Thread] = field(default_factory=dict)
    waits: dict[str, bool] = field(default_factory=dict)
    forbidden: dict[str, dict[str, datetime]] = field(default_factory=dict)


def post(
    session: Session, principal: Principal, kind: str, subject_id: str, draft: Draft, *, now: datetime
) -> CommentView:
    """Add a comment to a thread, or a reply to a comment of it.

    Raises Conflict where the thread takes nothing (`Thread.obstacle`), IllegalMove where its parent takes no reply now, Invalid
    for a text that is refused.
    """
    (answer,) = write(session, [Post(principal, kind, subject_id, draft)], now)
    if isinstance(answer, YishiError):
        raise answer
    return answer


def write(session: Session, posts: Sequence[Post], now: datetime) -> list[CommentView | YishiError]:
    """The comment of every post as its author sees it, or the refusal. Flushed, not committed."""
    known = _Known()
    found = [_checked(session, post, known, now) for post in posts]
    sound = [one for one in found if isinstance(one, _Sound)]
    if sound:
        _insert(session, sound)
    return [
        one
        if isinstance(one, YishiError)
        else comment_view.fresh(post.principal, Loaded(one.comment, one.thread), one.mentions)
        for post, one in zip(posts, found, strict=True)
    ]


def _checked(session: Session, post: Post, known: _Known, now: datetime) -> _Sound | YishiError:
    try:
        return _sound(session, post, known, now)
    except YishiError as error:
        return error


def _sound(session: Session, post: Post, known: _Known, now: datetime) -> _Sound:
    principal, draft = post.principal, post.draft
    place = (principal.community_id or principal.id, post.kind, post.subject_id)
    thread = known.threads.get(place)
    if thread is None:
        comment_subjects.hold(session, post.kind, post.subject_id)
        thread = comment_subjects.thread(session, principal, post.kind, post.subject_id, now)
        known.threads[place] = thread
    authority.require(principal, "comment.post", thread.subject())
    if principal.id not in known.forbidden:
        known.forbidden[principal.id] = sanctions.against(session, principal, thread.now)
    sanctions.refuse_by(known.forbidden[principal.id], "comment")
    if thread.obstacle is not None:
        raise Conflict(thread.obstacle, hidden_until=written(thread.found.hidden_until))
    community_id = thread.community.id
    if community_id not in known.waits:
        known.waits[community_id] = moderation_policy.of(session, community_id).pre_check
    text = texts.accept(draft.text, "/text", most=MOST_CHARACTERS)
    mentions = comment_posting.check_mentions(session, community_id, draft.mentions)
    parent = None if draft.parent_id is None else _parent(session, principal, thread, draft.parent_id)
    comment = _row(thread, principal, draft, text, parent, waits=known.waits[community_id])
    return _Sound(comment, thread, parent, mentions)


def _parent(session: Session, principal: Principal, thread: Thread, parent_id: str) -> Comment:
    """The parent, held. Raises Invalid for one of another thread, IllegalMove where it takes no reply now."""
    held = session.get(Comment, parent_id, with_for_update=True, populate_existing=True)
    if held is None or held.thread != thread.key or held.branch is None:
        raise Invalid.at("/parent_id", "parent_not_here", id=parent_id[:60])
    lifecycle.move(COMMENT, held.state, "reply", comment_view.facts(session, principal, Loaded(held, thread)))
    return held


def _row(
    thread: Thread, principal: Principal, draft: Draft, text: str, parent: Comment | None, *, waits: bool
) -> Comment:
    """The comment as a row; one that waits to be checked stands nowhere yet."""
    comment_id = timed_id("cmt", thread.now)
    return Comment(
        id=comment_id,
        community_id=thread.community.id,
        thread=thread.key,
        parent_id=parent.id if parent else None,
        branch=None if waits else parent.id if parent else thread.key,
        path=None if waits else comment_posting.path_below(parent, comment_id),
        depth=parent.depth + 1 if parent else 0,
        author_id=principal.id,
        alignment=draft.alignment,
        state="pending" if waits else COMMENT.initial,
        text=text,
        salt=comment_texts.salt(),
        created_at=thread.now,
    )


def _insert(session: Session, sound: Sequence[_Sound]) -> None:
    session.execute(insert(Comment), [{name: getattr(one.comment, name) for name in _COLUMNS} for one in sound])
    named = [{"comment_id": one.comment.id, "person_id": person} for one in sound for person in one.mentions]
    if named:
        session.execute(insert(CommentMention), named)
    for one in sound:
        if one.parent is not None and one.comment.branch is not None:
            comment_posting.count_reply(session, one.parent)
    for community_id in sorted({one.comment.community_id for one in sound}):
        shown = [one.comment for one in sound if one.comment.branch is not None]
        thread_marks.stir(
            session, community_id, [comment.thread for comment in shown if comment.community_id == community_id]
        )
    journal.record_all(session, [_event(one) for one in sound])
    search.shelve_new_comments(session, [one.comment for one in sound])


def _event(one: _Sound) -> Event:
    comment = one.comment
    return journal.made(
        community_id=comment.community_id,
        subject_kind="comment",
        subject_id=comment.id,
        kind="posted",
        actor_id=comment.author_id or "",
        now=one.thread.now,
        to_state=comment.state,
        text=journal_entries.text_hash(comment.salt or b"", comment.text or ""),
        facts={"thread": comment.thread},
    )
