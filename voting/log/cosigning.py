"""Cosignatures of witnesses that the operator named: verified, kept for the newest checkpoint and served with it.

A cosignature says that its witness saw this tree extend the one it saw before. Anybody may bring one: it proves itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, delete, select

from voting.core.evidence import checkpoints, cosignatures, notes
from voting.core.evidence.notes import Note, Signature, VerifierKey
from voting.errors import Conflict, Invalid
from voting.log import logs
from voting.log.tables import Log, LogCosignature


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Who cosigned the newest checkpoint, and when they say they did."""

    name: str
    cosigned_at: datetime


def add(session: Session, log_id: str, witnesses: Sequence[VerifierKey], lines: Sequence[str]) -> Log:
    """Keep cosignatures of the newest checkpoint, given as note lines. One witness's later one replaces the earlier.

    Raises Invalid for a line that is malformed or of nobody among `witnesses`, Conflict where the log has moved on.
    """
    log = logs.held(session, log_id)
    if log.checkpoint is None:
        raise Conflict("log_not_signed_yet", id=log_id)
    checkpoint = checkpoints.parse_text(notes.parse(log.checkpoint).text)
    for place, line in enumerate(lines):
        signature = notes.parse_line(line.removesuffix("\n"))
        known = [key for key in witnesses if key.made(signature)]
        if not known:
            raise Invalid.at(f"/signatures/{place}", "witness_unknown", name=signature.name)
        if cosignatures.valid(checkpoint, signature, known) is None:
            raise Conflict("cosignature_of_another_tree", size=checkpoint.size)
        _keep(session, log, signature)
    session.flush()
    return log


def of(session: Session, log: Log) -> tuple[Witnessed, ...]:
    """Who cosigned the newest checkpoint, by name."""
    found = _signatures(session, log)
    return tuple(Witnessed(one.name, datetime.fromtimestamp(one.signed_at or 0, UTC)) for one in found)


def cosigned(session: Session, log: Log) -> Note:
    """The newest checkpoint with its cosignatures. The log must be signed."""
    assert log.checkpoint is not None, "callers ask for signed logs"
    return cosignatures.with_cosignatures(notes.parse(log.checkpoint), _signatures(session, log))


def _signatures(session: Session, log: Log) -> list[Signature]:
    query = select(LogCosignature.line).where(LogCosignature.log_id == log.id, LogCosignature.size == log.signed_size)
    return [notes.parse_line(line) for line in session.exec(query.order_by(col(LogCosignature.witness)))]


def _keep(session: Session, log: Log, signature: Signature) -> None:
    witness = f"{signature.name}+{signature.key_id.hex()}"
    older = (col(LogCosignature.log_id) == log.id, col(LogCosignature.witness) == witness)
    session.exec(delete(LogCosignature).where(*older))
    line = signature.line.removesuffix("\n")
    session.add(LogCosignature(log_id=log.id, witness=witness, size=log.signed_size, line=line))
    session.flush()
