"""Reactions: where a person stands on a comment, one each, changed or taken back at will, shown as counts only.

A reaction is no event: an append-only record of who agreed with whom would be a register of opinions. The comment's row
is held, so that its counts are those of the rows beside it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col

from voting.core import authority, lifecycle, moderation
from voting.core.authority import Principal
from voting.core.moderation import COMMENT
from voting.deliberation import comment_view, sanctions
from voting.deliberation.comment_tables import Comment, CommentReaction
from voting.deliberation.comment_view import CommentView

STANCES = {"support": 1, "oppose": -1, "pass": 0}
_COLUMNS = {1: "supports", -1: "opposes", 0: "passes"}


def react(session: Session, principal: Principal, comment_id: str, stance: str | None, *, now: datetime) -> CommentView:
    """Support, oppose or pass a comment of somebody else; None takes the reaction back. The same again changes nothing."""
    loaded = comment_view.load(session, principal, comment_id, now, hold=True)
    authority.require(principal, "comment.react", loaded.subject())
    sanctions.refuse(session, principal, "react", loaded.thread.now)
    facts, forbids = (
        comment_view.facts(session, principal, loaded),
        authority.forbids(principal, "comment", loaded.subject()),
    )
    lifecycle.move(COMMENT, loaded.comment.state, "react", facts, forbids=forbids)
    before = session.get(CommentReaction, (comment_id, principal.id), populate_existing=True)
    old, new = before.stance if before else None, None if stance is None else STANCES[stance]
    if old != new:
        _write(session, comment_id, principal.id, old, new)
        _count(session, loaded.comment, old, new)
    return comment_view.one(session, principal, loaded)


def _write(session: Session, comment_id: str, person_id: str, old: int | None, new: int | None) -> None:
    own = (col(CommentReaction.comment_id) == comment_id, col(CommentReaction.person_id) == person_id)
    if new is None:
        session.execute(delete(CommentReaction).where(*own))
    elif old is None:
        session.execute(insert(CommentReaction), [{"comment_id": comment_id, "person_id": person_id, "stance": new}])
    else:
        session.execute(update(CommentReaction).where(*own).values(stance=new))


def _count(session: Session, comment: Comment, old: int | None, new: int | None) -> None:
    """The counts with one person moved from a stance to another. The version stays: no edit of the author is made stale."""
    counts = {column: getattr(comment, column) for column in _COLUMNS.values()}
    if old is not None:
        counts[_COLUMNS[old]] -= 1
    if new is not None:
        counts[_COLUMNS[new]] += 1
    counts["controversy"] = moderation.controversy(counts["supports"], counts["opposes"])
    session.execute(update(Comment).where(col(Comment.id) == comment.id).values(**counts))
