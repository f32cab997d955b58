"""Statements of a contest and the officials' signatures under them, as they are stored.

A statement's text follows from what is stored of the contest, so that nobody can put another text before an official. A
signature counts for exactly the text it was made for: after a recount that found something else the old ones count no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlmodel import Session, col, select

from voting.contests import officials
from voting.contests.tables import Closing, Contest, PaperBatch, StatementSignature, Tally
from voting.core.evidence import notes, statements
from voting.core.evidence.events import SealedSet
from voting.core.evidence.notes import Note, VerifierKey
from voting.log.tables import Log

CLOSE, RESULT = "close", "result"
PER_BATCH = 2
"""Officials who sign a paper batch."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A text that officials sign, as signed so far. `signers` are the officials who have, each key once."""

    contest_id: str
    name: str
    note: Note
    signers: tuple[VerifierKey, ...]
    needed: int

    @property
    def is_signed(self) -> bool:
        """Whether enough have signed."""
        return len(self.signers) >= self.needed


def close(session: Session, contest: Contest) -> Statement | None:
    """The close statement, once the closing has been signed into the log."""
    row, origin = session.get(Closing, contest.id), _origin(session, contest.id)
    if row is None or row.log_root is None or row.log_size is None or origin is None:
        return None
    log = SealedSet(row.log_root, row.log_size)
    return collected(session, contest, CLOSE, statements.close(origin, _box(row), row.checked, log), contest.k)


def result(session: Session, contest: Contest) -> Statement | None:
    """The result statement, once there is a count. It is about the newest."""
    row, origin = session.get(Closing, contest.id), _origin(session, contest.id)
    newest = select(Tally.result_hash).where(Tally.contest_id == contest.id).order_by(col(Tally.id).desc()).limit(1)
    digest = session.exec(newest).one_or_none()
    if digest is None or row is None or row.box_root is None or origin is None:
        return None
    return collected(session, contest, RESULT, statements.result(origin, _box(row), bytes(digest)), contest.k)


def batch(session: Session, contest: Contest, batch_id: str) -> Statement | None:
    """The statement of a paper batch, once its two keyings agree. Two officials sign it, or k if that is fewer."""
    row, origin = session.get(PaperBatch, batch_id), _origin(session, contest.id)
    if row is None or row.contest_id != contest.id or row.hash is None or row.count is None or origin is None:
        return None
    text = statements.batch(origin, row.id, row.count, row.hash)
    return collected(session, contest, row.id, text, min(PER_BATCH, contest.k))


def collected(session: Session, contest: Contest, name: str, text: str, needed: int) -> Statement:
    """A text with the signatures of the contest's officials that came for it, in the order of the officials."""
    stored = select(StatementSignature).where(
        StatementSignature.contest_id == contest.id, StatementSignature.text_hash == hash_of(text)
    )
    lines = {bytes(row.public_key): row.line for row in session.exec(stored)}
    keys = [official.verifier for official in officials.of_document(contest.officials)]
    signed = [key for key in keys if key.public in lines]
    note = Note(text, tuple(notes.parse_line(lines[key.public].removesuffix("\n")) for key in signed))
    return Statement(contest.id, name, note, tuple(signed), needed)


def hash_of(text: str) -> bytes:
    """What a signature row knows its text by."""
    return hashlib.sha256(text.encode()).digest()


def _box(row: Closing) -> SealedSet:
    assert row.box_root is not None, "the box is sealed before it is signed"
    return SealedSet(row.box_root, row.box_size)


def _origin(session: Session, contest_id: str) -> str | None:
    log = session.get(Log, contest_id)
    return None if log is None else log.origin
