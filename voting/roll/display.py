"""What a displayed roll shows to whom: oneself in full, neighbours masked, officers everything (`service.entries_of`)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from voting.core import authority
from voting.core.authority import Principal
from voting.errors import Conflict
from voting.roll import queries
from voting.roll.masking import masked
from voting.roll.tables import RollEntry
from voting.roll.terms import from_document

HIDDEN = ("draft", "compiled")
"""States in which only officers see entries."""


@dataclass(frozen=True, slots=True)
class Displayed:
    """One line of the displayed roll."""

    id: str
    label: str
    unit_id: str | None
    heads: int
    area_cm2: int
    own: bool


def shown(session: Session, principal: Principal, roll_id: str, after: str | None, limit: int) -> tuple[Displayed, ...]:
    """At most `limit` lines behind the id `after`, for every member of the community, from the display on.

    Areas of others are shown only where names are: an area tells a dwelling, and so an owner. Raises Conflict before.
    """
    roll = queries.get(session, principal, roll_id)
    authority.require(principal, "roll.read_display", queries.subject(session, roll))
    if roll.state in HIDDEN:
        raise Conflict("roll_not_displayed", state=roll.state)
    query = select(RollEntry).where(RollEntry.roll_id == roll_id)
    if after is not None:
        query = query.where(col(RollEntry.id) > after)
    own = queries.entry_of(session, roll_id, principal.id) if principal.kind == "person" else None
    full = from_document(roll.terms).names == "full"
    return tuple(
        _line(entry, roll.basis, full=full, own=own is not None and entry.id == own.id)
        for entry in session.exec(query.order_by(col(RollEntry.id)).limit(limit))
    )


def _line(entry: RollEntry, basis: str, *, full: bool, own: bool) -> Displayed:
    seen = full or own
    label = entry.label if seen else masked(entry.label, basis)
    return Displayed(entry.id, label, entry.unit_id, entry.heads, entry.area_cm2 if seen else 0, own)
