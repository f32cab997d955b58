"""Texts that wait for a content-safety service: where a community checks first, nothing is shown before somebody
published it.

A comment takes its place in the thread when it is published for the first time; one that was edited keeps its place and
is shown again when the new text is published.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from voting.community import queries
from voting.community.clock import now_in
from voting.core import authority, lifecycle, texts
from voting.core.authority import Principal, Subject
from voting.core.moderation import COMMENT
from voting.deliberation import case_steps, cases, comment_posting, comment_view, moderation_policy
from voting.deliberation.comment_tables import Comment
from voting.deliberation.comment_view import CommentView, Loaded
from voting.errors import Invalid


def pending(
    session: Session, principal: Principal, community_id: str, after: str | None, limit: int, *, now: datetime
) -> tuple[CommentView, ...]:
    """At most `limit` comments that wait, behind the id `after`, oldest first, with their texts, for those who check
    them."""
    community = queries.community(session, principal, community_id)
    authority.require(principal, "comment.publish", Subject(community_id, kind="community"))
    query = select(Comment).where(Comment.community_id == community_id, Comment.state == "pending")
    if after is not None:
        query = query.where(col(Comment.id) > after)
    found = session.exec(query.order_by(col(Comment.id)).limit(limit))
    return comment_view.lines(session, principal, tuple(found), now_in(community, now), shows_all=True)


def publish(session: Session, principal: Principal, comment_id: str, *, now: datetime) -> CommentView:
    """Show a comment that waited or was withheld."""
    loaded = _held(session, principal, comment_id, "publish", now)
    comment, before = loaded.comment, loaded.comment.state
    comment.state = lifecycle.move(COMMENT, before, "publish", comment_view.facts(session, principal, loaded))
    comment.rule_id = None
    if comment.branch is None:
        parent = session.get(Comment, comment.parent_id) if comment.parent_id else None
        comment.branch = parent.id if parent else comment.thread
        comment.path = comment_posting.path_below(parent, comment.id)
        if parent is not None:
            comment_posting.count_reply(session, parent)
    session.flush()
    comment_posting.note(session, principal, comment, "published", loaded.thread.now, from_state=before)
    return comment_view.one(session, principal, loaded)


def withhold(
    session: Session, principal: Principal, comment_id: str, *, rule_id: str | None, reason: str | None, now: datetime
) -> CommentView:
    """Keep a comment back by a rule and with a reason. Its author may write it anew."""
    loaded = _held(session, principal, comment_id, "withhold", now)
    comment, before, at = loaded.comment, loaded.comment.state, loaded.thread.now
    facts = comment_view.facts(session, principal, loaded)
    state = lifecycle.move(COMMENT, before, "withhold", facts, reason)
    if rule_id is None:
        raise Invalid.at("/rule_id", "moderation_rule_needed")
    moderation_policy.check_rule(session, comment.community_id, rule_id)
    said = texts.accept(reason or "", "/reason", most=cases.MOST_REASON)
    comment.state, comment.rule_id = state, rule_id
    session.flush()
    case_steps.keep(session, principal, comment.community_id, None, "comment", "withheld", rule_id, said, at)
    comment_posting.note(session, principal, comment, "withheld", at, from_state=before, rule=rule_id)
    return comment_view.one(session, principal, loaded)


def _held(session: Session, principal: Principal, comment_id: str, command: str, now: datetime) -> Loaded:
    loaded = comment_view.load(session, principal, comment_id, now, hold=True)
    authority.require(principal, f"comment.{command}", loaded.subject())
    return loaded
