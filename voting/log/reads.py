"""What anybody may read of a log: its checkpoint, its tiles, and proofs. Only of the tree that is signed, never beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from voting.core.evidence import merkle, tiles
from voting.core.evidence.notes import VerifierKey
from voting.core.evidence.proofs import LogProof
from voting.errors import Conflict, Invalid, NotFound
from voting.log import cosigning, logs, storage
from voting.log.cosigning import Witnessed
from voting.log.keys import LogKeys
from voting.log.tables import CastCommitment, Log


@dataclass(frozen=True, slots=True)
class LogView:
    """A log as everybody sees it."""

    log: Log
    origin: str
    key: VerifierKey
    witnessed: Sequence[Witnessed]


@dataclass(frozen=True, slots=True)
class Consistency:
    """Two sizes with their roots, and the proof that the first tree is a prefix of the second."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    path: merkle.Proof


@dataclass(frozen=True, slots=True)
class Proven:
    """Where a commitment stands, and the proof of it."""

    log: Log
    root: bytes
    proof: LogProof


def view(session: Session, keys: LogKeys, log_id: str) -> LogView:
    """The log with the key it signs with. Before its first signature its size is 0."""
    log = logs.get(session, log_id)
    origin = log.origin or keys.origin(log.kind, log.id)
    return LogView(log, origin, keys.signer(origin).key, cosigning.of(session, log))


def checkpoint(session: Session, log_id: str) -> bytes:
    """The newest checkpoint as a note, with its cosignatures. Raises Conflict before the first."""
    log = signed(session, log_id)
    return cosigning.cosigned(session, log).data


def tile(session: Session, log_id: str, path: str) -> bytes:
    """A tile or an entry bundle of the signed tree by its C2SP path. Raises NotFound where there is none so wide."""
    log = logs.get(session, log_id)
    try:
        level, index, width = tiles.parse_path(path)
    except Invalid as error:
        raise NotFound("tile_not_found", path=path) from error
    if tiles.width_at(log.signed_size, level, index) < width:
        raise NotFound("tile_not_found", path=path)
    return tiles.cut(level, storage.reader(session, log.id)(level, index, width), width)


def consistency(session: Session, log_id: str, first: int, second: int | None) -> Consistency:
    """The proof between two sizes of the signed tree; without the second, up to the newest.

    Raises Invalid unless 0 < first ≤ second ≤ the signed size.
    """
    log = signed(session, log_id)
    last = log.signed_size if second is None else second
    if not 0 < first <= last <= log.signed_size:
        raise Invalid.at("/from", "sizes_out_of_range", size=log.signed_size)
    read = storage.reader(session, log.id)
    roots = tiles.root(first, read), tiles.root(last, read)
    return Consistency(first, last, *roots, tiles.consistency(first, last, read))


def proof(session: Session, contest_id: str, commitment: bytes) -> Proven:
    """The proof that a cast commitment stands in the signed tree of its contest.

    Raises NotFound for a commitment that nobody was promised, Conflict with `integrate_by` for one that still waits.
    """
    row = session.get(CastCommitment, (contest_id, commitment))
    if row is None:
        raise NotFound("commitment_not_found")
    log = logs.get(session, contest_id)
    if row.leaf_index is None or row.leaf_index >= log.signed_size or log.checkpoint is None:
        raise Conflict("not_in_log_yet", integrate_by=row.integrate_by.isoformat().replace("+00:00", "Z"))
    return prove(session, log, row.leaf_index)


def prove(session: Session, log: Log, index: int) -> Proven:
    """The proof of the entry at `index` of the signed tree, to its newest checkpoint."""
    path = tiles.inclusion(index, log.signed_size, storage.reader(session, log.id))
    assert log.signed_root is not None, "a log with a size is signed"
    return Proven(log, log.signed_root, LogProof(index, path, cosigning.cosigned(session, log).data))


def signed(session: Session, log_id: str) -> Log:
    """The log, once it has a checkpoint. Raises Conflict before."""
    log = logs.get(session, log_id)
    if log.checkpoint is None:
        raise Conflict("log_not_signed_yet", id=log_id)
    return log
