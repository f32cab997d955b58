"""Proof that the papers of a contest reached its electors: how, when, by whom, with which document, and with the warning.

A delivery is to one elector of the sealed roll, named by its entry or by a dwelling that is the elector's. It is recorded or
revoked while the contest is noticed or open, and never after its close: whoever knows the result cannot choose who was silent.
Whoever was reached with the warning and is not checked off is silent; everybody else who did not vote is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert
from sqlmodel import Session, SQLModel, col, select

from voting.community.queries import Action
from voting.contests import addressees, queries
from voting.contests.queries import Loaded
from voting.contests.tables import Contest, Delivery, SealedParticipation
from voting.core import authority, lifecycle
from voting.core.authority import Principal
from voting.errors import Conflict, Fault, Invalid, NotFound
from voting.ids import random_id
from voting.log import journal
from voting.log.journal import EventFact
from voting.roll.tables import RollEntry

METHODS = ("in_person", "post", "electronic", "left_at_home")
RUNNING = ("noticed", "open")
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Given:
    """One delivery as it is told: the elector by entry or by dwelling. `document_hash`: SHA-256 of the proof."""

    method: str
    delivered_at: datetime
    delivered_by: str
    document_hash: bytes
    warned: bool
    entry_id: str | None = None
    dwelling_id: str | None = None
    place: str = ""
    """Where it stands in what was sent: the pointer of its row."""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery and what this caller may do with it."""

    delivery: Delivery
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import recorded, and how many electors are reached with proof and warning now."""

    recorded: int
    reached: int


def record(session: Session, principal: Principal, contest_id: str, given: Given, *, now: datetime) -> DeliveryView:
    """Record one delivery. Raises `Invalid` where it fits no elector or no time, `Conflict` after the close."""
    loaded = _running(session, principal, contest_id, now)
    (row,) = _rows(session, loaded, principal, (given,))
    made = Delivery(**row)
    session.add(made)
    session.flush()
    _note(session, loaded, principal, "delivery_recorded", {"delivery": made.id})
    return _view(principal, loaded, made)


def record_all(
    session: Session, principal: Principal, contest_id: str, given: Sequence[Given], *, now: datetime
) -> Report:
    """Record all of these deliveries or none. Raises `Invalid` with every row that does not fit."""
    loaded = _running(session, principal, contest_id, now)
    rows = _rows(session, loaded, principal, given)
    for start in range(0, len(rows), _BATCH):
        session.execute(insert(SQLModel.metadata.tables["delivery"]), rows[start : start + _BATCH])
    _note(session, loaded, principal, "deliveries_imported", {"recorded": len(rows)})
    reached = select(func.count(func.distinct(col(Delivery.entry_id)))).where(*_proven(contest_id))
    return Report(len(rows), session.exec(reached).one())


def revoke(
    session: Session, principal: Principal, delivery_id: str, *, reason: str | None, now: datetime
) -> DeliveryView:
    """Take back a delivery that was recorded wrongly, with a reason; it stays on record. `Conflict` after the close."""
    found = _known(session, principal, delivery_id)
    loaded = _running(session, principal, found.contest_id, now)
    session.refresh(found, with_for_update=True)
    if found.revoked_at is not None:
        raise Conflict("delivery_revoked", id=delivery_id)
    lifecycle.check_reason(reason, "revoke")
    found.revoked_at, found.revoked_reason = loaded.now, reason
    session.flush()
    _note(session, loaded, principal, "delivery_revoked", {"delivery": found.id}, reason)
    return _view(principal, loaded, found)


def read(session: Session, principal: Principal, delivery_id: str, *, now: datetime) -> DeliveryView:
    """One delivery, for officers."""
    found = _known(session, principal, delivery_id)
    return _view(principal, queries.load(session, principal, found.contest_id, now, "delivery.read"), found)


def page(
    session: Session, principal: Principal, contest_id: str, *, after: str | None = None, limit: int = 50, now: datetime
) -> tuple[DeliveryView, ...]:
    """At most `limit` deliveries of a contest behind the id `after`, for officers; the order says nothing."""
    loaded = queries.load(session, principal, contest_id, now, "delivery.read")
    query = select(Delivery).where(Delivery.contest_id == contest_id)
    if after is not None:
        query = query.where(col(Delivery.id) > after)
    found = session.exec(query.order_by(col(Delivery.id)).limit(limit))
    return tuple(_view(principal, loaded, row) for row in found)


def silent(session: Session, contest: Contest) -> dict[str, int]:
    """Heads and area of those who were reached with proof and warning and are not checked off. After the close."""
    reached = exists().where(*_proven(contest.id), col(Delivery.entry_id) == col(RollEntry.id))
    # NOT EXISTS is an anti-join; NOT IN over a city's participation would not fit the memory of a hashed subplan.
    checked = exists().where(
        col(SealedParticipation.contest_id) == contest.id,
        col(SealedParticipation.entry_id) == col(RollEntry.id),
        col(SealedParticipation.channel).is_not(None),
    )
    heads, area = session.exec(
        select(func.sum(RollEntry.heads), func.sum(RollEntry.area_cm2)).where(
            RollEntry.roll_id == contest.roll_id,
            reached,
            ~checked,
        )
    ).one()
    return {"count": int(heads or 0), "area": int(area or 0)}


def _proven(contest_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Delivery.contest_id) == contest_id,
        col(Delivery.warned).is_(True),
        col(Delivery.revoked_at).is_(None),
    )


def _running(session: Session, principal: Principal, contest_id: str, now: datetime) -> Loaded:
    """The contest, held, while deliveries are recorded."""
    loaded = queries.load(session, principal, contest_id, now, "delivery.record", hold=True)
    obstacle = _obstacle(loaded)
    if obstacle is not None:
        raise Conflict(obstacle, state=loaded.contest.state, roll_state=loaded.roll.state)
    return loaded


def _obstacle(loaded: Loaded) -> str | None:
    if loaded.contest.state not in RUNNING:
        return "deliveries_before_the_close"
    return None if loaded.roll.state == "sealed" else "roll_not_sealed"


def _rows(session: Session, loaded: Loaded, principal: Principal, given: Sequence[Given]) -> list[dict[str, Any]]:
    """The rows to insert. Raises `Invalid` with the place of every delivery that does not fit."""
    entries, faults = addressees.entries(
        session, loaded.roll, [(one.entry_id, one.dwelling_id, one.place) for one in given]
    )
    for one in given:
        faults += _of_times(loaded, one)
    if faults:
        raise Invalid(faults[:200])
    return [
        {
            "id": random_id("dlv"),
            "community_id": loaded.contest.community_id,
            "contest_id": loaded.contest.id,
            "entry_id": entry,
            "dwelling_id": one.dwelling_id,
            "method": one.method,
            "delivered_at": one.delivered_at,
            "delivered_by": one.delivered_by,
            "document_hash": one.document_hash,
            "warned": one.warned,
            "recorded_by": principal.id,
            "recorded_at": loaded.now,
            "revoked_at": None,
            "revoked_reason": None,
        }
        for entry, one in zip(entries, given, strict=True)
    ]


def _of_times(loaded: Loaded, one: Given) -> list[Fault]:
    """A paper arrives after the notice, before the end of the vote, and not in the future."""
    since, until = loaded.contest.noticed_at, min(loaded.contest.closes_at, loaded.now)
    if since is not None and since <= one.delivered_at <= until:
        return []
    facts = {"from": _written(since), "until": _written(until)}
    return [Fault(f"{one.place}/delivered_at", "delivered_out_of_time", facts)]


def _written(at: datetime | None) -> str:
    return "–" if at is None else at.isoformat().replace("+00:00", "Z")


def _known(session: Session, principal: Principal, delivery_id: str) -> Delivery:
    found = session.get(Delivery, delivery_id)
    if found is None or not authority.belongs(principal, found.community_id):
        if principal.kind == "stranger":
            authority.require(principal, "delivery.read", authority.Subject(""))
        raise NotFound("delivery_not_found", id=delivery_id)
    return found


def _view(principal: Principal, loaded: Loaded, row: Delivery) -> DeliveryView:
    decision = authority.may(principal, "delivery.record", loaded.subject)
    code = _obstacle(loaded) if decision.allowed else decision.code
    if code is None and row.revoked_at is not None:
        code = "delivery_revoked"
    return DeliveryView(row, (Action("revoke", code is None, code),))


def _note(
    session: Session,
    loaded: Loaded,
    principal: Principal,
    kind: str,
    facts: dict[str, EventFact],
    reason: str | None = None,
) -> None:
    journal.record(
        session,
        community_id=loaded.contest.community_id,
        subject_kind="contest",
        subject_id=loaded.contest.id,
        kind=kind,
        actor_id=principal.id,
        now=loaded.now,
        reason=reason,
        facts=facts,
    )
