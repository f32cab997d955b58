"""Sanctions: what one person may not do until a date. It ends by itself; it may be lifted before, by a decision or on
appeal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from voting.community import queries
from voting.community.clock import now_in
from voting.community.queries import Action
from voting.community.tables import Community, Person
from voting.core import authority, texts
from voting.core.authority import Principal, Subject
from voting.core.evidence import journal_entries
from voting.core.moderation import SANCTIONED_ACTS
from voting.deliberation import comment_texts, moderation_policy
from voting.deliberation.moderation_tables import ModerationCase, Sanction
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.ids import timed_id
from voting.log import journal

MOST_DAYS = 366
MOST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is forbidden and for how many days."""

    acts: Sequence[str]
    days: int


@dataclass(frozen=True, slots=True)
class SanctionView:
    """A sanction: in_force, ended or lifted, and what this caller may do with it."""

    sanction: Sanction
    state: str
    actions: tuple[Action, ...]


def against(session: Session, principal: Principal, now: datetime) -> dict[str, datetime]:
    """What the caller may not do at the community's instant, and until when."""
    if principal.kind != "person":
        return {}
    found = session.exec(
        select(Sanction.acts, Sanction.ends_at).where(
            Sanction.person_id == principal.id, Sanction.ends_at > now, col(Sanction.lifted_at).is_(None)
        )
    )
    forbidden: dict[str, datetime] = {}
    for acts, until in found:
        for act in acts:
            forbidden[act] = max(until, forbidden.get(act, until))
    return forbidden


def refuse(session: Session, principal: Principal, act: str, now: datetime) -> None:
    """Raise Forbidden with the end date where the caller is forbidden to `comment`, `react` or `flag`."""
    refuse_by(against(session, principal, now), act)


def refuse_by(forbidden: Mapping[str, datetime], act: str) -> None:
    """Raise Forbidden with the end date where the act is forbidden."""
    until = forbidden.get(act)
    if until is not None:
        raise Forbidden("sanctioned", act=act, until=until.isoformat().replace("+00:00", "Z"), roles=[], scope="")


def impose(
    session: Session,
    principal: Principal,
    community_id: str,
    person_id: str,
    terms: Terms,
    *,
    rule_id: str,
    reason: str,
    case: ModerationCase | None = None,
    now: datetime,
) -> SanctionView:
    """Forbid a person some acts for some days, from now. Nobody sanctions oneself."""
    community = queries.community(session, principal, community_id)
    authority.require(principal, "sanction.impose", Subject(community_id, kind="community"))
    person = session.get(Person, person_id)
    if person is None or person.community_id != community_id:
        raise Invalid.at("/person_id", "person_not_found", id=person_id[:60])
    if person_id == principal.id:
        raise Invalid.at("/person_id", "sanction_of_oneself")
    moderation_policy.check_rule(session, community_id, rule_id)
    said = texts.accept(reason, "/reason", most=MOST_REASON)
    at = now_in(community, now)
    row = Sanction(
        id=timed_id("san", at),
        community_id=community_id,
        person_id=person_id,
        case_id=case.id if case else None,
        rule_id=rule_id,
        reason=said,
        salt=comment_texts.salt(),
        acts=[act for act in SANCTIONED_ACTS if act in terms.acts],
        imposed_by=principal.id,
        imposed_at=at,
        ends_at=at + timedelta(days=terms.days),
    )
    session.add(row)
    session.flush()
    _note(session, principal, row, "imposed", at, None)
    return _view(principal, row, at)


def lift(session: Session, principal: Principal, sanction_id: str, *, now: datetime) -> SanctionView:
    """End a sanction before its date, but never one's own. Raises IllegalMove for one that has ended."""
    row, at = _load(session, principal, sanction_id, now, hold=True)
    authority.require(principal, "sanction.lift", Subject(row.community_id, kind="sanction"))
    if row.person_id == principal.id:
        raise Conflict("sanction_of_oneself")
    if _state(row, at) != "in_force":
        raise IllegalMove("illegal_move", noun="sanction", state=_state(row, at), command="lift")
    row.lifted_at, row.lifted_for = at, "decision"
    session.flush()
    _note(session, principal, row, "lifted", at, "in_force")
    return _view(principal, row, at)


def hold_of_case(session: Session, case_id: str) -> tuple[Sanction, ...]:
    """The sanctions that came with a decision and were not lifted, held: before the journal is, as by a lift."""
    held = select(Sanction).where(Sanction.case_id == case_id, col(Sanction.lifted_at).is_(None))
    return tuple(session.exec(held.order_by(col(Sanction.id)).with_for_update()))


def void_of_case(session: Session, principal: Principal, case_id: str, at: datetime) -> None:
    """Lift every sanction that came with a decision, also one that has ended: on record it did not stand."""
    for row in hold_of_case(session, case_id):
        before = _state(row, at)
        row.lifted_at, row.lifted_for = at, "appeal"
        session.flush()
        _note(session, principal, row, "lifted", at, before)


def get(session: Session, principal: Principal, sanction_id: str, *, now: datetime) -> SanctionView:
    """One sanction, for moderators and for the person it is about."""
    row, at = _load(session, principal, sanction_id, now)
    return _view(principal, row, at)


def of_community(
    session: Session, principal: Principal, community_id: str, after: str | None, limit: int, *, now: datetime
) -> tuple[SanctionView, ...]:
    """At most `limit` sanctions behind the id `after`, oldest first: all for moderators, one's own for everybody else."""
    community = queries.community(session, principal, community_id)
    query = select(Sanction).where(Sanction.community_id == community_id)
    if not authority.may(principal, "moderation.read", Subject(community_id, kind="community")).allowed:
        query = query.where(Sanction.person_id == principal.id)
    if after is not None:
        query = query.where(col(Sanction.id) > after)
    at = now_in(community, now)
    return tuple(_view(principal, row, at) for row in session.exec(query.order_by(col(Sanction.id)).limit(limit)))


def _load(
    session: Session, principal: Principal, sanction_id: str, now: datetime, *, hold: bool = False
) -> tuple[Sanction, datetime]:
    if principal.kind == "stranger":
        raise Unauthenticated("authentication_required")
    row = session.get(Sanction, sanction_id, with_for_update=hold or None, populate_existing=hold)
    if row is None or not authority.belongs(principal, row.community_id):
        raise NotFound("sanction_not_found", id=sanction_id)
    authority.require(principal, "moderation.read", Subject(row.community_id, person_id=row.person_id, kind="sanction"))
    return row, now_in(session.get_one(Community, row.community_id), now)


def _state(row: Sanction, at: datetime) -> str:
    return "lifted" if row.lifted_at else "in_force" if at < row.ends_at else "ended"


def _view(principal: Principal, row: Sanction, at: datetime) -> SanctionView:
    decision = authority.may(principal, "sanction.lift", Subject(row.community_id, kind="sanction"))
    code = decision.code if not decision.allowed else None if _state(row, at) == "in_force" else "wrong_state"
    if code is None and row.person_id == principal.id:
        code = "sanction_of_oneself"
    return SanctionView(row, _state(row, at), (Action("lift", code is None, code),))


def _note(
    session: Session, principal: Principal, row: Sanction, kind: str, at: datetime, from_state: str | None
) -> None:
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="sanction",
        subject_id=row.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state="lifted" if row.lifted_at else "in_force",
        text=journal_entries.text_hash(row.salt, row.reason) if row.salt and row.reason and kind == "imposed" else None,
        facts={"rule": row.rule_id, "acts": row.acts, "until": row.ends_at.isoformat().replace("+00:00", "Z")},
    )
