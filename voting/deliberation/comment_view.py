"""A comment as one caller sees it: its text or its tombstone, and what this caller may do with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, col, select

from voting.community.queries import Action
from voting.core import authority, lifecycle, moderation
from voting.core.authority import Principal, Subject
from voting.core.moderation import COMMENT, DEEPEST, CommentFacts
from voting.deliberation import candidacies, comment_subjects, sanctions
from voting.deliberation.comment_subjects import Thread
from voting.deliberation.comment_tables import Comment, CommentMention, CommentReaction
from voting.deliberation.moderation_tables import ModerationFlag
from voting.errors import NotFound, Unauthenticated

ERASED = "erased"
_CANDIDATE = "candidate:"
_SANCTIONED = {"edit": "comment", "reply": "comment", "react": "react", "flag": "flag"}
"""Command → the act that a sanction forbids."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment. Where it is not shown to this caller it has neither text nor author, and `tombstone` says why."""

    comment: Comment
    text: str | None
    author_id: str | None
    tombstone: str | None = None
    """The state that hides it, `hidden_for_review`, or `erased`."""
    my_stance: int | None = None
    mentions: tuple[str, ...] = ()
    actions: tuple[Action, ...] = field(default=())
    case_id: str | None = None
    """The newest case about it, for those who may read it."""
    by_candidate: bool = False
    """Whether the candidate says it whom the thread is about."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A comment with its thread."""

    comment: Comment
    thread: Thread

    def subject(self) -> Subject:
        """What authority sees."""
        return replace(self.thread.subject(self.comment.author_id), kind="comment")


def load(session: Session, principal: Principal, comment_id: str, now: datetime, *, hold: bool = False) -> Loaded:
    """The comment with its thread; with `hold` its row is locked until the transaction ends.

    Raises Unauthenticated for strangers, NotFound beyond the border and, for everybody but the author and moderators,
    before a comment stands anywhere.
    """
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
    comment = session.get(Comment, comment_id, with_for_update=hold or None, populate_existing=hold)
    if comment is None or not authority.belongs(principal, comment.community_id):
        raise NotFound("comment_not_found", id=comment_id)
    loaded = Loaded(comment, comment_subjects.of_key(session, principal, comment.thread, now))
    if comment.branch is None and not sees_hidden(principal, loaded):
        raise NotFound("comment_not_found", id=comment_id)
    authority.require(principal, "comment.read", loaded.subject())
    return loaded


def facts(session: Session, principal: Principal, loaded: Loaded) -> CommentFacts:
    """What the guards of the machine look at."""
    return _facts(principal, loaded, loaded.comment.case_id in _flagged(session, principal, (loaded.comment,)))


def _facts(principal: Principal, loaded: Loaded, has_flagged: bool) -> CommentFacts:
    comment, thread = loaded.comment, loaded.thread
    is_hidden = moderation.is_hidden_for_review(comment.state, comment.hidden_until, thread.now)
    against = thread.obstacle
    return CommentFacts(
        is_author=principal.kind == "person" and principal.id == comment.author_id,
        is_closed=against == "thread_closed",
        is_hidden_for_review=is_hidden,
        hidden_until=comment.hidden_until if is_hidden else thread.found.hidden_until,
        against_subject=against,
        is_deepest=comment.depth >= DEEPEST,
        has_flagged=has_flagged,
    )


def one(session: Session, principal: Principal, loaded: Loaded) -> CommentView:
    """The comment as this caller sees it, with everything they may do. Author and moderators are shown the text in any
    state."""
    comment = loaded.comment
    candidate = loaded.thread.found.candidate_id
    line = _line(comment, loaded.thread.now, shows_all=sees_hidden(principal, loaded), candidate_id=candidate)
    named = select(CommentMention.person_id).where(CommentMention.comment_id == comment.id)
    stances = _stances(session, principal, (comment.id,))
    return CommentView(
        comment,
        line.text,
        line.author_id,
        line.tombstone,
        stances.get(comment.id),
        tuple(session.exec(named.order_by(col(CommentMention.person_id)))) if line.text is not None else (),
        actions(session, principal, loaded),
        comment.case_id if sees_hidden(principal, loaded) else None,
        line.by_candidate,
    )


def fresh(principal: Principal, loaded: Loaded, mentions: tuple[str, ...]) -> CommentView:
    """A comment that its author has posted in this transaction; nobody has reacted to it or flagged it, so nothing is
    read."""
    found = CommentFacts(is_author=True, is_closed=False, is_deepest=loaded.comment.depth >= DEEPEST)
    candidate = loaded.thread.found.candidate_id
    line = _line(loaded.comment, loaded.thread.now, shows_all=True, candidate_id=candidate)
    acts = _actions(principal, loaded, found, {})
    return replace(line, mentions=mentions, actions=acts)


def lines(
    session: Session, principal: Principal, found: tuple[Comment, ...], now: datetime, *, shows_all: bool = False
) -> tuple[CommentView, ...]:
    """Many comments as everybody sees them, with the caller's own stance on each; `with_actions` adds what may be done."""
    stances = _stances(session, principal, tuple(comment.id for comment in found))
    about = {comment.thread for comment in found if comment.thread.startswith(_CANDIDATE)}
    stand = candidacies.of_options(session, {key.removeprefix(_CANDIDATE) for key in about})
    return tuple(
        _line(
            comment,
            now,
            shows_all=shows_all,
            my_stance=stances.get(comment.id),
            candidate_id=stand.get(comment.thread.removeprefix(_CANDIDATE)),
        )
        for comment in found
    )


def with_actions(
    session: Session, principal: Principal, views: Sequence[CommentView], now: datetime, thread: Thread | None = None
) -> tuple[CommentView, ...]:
    """The same comments with everything the caller may do: their threads (unless they are of this one), sanctions and flags
    are looked up once."""
    threads = {} if thread is None else {thread.key: thread}
    for its_key in {view.comment.thread for view in views} - set(threads):
        threads[its_key] = comment_subjects.of_key(session, principal, its_key, now)
    flagged = _flagged(session, principal, [view.comment for view in views])
    forbidden: dict[datetime, Collection[str]] = {}
    known: dict[tuple[str, str, CommentFacts], tuple[Action, ...]] = {}
    found = []
    for view in views:
        loaded = Loaded(view.comment, threads[view.comment.thread])
        at = loaded.thread.now
        if at not in forbidden:
            forbidden[at] = sanctions.against(session, principal, at)
        its = _facts(principal, loaded, view.comment.case_id in flagged)
        key = loaded.thread.key, view.comment.state, its
        if key not in known:
            known[key] = _actions(principal, loaded, its, forbidden[at])
        found.append(replace(view, actions=known[key]))
    return tuple(found)


def actions(session: Session, principal: Principal, loaded: Loaded) -> tuple[Action, ...]:
    """Every command of the machine, and the reason against it."""
    forbidden = sanctions.against(session, principal, loaded.thread.now)
    return _actions(principal, loaded, facts(session, principal, loaded), forbidden)


def _actions(
    principal: Principal, loaded: Loaded, found_facts: CommentFacts, forbidden: Collection[str]
) -> tuple[Action, ...]:
    blocked = lifecycle.survey(COMMENT, loaded.comment.state, found_facts).blocked
    subject = loaded.subject()
    found = []
    for command in COMMENT.offered:
        decision = authority.may(principal, f"comment.{command}", subject)
        code = blocked.get(command) if decision.allowed else decision.code
        if code is None and _SANCTIONED.get(command) in forbidden:
            code = "sanctioned"
        found.append(Action(command, code is None, code))
    return tuple(found)


def _line(
    comment: Comment,
    now: datetime,
    *,
    shows_all: bool = False,
    my_stance: int | None = None,
    candidate_id: str | None = None,
) -> CommentView:
    tombstone = _tombstone(comment, now)
    if tombstone is None or (shows_all and tombstone != ERASED):
        answers = candidate_id is not None and comment.author_id == candidate_id
        return CommentView(comment, comment.text, comment.author_id, tombstone, my_stance, by_candidate=answers)
    return CommentView(comment, None, None, tombstone, my_stance)


def _tombstone(comment: Comment, now: datetime) -> str | None:
    return ERASED if comment.text is None else moderation.tombstone(comment.state, comment.hidden_until, now)


def sees_hidden(principal: Principal, loaded: Loaded) -> bool:
    """Whether the caller is shown the text in any state: its author, and moderators."""
    return authority.may(principal, "comment.read_hidden", loaded.subject()).allowed


def _flagged(session: Session, principal: Principal, comments: Sequence[Comment]) -> set[str]:
    """Those of the undecided cases about them in which the caller has flagged."""
    cases = {one.case_id for one in comments if one.case_id is not None and one.state in moderation.UNDECIDED}
    if principal.kind != "person" or not cases:
        return set()
    mine = ModerationFlag.person_id == principal.id, col(ModerationFlag.case_id).in_(cases)
    return set(session.exec(select(ModerationFlag.case_id).where(*mine)))


def _stances(session: Session, principal: Principal, ids: tuple[str, ...]) -> dict[str, int]:
    if principal.kind != "person" or not ids:
        return {}
    found = session.exec(
        select(CommentReaction.comment_id, CommentReaction.stance).where(
            CommentReaction.person_id == principal.id, col(CommentReaction.comment_id).in_(ids)
        )
    )
    return dict(found.all())
