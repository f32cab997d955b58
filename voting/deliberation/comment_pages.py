"""Reading a thread page by page: by branch in four orders, or as the whole tree. Every page is one range of one index.

A branch is what stands directly below a thread or a comment. In a branch a key is the figure it is sorted by and the id,
in the tree it is the path. Figures move while somebody reads: a comment whose figure passed the reader's place is met
twice or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from voting.community.clock import now_in
from voting.community.queries import Action
from voting.community.tables import Community
from voting.core import authority, moderation
from voting.core.authority import Principal, Subject
from voting.deliberation import comment_subjects, comment_view, sanctions
from voting.deliberation.comment_subjects import Thread
from voting.deliberation.comment_tables import Comment, CommentMention
from voting.deliberation.comment_view import CommentView
from voting.errors import Forbidden, Invalid

SORTS = ("newest", "oldest", "most_supported", "controversial", "tree")
SIDES = {"for": 1, "neither": 0, "against": -1}
TOP = 3
"""Arguments shown of each side."""
_LAST = "z"
"""Sorts behind every id: they begin with the digits of a time."""

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What one side has said: comments shown, people who wrote them, and those with most support."""

    side: str
    comments: int
    authors: int
    supports: int
    top: tuple[CommentView, ...]


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread in figures, and what the caller may do there. `comments` counts what is shown, by side."""

    thread: Thread
    comments: dict[str, int]
    actions: tuple[Action, ...]


def key_of(view: CommentView, sort: str) -> Key:
    """The place of a comment in that order."""
    comment = view.comment
    if sort == "tree":
        return (comment.path or "",)
    figures: dict[str, Key] = {
        "most_supported": (comment.supports, comment.id),
        "controversial": (comment.controversy, comment.id),
    }
    return figures.get(sort, (comment.id,))


def page(
    session: Session,
    principal: Principal,
    kind: str,
    subject_id: str,
    *,
    sort: str = "newest",
    parent_id: str | None = None,
    after: Key | None = None,
    limit: int = 50,
    with_actions: bool = False,
    now: datetime,
) -> tuple[CommentView, ...]:
    """At most `limit` comments behind the key `after`: directly under the subject or the parent, or, sorted as a tree,
    everything below it; `with_actions` each with what the caller may do."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.read", thread.subject())
    parent = None if parent_id is None else _parent(session, thread, parent_id)
    after = _checked(after, sort)
    query = statement(thread.key, parent, sort, after)
    found = comment_view.lines(session, principal, tuple(session.exec(query.limit(limit))), thread.now)
    return comment_view.with_actions(session, principal, found, now, thread) if with_actions else found


def view(session: Session, principal: Principal, kind: str, subject_id: str, *, now: datetime) -> ThreadView:
    """A thread in figures."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.read", thread.subject())
    found = {alignment: count for alignment, count, *_ in _figures(session, thread)}
    counts = {side: found.get(alignment, 0) for side, alignment in SIDES.items()}
    return ThreadView(thread, counts, _actions(session, principal, thread))


def arguments(session: Session, principal: Principal, kind: str, subject_id: str, *, now: datetime) -> tuple[Side, ...]:
    """What each side has said, with figures and its arguments with most support."""
    thread = comment_subjects.thread(session, principal, kind, subject_id, now)
    authority.require(principal, "comment.read", thread.subject())
    figures = {row[0]: row[1:] for row in _figures(session, thread)}
    sides = []
    for side, alignment in SIDES.items():
        comments, authors, supports = figures.get(alignment, (0, 0, 0))
        best = select(Comment).where(*shown(thread), Comment.alignment == alignment)
        best = best.order_by(col(Comment.supports).desc(), col(Comment.id).desc()).limit(TOP)
        top = comment_view.lines(session, principal, tuple(session.exec(best)), thread.now)
        sides.append(Side(side, comments, authors, supports, top))
    return tuple(sides)


def mentions(
    session: Session, principal: Principal, after: str | None, limit: int, *, now: datetime
) -> tuple[CommentView, ...]:
    """At most `limit` comments that name the caller, newest first, behind the id `after`."""
    authority.require(principal, "me.read", authority.PLATFORM)
    if principal.kind != "person" or principal.community_id is None:
        raise Forbidden("persons_only", act="comment.read", roles=[], scope="")
    query = select(Comment).join(CommentMention, col(CommentMention.comment_id) == col(Comment.id))
    query = query.where(CommentMention.person_id == principal.id, col(Comment.branch).is_not(None))
    if after is not None:
        query = query.where(col(CommentMention.comment_id) < after)
    found = session.exec(query.order_by(col(CommentMention.comment_id).desc()).limit(limit))
    at = now_in(session.get_one(Community, principal.community_id), now)
    return comment_view.lines(session, principal, tuple(found), at)


def statement(thread: str, parent: Comment | None, sort: str, after: Key | None) -> SelectOfScalar[Comment]:
    """What reads the rows behind a key: one range of one index, in its order."""
    return _tree(thread, parent, after) if sort == "tree" else _branch(parent.id if parent else thread, sort, after)


def _checked(after: Key | None, sort: str) -> Key | None:
    """The key, if it is one of this order. Raises Invalid for a cursor that somebody made up."""
    kinds = (int, str) if sort in ("most_supported", "controversial") else (str,)
    if after is not None and tuple(map(type, after)) != kinds:
        raise Invalid.at("/cursor", "cursor_invalid")
    return after


def _branch(branch: str, sort: str, after: Key | None) -> SelectOfScalar[Comment]:
    query = select(Comment).where(Comment.branch == branch)
    if sort == "oldest":
        query = query if after is None else query.where(col(Comment.id) > after[0])
        return query.order_by(col(Comment.id))
    if sort == "newest":
        query = query if after is None else query.where(col(Comment.id) < after[0])
        return query.order_by(col(Comment.id).desc())
    figure: Any = col(Comment.supports) if sort == "most_supported" else col(Comment.controversy)
    if after is not None:
        query = query.where(tuple_(figure, col(Comment.id)) < tuple_(*after))
    return query.order_by(figure.desc(), col(Comment.id).desc())


def _tree(thread: str, parent: Comment | None, after: Key | None) -> SelectOfScalar[Comment]:
    query = select(Comment).where(Comment.thread == thread, col(Comment.path) > (after[0] if after else ""))
    if parent is not None:
        below = parent.path or ""
        query = query.where(col(Comment.path) > below, col(Comment.path) < below + _LAST)
    return query.order_by(col(Comment.path))


def _parent(session: Session, thread: Thread, parent_id: str) -> Comment:
    parent = session.get(Comment, parent_id)
    if parent is None or parent.thread != thread.key or parent.branch is None:
        raise Invalid.at("/parent_id", "parent_not_here", id=parent_id[:60])
    return parent


def shown(thread: Thread, key: str | None = None) -> tuple[Any, ...]:
    """What everybody is shown now of a thread, or of another one of the same subject by its key."""
    hidden = col(Comment.state).in_(moderation.UNDECIDED) & (col(Comment.hidden_until) > thread.now)
    return (
        Comment.thread == (key or thread.key),
        col(Comment.path).is_not(None),
        col(Comment.state).in_(moderation.SHOWN),
        col(Comment.text).is_not(None),
        case((hidden, 0), else_=1) == 1,
    )


def _figures(session: Session, thread: Thread) -> list[tuple[int, int, int, int]]:
    """Alignment, comments, authors, supports of what is shown."""
    counted = select(
        Comment.alignment, func.count(), func.count(func.distinct(Comment.author_id)), func.sum(Comment.supports)
    )
    found = session.execute(counted.where(*shown(thread)).group_by(col(Comment.alignment)))
    return [(row[0], row[1], row[2], int(row[3])) for row in found]


def _actions(session: Session, principal: Principal, thread: Thread) -> tuple[Action, ...]:
    subject: Subject = thread.subject()
    post, summarise = (authority.may(principal, act, subject) for act in ("comment.post", "summary.write"))
    against = post.code if not post.allowed else thread.obstacle
    if against is None and "comment" in sanctions.against(session, principal, thread.now):
        against = "sanctioned"
    return (
        Action("post", against is None, against),
        Action("summarise", summarise.allowed, summarise.code),
    )
