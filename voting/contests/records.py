"""What an elector may check of themselves: their own leaf of the roll, its proof, and their bit of the participation.

The bit stands at the leaf's place among the sorted leaves. The salt of one's own leaf is told to nobody else, so nobody
else can say which bit is whose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from voting.contests import queries
from voting.contests.kept import Kept
from voting.contests.tables import Participation, SealedParticipation
from voting.core.authority import Principal
from voting.core.evidence import hashes, merkle
from voting.core.evidence.kept_tree import KeptTree
from voting.errors import Conflict, NotFound
from voting.roll import queries as rolls
from voting.roll.tables import Roll, RollEntry


@dataclass(frozen=True, slots=True)
class Record:
    """One elector's part in a contest. `index` is the place of the leaf, and of the bit; hashes and salt are 32 bytes."""

    contest_id: str
    roll_id: str
    elector: str
    unit_id: str | None
    salt: bytes
    leaf: bytes
    index: int
    size: int
    root: bytes
    proof: tuple[bytes, ...]
    channel: str | None
    """How they were checked off, or nothing if they were not."""


def own(session: Session, principal: Principal, contest_id: str, *, now: datetime) -> Record:
    """The record of the elector whom the caller acts for. `NotFound` where there is none, `Conflict` before the opening."""
    loaded = queries.load(session, principal, contest_id, now, "contest.read_own_record")
    if loaded.contest.opened_at is None:
        raise Conflict("contest_not_open", state=loaded.contest.state)
    entry = rolls.entry_of(session, loaded.roll.id, principal.id)
    if entry is None:
        raise NotFound("no_record_of_yours", id=contest_id)
    leaf = hashes.roll_leaf(entry.salt, entry.elector, entry.unit_id)
    places, tree = _ROLLS.of(f"{loaded.roll.id} {loaded.roll.root!r}", lambda: _ranked(session, loaded.roll))
    index = places[leaf]
    return Record(
        contest_id,
        loaded.roll.id,
        entry.elector,
        entry.unit_id,
        entry.salt,
        leaf,
        index,
        tree.size,
        tree.root,
        tree.inclusion(index),
        _channel(session, contest_id, entry.id),
    )


def _ranked(session: Session, roll: Roll) -> tuple[Mapping[bytes, int], KeptTree]:
    """Leaf → place among the sorted leaves, and the tree over them. The roll of an open contest is sealed."""
    query = select(RollEntry.salt, RollEntry.elector, RollEntry.unit_id).where(RollEntry.roll_id == roll.id)
    leaves = sorted(hashes.roll_leaf(salt, elector, unit) for salt, elector, unit in session.exec(query))
    return {leaf: place for place, leaf in enumerate(leaves)}, KeptTree(map(merkle.leaf_hash, leaves))


_ROLLS: Kept[tuple[Mapping[bytes, int], KeptTree]] = Kept(4)


def _channel(session: Session, contest_id: str, entry_id: str) -> str | None:
    """Where the sealing has brought the row by now."""
    sealed = session.get(SealedParticipation, (contest_id, entry_id))
    if sealed is not None:
        return sealed.channel
    query = select(Participation.channel).where(
        Participation.contest_id == contest_id, col(Participation.entry_id) == entry_id
    )
    return session.exec(query).one_or_none()
