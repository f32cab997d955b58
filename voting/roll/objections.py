"""Objections to a displayed roll: filed by residents, decided by officers, appealed to another officer.

Filing holds the roll's row, so that of an objection and the end of the display at the same moment the later sees the
earlier: the objection stands and blocks the seal, or it is refused. Who filed never decides; who decided never reviews.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from voting.community.clock import now_in
from voting.community.queries import Action
from voting.community.tables import Community
from voting.core import authority, lifecycle
from voting.core.authority import Principal, Subject
from voting.core.rolls import OBJECTION, ROLL, ObjectionFacts
from voting.errors import Invalid, NotFound
from voting.ids import timed_id
from voting.log import journal
from voting.roll import periods, queries, service
from voting.roll.tables import Roll, RollEntry, RollObjection
from voting.roll.terms import from_document

KINDS = ("missing", "not_entitled", "wrong_weight", "wrong_detail")
_DONE = {"withdraw": "withdrawn", "uphold": "upheld", "dismiss": "dismissed", "appeal": "appealed"}


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection and what this caller may do with it."""

    objection: RollObjection
    overdue: bool
    actions: tuple[Action, ...]


def file(
    session: Session,
    principal: Principal,
    roll_id: str,
    *,
    kind: str,
    statement: str,
    entry_id: str | None = None,
    now: datetime,
) -> ObjectionView:
    """Object to a displayed roll: somebody is missing, an entry is not entitled, or its weight or detail is wrong."""
    roll = queries.get(session, principal, roll_id, lock=True)
    authority.require(principal, "roll.object", queries.subject(session, roll))
    lifecycle.move(ROLL, roll.state, "object", service.facts(session, roll, now))
    _check_entry(session, roll, kind, entry_id)
    at = now_in(session.get_one(Community, roll.community_id), now)
    days = from_document(roll.terms).decision_days
    objection = RollObjection(
        id=timed_id("obj", at),
        community_id=roll.community_id,
        roll_id=roll.id,
        filed_by=principal.id,
        kind=kind,
        entry_id=entry_id,
        statement=statement,
        filed_at=at,
        decide_by=periods.ends(session, roll, at, days),
    )
    session.add(objection)
    session.flush()
    _note(session, principal, objection, "filed", at, from_state=None)
    return _view(session, principal, roll, objection, at)


def decide(
    session: Session, principal: Principal, objection_id: str, command: str, *, reason: str | None, now: datetime
) -> ObjectionView:
    """Give one command: withdraw, uphold, dismiss or appeal."""
    found = _load(session, principal, objection_id)
    roll = queries.get(session, principal, found.roll_id, lock=True)
    session.refresh(found, with_for_update=True)
    authority.require(principal, f"objection.{command}", _subject(session, roll, found))
    at = now_in(session.get_one(Community, roll.community_id), now)
    before = found.state
    found.state = lifecycle.move(OBJECTION, found.state, command, _facts(principal, roll, found), reason)
    if command == "appeal":
        found.appeal = reason
    elif command in ("uphold", "dismiss"):
        found.decided_by, found.decided_at, found.decision = principal.id, at, reason
    session.flush()
    _note(session, principal, found, _DONE[command], at, from_state=before, reason=reason)
    return _view(session, principal, roll, found, at)


def get(session: Session, principal: Principal, objection_id: str, *, now: datetime) -> ObjectionView:
    """One objection, for officers and for whoever filed it."""
    found = _load(session, principal, objection_id)
    roll = queries.get(session, principal, found.roll_id)
    authority.require(principal, "objection.read", _subject(session, roll, found))
    return _view(session, principal, roll, found, now_in(session.get_one(Community, roll.community_id), now))


def of_roll(
    session: Session, principal: Principal, roll_id: str, after: str | None, limit: int, *, now: datetime
) -> tuple[ObjectionView, ...]:
    """At most `limit` objections behind the id `after`, oldest first: all for officers, one's own for everybody else."""
    roll = queries.get(session, principal, roll_id)
    subject = queries.subject(session, roll)
    query = select(RollObjection).where(RollObjection.roll_id == roll_id)
    if not authority.may(principal, "objection.read", subject).allowed:
        authority.require(principal, "roll.read", subject)
        query = query.where(RollObjection.filed_by == principal.id)
    if after is not None:
        query = query.where(col(RollObjection.id) > after)
    at = now_in(session.get_one(Community, roll.community_id), now)
    found = session.exec(query.order_by(col(RollObjection.id)).limit(limit))
    return tuple(_view(session, principal, roll, objection, at) for objection in found)


def _load(session: Session, principal: Principal, objection_id: str) -> RollObjection:
    """The objection within the border. One that the caller may not read is absent."""
    found = session.get(RollObjection, objection_id)
    if found is None or not authority.belongs(principal, found.community_id):
        queries.known(principal)
        raise NotFound("objection_not_found", id=objection_id)
    return found


def _subject(session: Session, roll: Roll, objection: RollObjection) -> Subject:
    where = queries.subject(session, roll)
    return Subject(where.community_id, where.building_id, where.unit_id, person_id=objection.filed_by, kind="objection")


def _facts(principal: Principal, roll: Roll, objection: RollObjection) -> ObjectionFacts:
    return ObjectionFacts(
        roll_is_sealed=roll.state in service.FINAL,
        is_filer=principal.kind == "person" and principal.id == objection.filed_by,
        is_first_decider=objection.decided_by == principal.id,
    )


def _check_entry(session: Session, roll: Roll, kind: str, entry_id: str | None) -> None:
    if kind not in KINDS:
        raise Invalid.at("/kind", "objection_kind_unknown", kind=kind, known=list(KINDS))
    if (kind == "missing") == (entry_id is not None):
        raise Invalid.at("/entry_id", "objection_entry_needed" if entry_id is None else "objection_entry_unwanted")
    if entry_id is None:
        return
    entry = session.get(RollEntry, entry_id)
    if entry is None or entry.roll_id != roll.id:
        raise Invalid.at("/entry_id", "entry_not_on_roll", id=entry_id)


def _view(session: Session, principal: Principal, roll: Roll, objection: RollObjection, at: datetime) -> ObjectionView:
    blocked = lifecycle.survey(OBJECTION, objection.state, _facts(principal, roll, objection)).blocked
    subject = _subject(session, roll, objection)
    actions = []
    for command in OBJECTION.offered:
        decision = authority.may(principal, f"objection.{command}", subject)
        code = blocked.get(command) if decision.allowed else decision.code
        actions.append(Action(command, code is None, code))
    due = objection.decide_by
    waiting = objection.state in ("filed", "appealed")
    return ObjectionView(objection, waiting and due is not None and at >= due, tuple(actions))


def _note(
    session: Session,
    principal: Principal,
    objection: RollObjection,
    kind: str,
    at: datetime,
    *,
    from_state: str | None,
    reason: str | None = None,
) -> None:
    journal.record(
        session,
        community_id=objection.community_id,
        subject_kind="roll_objection",
        subject_id=objection.id,
        kind=kind,
        actor_id=principal.id,
        now=at,
        from_state=from_state,
        to_state=objection.state,
        reason=reason,
        facts={"roll": objection.roll_id, "about": objection.kind},
    )
