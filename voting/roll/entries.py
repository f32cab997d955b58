"""The entries of a roll as rows: written, removed, summed and hashed in sets, never one by one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, SQLModel, col

from voting.core.evidence import hashes, merkle
from voting.ids import random_id
from voting.roll.electors import Elector
from voting.roll.tables import Roll, RollEntry, RollVoter

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Totals:
    """What a roll weighs: entries, heads, and exclusive area in cm²."""

    electors: int
    heads: int
    area_cm2: int


def write(session: Session, roll: Roll, electors: Iterable[Elector]) -> tuple[str, ...]:
    """Insert one entry per elector, each with a fresh salt, and its voters; the ids of the entries."""
    entries, voters = [], []
    for elector in electors:
        entry = _row(roll, elector)
        entries.append(entry)
        voters += [{"roll_id": roll.id, "person_id": person, "entry_id": entry["id"]} for person in elector.voters]
    # In the order of their keys, so that the index grows at its end instead of everywhere.
    entries.sort(key=itemgetter("id"))
    voters.sort(key=itemgetter("person_id"))
    _insert(session, "roll_entry", entries)
    _insert(session, "roll_voter", voters)
    return tuple(str(entry["id"]) for entry in entries)


def clear(session: Session, roll_id: str) -> None:
    """Remove every entry."""
    session.execute(delete(RollVoter).where(col(RollVoter.roll_id) == roll_id))
    session.execute(delete(RollEntry).where(col(RollEntry.roll_id) == roll_id))


def remove(session: Session, roll_id: str, entry_ids: Sequence[str]) -> None:
    """Remove these entries and their voters."""
    session.execute(delete(RollVoter).where(col(RollVoter.roll_id) == roll_id, col(RollVoter.entry_id).in_(entry_ids)))
    session.execute(delete(RollEntry).where(col(RollEntry.roll_id) == roll_id, col(RollEntry.id).in_(entry_ids)))


def totals(session: Session, roll_id: str) -> Totals:
    """Sums over the entries as they stand."""
    query = select(func.count(), func.sum(RollEntry.heads), func.sum(RollEntry.area_cm2)).where(
        col(RollEntry.roll_id) == roll_id
    )
    electors, heads, area = session.execute(query).one()
    # PostgreSQL sums big integers to a decimal and an empty set to nothing.
    return Totals(electors, int(heads or 0), int(area or 0))


def root(session: Session, roll_id: str) -> bytes:
    """The Merkle root over the salted leaves of all entries, sorted by value: their order says nothing."""
    query = select(col(RollEntry.salt), col(RollEntry.elector), col(RollEntry.unit_id)).where(
        col(RollEntry.roll_id) == roll_id
    )
    return merkle.root(sorted(hashes.roll_leaf(*row) for row in session.execute(query)))


def _row(roll: Roll, elector: Elector) -> dict[str, object]:
    return {
        "id": random_id("ent"),
        "community_id": roll.community_id,
        "roll_id": roll.id,
        "elector": elector.ref,
        "label": elector.label,
        "unit_id": elector.unit_id,
        "heads": 1,
        "area_cm2": elector.area_cm2,
        "salt": secrets.token_bytes(hashes.SIZE),
    }


def _insert(session: Session, name: str, rows: Sequence[dict[str, object]]) -> None:
    # The bare table: a hundred thousand rows need none of the mapper's bookkeeping.
    table = SQLModel.metadata.tables[name]
    for start in range(0, len(rows), _BATCH):
        session.execute(insert(table), rows[start : start + _BATCH])
