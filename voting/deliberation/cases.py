"""Cases: taken by a moderator, decided by a rule with a reason, appealed by the author, reviewed by somebody else.

The row of what a case is about is held before the case's, as by flags. Who took or decided a case never decides its appeal;
who wrote what it is about decides nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from voting.community.clock import now_in
from voting.community.queries import Action
from voting.community.queries import community as community_of
from voting.community.tables import Community
from voting.core import authority, lifecycle, moderation, texts
from voting.core.authority import Principal, Subject
from voting.core.moderation import CASE, CaseFacts
from voting.deliberation import candidacies, case_steps, moderated, moderation_policy, sanctions, thread_marks
from voting.deliberation.moderation_tables import ModerationCase, Sanction
from voting.deliberation.moderation_tables import ModerationFlag as ModerationFlag  # Entry points present the rows.
from voting.deliberation.moderation_tables import ModerationStep as ModerationStep
from voting.deliberation.sanctions import Terms
from voting.errors import Invalid, NotFound, Unauthenticated

MOST_REASON = 2000
_DONE = {
    "take": "taken",
    "dismiss": "dismissed",
    "hide": "hidden",
    "remove_legal": "removed",
    "appeal": "appealed",
    "reinstate": "reinstated",
    "uphold": "upheld",
}
_HIDES = ("hide", "remove_legal")


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its steps, flags and sanctions. The author is told neither who flagged nor who decided."""

    case: ModerationCase
    steps: tuple[ModerationStep, ...]
    flags: tuple[ModerationFlag, ...]
    sanctions: tuple[Sanction, ...]
    is_inside: bool
    """Whether the caller is shown the people in it."""
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What goes with a command: the rule broken, why, and a sanction of the author."""

    rule_id: str | None = None
    reason: str | None = None
    sanction: Terms | None = None


def decide(
    session: Session, principal: Principal, case_id: str, command: str, ruling: Ruling, *, now: datetime
) -> CaseView:
    """Give one command: take, dismiss, hide, remove_legal, appeal, reinstate or uphold."""
    found = _load(session, principal, case_id)
    # What was read before it is held may be old by now, and a versioned row that grew older meanwhile is refused.
    session.expunge(found)
    kind = moderated.of(found.subject_kind)
    row = kind.hold(session, found.subject_id)
    case = session.get_one(ModerationCase, case_id, with_for_update=True, populate_existing=True)
    writers = _writers(session, (case,))[case.id]
    subject = _subject(session, principal, case, writers)
    authority.require(principal, f"case.{command}", subject)
    at = now_in(session.get_one(Community, case.community_id), now)
    before = case.state
    facts, forbids = _facts(session, principal, case, writers, at), authority.forbids(principal, "case", subject)
    state = lifecycle.move(CASE, before, command, facts, ruling.reason, forbids)
    rule_id = _rule(session, case, command, ruling)
    reason = None if ruling.reason is None else texts.accept(ruling.reason, "/reason", most=MOST_REASON)
    _apply(session, principal, case, command, state, rule_id, at)
    kind.bear(row, case.state, case.rule_id)
    session.flush()
    if command == "reinstate":
        sanctions.hold_of_case(session, case.id)
    thread_marks.stir_by(session, row)
    kept = None
    if command != "take":
        about = (case.community_id, case.id, case.subject_kind)
        kept = case_steps.keep(session, principal, *about, _DONE[command], rule_id, reason, at)
    case_steps.note(session, principal, case, _DONE[command], at, from_state=before, step=kept)
    if ruling.sanction is not None and case.author_id is not None:
        terms, why = ruling.sanction, reason or ""
        sanctions.impose(
            session,
            principal,
            case.community_id,
            case.author_id,
            terms,
            rule_id=rule_id,
            reason=why,
            case=case,
            now=now,
        )
    if command == "reinstate":
        sanctions.void_of_case(session, principal, case.id, at)
    return _view(session, principal, case, at)


def drop(session: Session, principal: Principal, case_id: str | None, at: datetime) -> None:
    """End the undecided case about a thing that was taken back; without one nothing happens."""
    if case_id is None:
        return
    case = session.get_one(ModerationCase, case_id, with_for_update=True, populate_existing=True)
    if case.state not in moderation.UNDECIDED:
        return
    before, case.state = case.state, lifecycle.move(CASE, case.state, "drop", CaseFacts())
    session.flush()
    case_steps.note(session, principal, case, "dropped", at, from_state=before)


def get(session: Session, principal: Principal, case_id: str, *, now: datetime) -> CaseView:
    """One case, for moderators and for whoever wrote what it is about."""
    case = _load(session, principal, case_id)
    return _view(session, principal, case, now_in(session.get_one(Community, case.community_id), now))


def of_community(
    session: Session,
    principal: Principal,
    community_id: str,
    *,
    state: str | None = None,
    after: str | None = None,
    limit: int = 50,
    now: datetime,
) -> tuple[CaseView, ...]:
    """At most `limit` cases behind the id `after`, oldest first, for moderators. Flags are left to the view of one."""
    community = community_of(session, principal, community_id)
    authority.require(principal, "moderation.read", Subject(community_id, kind="community"))
    query = select(ModerationCase).where(ModerationCase.community_id == community_id)
    if state is not None:
        query = query.where(ModerationCase.state == state)
    if after is not None:
        query = query.where(col(ModerationCase.id) > after)
    at = now_in(community, now)
    found = session.exec(query.order_by(col(ModerationCase.id)).limit(limit)).all()
    writers = _writers(session, found)
    return tuple(
        CaseView(
            case,
            (),
            (),
            (),
            principal.id not in writers[case.id],
            _actions(session, principal, case, writers[case.id], at),
        )
        for case in found
    )


def _load(session: Session, principal: Principal, case_id: str) -> ModerationCase:
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
    case = session.get(ModerationCase, case_id)
    if case is None or not authority.belongs(principal, case.community_id):
        raise NotFound("case_not_found", id=case_id)
    writers = _writers(session, (case,))[case.id]
    authority.require(principal, "moderation.read", _subject(session, principal, case, writers))
    return case


def _writers(session: Session, found: Iterable[ModerationCase]) -> Mapping[str, frozenset[str]]:
    """Case → everybody who writes what it is about."""
    by_kind: dict[str, list[ModerationCase]] = {}
    for case in found:
        by_kind.setdefault(case.subject_kind, []).append(case)
    writers: dict[str, frozenset[str]] = {}
    for kind, its in by_kind.items():
        more = moderated.of(kind).writers(session, [case.subject_id for case in its])
        for case in its:
            named = frozenset() if case.author_id is None else frozenset({case.author_id})
            writers[case.id] = named | more.get(case.subject_id, frozenset())
    return writers


def _subject(session: Session, principal: Principal, case: ModerationCase, writers: frozenset[str]) -> Subject:
    """About the caller where they are one of its writers. Who stands in the contest is asked for a candidate alone: of others
    it changes nothing."""
    about = principal.id if principal.kind == "person" and principal.id in writers else case.author_id
    stand = frozenset[str]()
    if principal.grants and candidacies.stands(session, principal):
        stand = moderated.of(case.subject_kind).candidates(session, case.subject_id)
    return Subject(case.community_id, person_id=about, kind="case", candidates=stand)


def _facts(
    session: Session, principal: Principal, case: ModerationCase, writers: frozenset[str], at: datetime
) -> CaseFacts:
    return CaseFacts(
        is_author=principal.kind == "person" and principal.id in writers,
        is_moderator=principal.id == case.moderator_id,
        has_taken=case.state == "appealed" and case_steps.has_taken(session, principal, case.id),
        appeal_until=case.appeal_until,
        now=at,
    )


def _rule(session: Session, case: ModerationCase, command: str, ruling: Ruling) -> str:
    """The rule of a step: of a decision the one it names, else that of the decision before, or of the first flag."""
    if command in _HIDES:
        if ruling.rule_id is None:
            raise Invalid.at("/rule_id", "moderation_rule_needed")
        moderation_policy.check_rule(session, case.community_id, ruling.rule_id)
        return ruling.rule_id
    if ruling.sanction is not None:
        raise Invalid.at("/sanction", "sanction_without_breach")
    if case.rule_id is not None:
        return case.rule_id
    first = select(ModerationStep.rule_id).where(ModerationStep.case_id == case.id).order_by(col(ModerationStep.id))
    return session.exec(first.limit(1)).one()


def _apply(
    session: Session, principal: Principal, case: ModerationCase, command: str, state: str, rule_id: str, at: datetime
) -> None:
    case.state = state
    if command == "take":
        case.moderator_id = principal.id
    elif command in _HIDES:
        days = moderation_policy.of(session, case.community_id).appeal_days
        case.rule_id, case.appeal_until = rule_id, at + timedelta(days=days)
    elif command in ("reinstate", "uphold"):
        case.reviewer_id = principal.id


def _view(session: Session, principal: Principal, case: ModerationCase, at: datetime) -> CaseView:
    writers = _writers(session, (case,))[case.id]
    may_moderate = authority.may(principal, "moderation.read", Subject(case.community_id, kind="case")).allowed
    is_inside = may_moderate and principal.id not in writers
    steps = select(ModerationStep).where(ModerationStep.case_id == case.id).order_by(col(ModerationStep.id))
    flags = select(ModerationFlag).where(ModerationFlag.case_id == case.id).order_by(col(ModerationFlag.flagged_at))
    imposed = select(Sanction).where(Sanction.case_id == case.id).order_by(col(Sanction.id))
    return CaseView(
        case,
        tuple(session.exec(steps)),
        tuple(session.exec(flags)) if is_inside else (),
        tuple(session.exec(imposed)),
        is_inside,
        _actions(session, principal, case, writers, at),
    )


def _actions(
    session: Session, principal: Principal, case: ModerationCase, writers: frozenset[str], at: datetime
) -> tuple[Action, ...]:
    subject = _subject(session, principal, case, writers)
    blocked = lifecycle.survey(CASE, case.state, _facts(session, principal, case, writers, at)).blocked
    found = []
    for command in CASE.offered:
        decision = authority.may(principal, f"case.{command}", subject)
        code = blocked.get(command) if decision.allowed else decision.code
        found.append(Action(command, code is None, code))
    return tuple(found)
