"""Comments under moderation."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.core import lifecycle
from voting.core.authority import Principal
from voting.core.moderation import COMMENT
from voting.deliberation import candidacies, comment_view, moderated
from voting.deliberation.comment_tables import Comment
from voting.deliberation.comment_view import CommentView, Loaded
from voting.deliberation.moderated import Kind, Thing


def _load(session: Session, principal: Principal, comment_id: str, now: datetime) -> Thing[Loaded]:
    loaded = comment_view.load(session, principal, comment_id, now, hold=True)
    comment = loaded.comment
    written_at = comment.edited_at or comment.created_at
    return Thing(loaded, comment, comment.author_id, loaded.subject(), loaded.thread.now, written_at)


def _hold(session: Session, comment_id: str) -> Comment:
    return session.get_one(Comment, comment_id, with_for_update=True, populate_existing=True)


def _flagged(session: Session, principal: Principal, thing: Thing[Loaded]) -> str:
    facts = comment_view.facts(session, principal, thing.loaded)
    return lifecycle.move(COMMENT, thing.loaded.comment.state, "flag", facts)


def _candidates(session: Session, comment_id: str) -> frozenset[str]:
    return candidacies.of_thread(session, session.get_one(Comment, comment_id).thread)


KIND: Kind[Loaded, CommentView] = moderated.join(
    Kind("comment", "comment.flag", "state", _load, _hold, _flagged, comment_view.one, _candidates)
)
