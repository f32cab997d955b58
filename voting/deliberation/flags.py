"""Flags: a resident says which rule a comment breaks. Enough of them hide it until somebody reviews, or the time for that
is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from voting.core import authority, lifecycle, moderation, texts
from voting.core.authority import Principal
from voting.core.moderation import COMMENT, UNDECIDED
from voting.deliberation import case_steps, comment_view, moderation_policy, sanctions
from voting.deliberation.comment_view import CommentView, Loaded
from voting.deliberation.moderation_tables import ModerationCase, ModerationFlag
from voting.ids import timed_id

MOST_NOTE = 1000


def flag(
    session: Session, principal: Principal, comment_id: str, *, rule_id: str, note: str | None = None, now: datetime
) -> CommentView:
    """Flag a comment of somebody else by a rule of the community: once for each person in a case."""
    loaded = comment_view.load(session, principal, comment_id, now, hold=True)
    comment, at = loaded.comment, loaded.thread.now
    authority.require(principal, "comment.flag", loaded.subject())
    sanctions.refuse(session, principal, "flag", at)
    moderation_policy.check_rule(session, comment.community_id, rule_id)
    state = lifecycle.move(COMMENT, comment.state, "flag", comment_view.facts(session, principal, loaded))
    said = None if note is None else texts.accept(note, "/note", most=MOST_NOTE)
    case = _case(session, principal, loaded, rule_id)
    session.add(ModerationFlag(case_id=case.id, person_id=principal.id, rule_id=rule_id, note=said, flagged_at=at))
    case.flags += 1
    policy = moderation_policy.of(session, comment.community_id)
    hides = moderation.hides(case.flags, policy.flag_threshold, case.hidden_until is not None)
    if hides:
        comment.hidden_until = case.hidden_until = at + timedelta(hours=policy.review_hours)
    before, comment.state = comment.state, state
    session.flush()
    case_steps.note_flag(session, principal, case, at, opens=before not in UNDECIDED, hides=hides)
    return comment_view.one(session, principal, loaded)


def _case(session: Session, principal: Principal, loaded: Loaded, rule_id: str) -> ModerationCase:
    """The case that is open about the comment, held; a new one where there is none."""
    comment, at = loaded.comment, loaded.thread.now
    if comment.state in UNDECIDED:
        return session.get_one(ModerationCase, comment.case_id, with_for_update=True, populate_existing=True)
    case = ModerationCase(
        id=timed_id("cse", at),
        community_id=comment.community_id,
        subject_kind="comment",
        subject_id=comment.id,
        author_id=comment.author_id,
        opened_at=at,
    )
    session.add(case)
    session.flush()
    comment.case_id, comment.hidden_until, comment.rule_id = case.id, None, None
    case_steps.keep(session, principal, case.community_id, case.id, "flagged", rule_id, None, at)
    return case
