"""Flags: a resident says which rule a thing breaks. Enough of them hide it until somebody reviews, or the time for that is
over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from voting.core import authority, moderation, texts
from voting.core.authority import Principal
from voting.core.moderation import UNDECIDED
from voting.deliberation import case_steps, moderation_policy, sanctions, thread_marks
from voting.deliberation.moderated import Kind, Loaded, Thing, View
from voting.deliberation.moderation_tables import ModerationCase, ModerationFlag
from voting.ids import timed_id

MOST_NOTE = 1000


def flag(
    session: Session,
    principal: Principal,
    kind: Kind[Loaded, View],
    thing_id: str,
    *,
    rule_id: str,
    note: str | None = None,
    now: datetime,
) -> View:
    """Flag what somebody else wrote by a rule of the community: once for each person in a case."""
    thing = kind.load(session, principal, thing_id, now)
    row, at = thing.row, thing.now
    authority.require(principal, kind.flag_act, thing.subject)
    sanctions.refuse(session, principal, "flag", at)
    moderation_policy.check_rule(session, row.community_id, rule_id)
    before, state = kind.state(row), kind.flagged(session, principal, thing)
    said = None if note is None else texts.accept(note, "/note", most=MOST_NOTE)
    case = _case(session, principal, kind, thing, rule_id)
    session.add(ModerationFlag(case_id=case.id, person_id=principal.id, rule_id=rule_id, note=said, flagged_at=at))
    case.flags += 1
    policy = moderation_policy.of(session, row.community_id)
    hidden_before = case.hidden_until is not None or _is_cleared(session, kind, thing)
    hides = moderation.hides(case.flags, policy.flag_threshold, hidden_before)
    if hides:
        row.hidden_until = case.hidden_until = at + timedelta(hours=policy.review_hours)
        kind.hid(session, thing.loaded, row.hidden_until)
    setattr(row, kind.column, state)
    session.flush()
    if hides or before != state:
        thread_marks.stir_by(session, row)
    case_steps.note_flag(session, principal, case, at, opens=before not in UNDECIDED, hides=hides)
    return kind.view(session, principal, thing.loaded)


def _is_cleared(session: Session, kind: Kind[Loaded, View], thing: Thing[Loaded]) -> bool:
    """Whether a moderator found that nothing was broken by its wording: a few who flag again do not undo that."""
    dismissed = select(ModerationCase.id).where(
        ModerationCase.subject_kind == kind.name,
        ModerationCase.subject_id == thing.row.id,
        ModerationCase.state == "dismissed",
        col(ModerationCase.opened_at) >= thing.written_at,
    )
    return session.exec(dismissed.limit(1)).first() is not None


def _case(
    session: Session, principal: Principal, kind: Kind[Loaded, View], thing: Thing[Loaded], rule_id: str
) -> ModerationCase:
    """The case that is open about the thing, held; a new one where there is none."""
    row, at = thing.row, thing.now
    if kind.state(row) in UNDECIDED:
        return session.get_one(ModerationCase, row.case_id, with_for_update=True, populate_existing=True)
    case = ModerationCase(
        id=timed_id("cse", at),
        community_id=row.community_id,
        subject_kind=kind.name,
        subject_id=row.id,
        author_id=thing.author_id,
        opened_at=at,
    )
    session.add(case)
    session.flush()
    row.case_id, row.hidden_until, row.rule_id = case.id, None, None
    case_steps.keep(session, principal, case.community_id, case.id, kind.name, "flagged", rule_id, None, at)
    return case
