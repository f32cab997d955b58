"""Written objections to a result, where its rule lets enough of them bring it down (Lishui art. 13, Taiwan art. 32).

An elector of the roll objects once, here or on paper that an officer records with its hash, from the publication to the end
of the rule's period; until then an objection may be withdrawn. What they weigh is the entry's head and area; the rule's own
tests say when they are enough. Where the record of an official system tells the objections, that record alone counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from voting.community.queries import Action
from voting.contests import queries, ruling
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, ResultObjection
from voting.core import authority
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, Invalid, NotFound
from voting.ids import random_id
from voting.log import journal
from voting.roll import queries as rolls
from voting.roll.tables import RollEntry, RollVoter

FILED, WITHDRAWN = "filed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is objected: why, and for officers whose paper it is, with the hash of the paper."""

    statement: str
    entry_id: str | None = None
    document_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection to a result and what this caller may do with it."""

    objection: ResultObjection
    actions: tuple[Action, ...]


def file(session: Session, principal: Principal, contest_id: str, wanted: Wanted, *, now: datetime) -> ObjectionView:
    """Object to a published result. Raises `Conflict` out of its time, `Invalid` for an entry that is not on the roll."""
    loaded = queries.load(session, principal, contest_id, now, hold=True)
    rolls.known(principal)
    entry, form = _entry(session, principal, loaded, wanted)
    _require_hearing(session, loaded)
    of_entry = ResultObjection.contest_id == contest_id, ResultObjection.entry_id == entry.id
    row = session.exec(select(ResultObjection).where(*of_entry)).one_or_none()
    if row is not None and row.state == FILED:
        raise Conflict("objected_already", id=row.id)
    before = None if row is None else row.state
    if row is None:
        row = ResultObjection(
            id=random_id("rob"),
            community_id=loaded.contest.community_id,
            contest_id=contest_id,
            entry_id=entry.id,
            filed_by=principal.id,
            form=form,
            statement=wanted.statement,
            filed_at=loaded.now,
        )
    row.filed_by, row.form, row.statement, row.document_hash = (
        principal.id,
        form,
        wanted.statement,
        wanted.document_hash,
    )
    row.state, row.filed_at, row.withdrawn_at = FILED, loaded.now, None
    session.add(row)
    session.flush()
    _note(session, loaded, principal, row, "filed", before)
    return _view(session, principal, loaded, row)


def withdraw(session: Session, principal: Principal, objection_id: str, *, now: datetime) -> ObjectionView:
    """Take an objection back, within the period: the elector, or an officer for a paper."""
    row, loaded = _known(session, principal, objection_id, now, hold=True)
    if not _may_withdraw(session, principal, loaded, row):
        raise Forbidden("objection_withdrawn_by_elector")
    _require_hearing(session, loaded)
    if row.state != FILED:
        raise Conflict("objection_withdrawn", id=row.id)
    row.state, row.withdrawn_at = WITHDRAWN, loaded.now
    session.flush()
    _note(session, loaded, principal, row, "withdrawn", FILED)
    return _view(session, principal, loaded, row)


def read(session: Session, principal: Principal, objection_id: str, *, now: datetime) -> ObjectionView:
    """One objection, for officers and for its elector."""
    row, loaded = _known(session, principal, objection_id, now)
    return _view(session, principal, loaded, row)


def page(
    session: Session, principal: Principal, contest_id: str, *, after: str | None = None, limit: int = 50, now: datetime
) -> tuple[ObjectionView, ...]:
    """At most `limit` objections behind the id `after`: all for officers, one's own for everybody else."""
    loaded = queries.load(session, principal, contest_id, now)
    authority.require(principal, "roll.read", loaded.subject)
    query = select(ResultObjection).where(ResultObjection.contest_id == contest_id)
    if not authority.may(principal, "result.read_objections", loaded.subject).allowed:
        own = select(col(RollVoter.entry_id)).where(
            RollVoter.roll_id == loaded.roll.id, RollVoter.person_id == principal.id
        )
        query = query.where(or_(col(ResultObjection.entry_id).in_(own), col(ResultObjection.filed_by) == principal.id))
    if after is not None:
        query = query.where(col(ResultObjection.id) > after)
    found = session.exec(query.order_by(col(ResultObjection.id)).limit(limit))
    return tuple(_view(session, principal, loaded, row) for row in found)


def weight(session: Session, contest: Contest) -> Mapping[str, int]:
    """Heads and area of the electors who object."""
    heads, area = session.exec(
        select(func.sum(RollEntry.heads), func.sum(RollEntry.area_cm2))
        .join(ResultObjection, col(ResultObjection.entry_id) == col(RollEntry.id))
        .where(ResultObjection.contest_id == contest.id, ResultObjection.state == FILED)
    ).one()
    return {"count": int(heads or 0), "area": int(area or 0)}


def _require_hearing(session: Session, loaded: Loaded) -> None:
    code = ruling.against_objecting(session, loaded.contest, loaded.now)
    if code is not None:
        until = ruling.objections_until(session, loaded.contest)
        told = "–" if until is None else until.isoformat().replace("+00:00", "Z")
        raise Conflict(code, state=loaded.contest.state, until=told)


def _entry(session: Session, principal: Principal, loaded: Loaded, wanted: Wanted) -> tuple[RollEntry, str]:
    """The elector, and the form: one's own here, anybody's from a paper by an officer."""
    own = rolls.entry_of(session, loaded.roll.id, principal.id) if principal.kind == "person" else None
    if own is not None and wanted.entry_id in (None, own.id):
        return own, "in_app"
    if wanted.entry_id is None:
        authority.require(principal, "result.object", loaded.subject)
        raise Forbidden("not_on_roll")
    authority.require(principal, "result.record_objection", loaded.subject)
    if wanted.document_hash is None:
        raise Invalid.at("/document_sha256", "missing_member", member="document_sha256")
    entry = session.get(RollEntry, wanted.entry_id)
    if entry is None or entry.roll_id != loaded.roll.id:
        raise Invalid.at("/entry_id", "entry_not_on_roll", id=wanted.entry_id)
    return entry, "written"


def _known(
    session: Session, principal: Principal, objection_id: str, now: datetime, *, hold: bool = False
) -> tuple[ResultObjection, Loaded]:
    """The objection, if the caller may read it; otherwise it is absent. The contest's row is held first."""
    rolls.known(principal)
    row = session.get(ResultObjection, objection_id)
    if row is None or not authority.belongs(principal, row.community_id):
        raise NotFound("result_objection_not_found", id=objection_id)
    loaded = queries.load(session, principal, row.contest_id, now, hold=hold)
    reads = authority.may(principal, "result.read_objections", loaded.subject).allowed
    if not reads and not _is_own(session, principal, loaded, row):
        raise NotFound("result_objection_not_found", id=objection_id)
    if hold:
        session.refresh(row, with_for_update=True)
    return row, loaded


def _is_own(session: Session, principal: Principal, loaded: Loaded, row: ResultObjection) -> bool:
    own = rolls.entry_of(session, loaded.roll.id, principal.id) if principal.kind == "person" else None
    return own is not None and own.id == row.entry_id


def _may_withdraw(session: Session, principal: Principal, loaded: Loaded, row: ResultObjection) -> bool:
    recorded = row.form == "written" and authority.may(principal, "result.record_objection", loaded.subject).allowed
    return recorded or _is_own(session, principal, loaded, row)


def _view(session: Session, principal: Principal, loaded: Loaded, row: ResultObjection) -> ObjectionView:
    code = None if _may_withdraw(session, principal, loaded, row) else "objection_withdrawn_by_elector"
    code = code or (None if row.state == FILED else "objection_withdrawn")
    code = code or ruling.against_objecting(session, loaded.contest, loaded.now)
    return ObjectionView(row, (Action("withdraw", code is None, code),))


def _note(
    session: Session, loaded: Loaded, principal: Principal, row: ResultObjection, kind: str, before: str | None
) -> None:
    journal.record(
        session,
        community_id=row.community_id,
        subject_kind="result_objection",
        subject_id=row.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        from_state=before,
        to_state=row.state,
        facts={"contest": row.contest_id, "form": row.form},
    )
