"""The statements of casting: one per batch and step, the same text on SQLite and PostgreSQL but for placeholders and locks.

They go to the driver as they are, with values in one tuple: at this rate an expression tree costs more than the database.
Rows are given in the order of their keys, so that two writers that meet lock them in one order and the storage of a
batch shows nothing of who came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlmodel import col

from voting.community.tables import Community
from voting.contests.tables import Contest
from voting.store import Instant


@dataclass(frozen=True, slots=True)
class Poll:
    """What a transaction must read afresh of its contest."""

    state: str
    closes_at: datetime
    roll_id: str
    revoting: bool
    electors: int
    clock_offset: timedelta


@dataclass(frozen=True, slots=True)
class Stored:
    """A ballot as the box has it."""

    seq: int
    ballot: bytes


_POLL: Select[*tuple[Any, ...]] = select(
    *(col(Contest.state), col(Contest.closes_at), col(Contest.roll_id), col(Contest.terms), col(Contest.electors)),
    col(Community.clock_offset_seconds),
).join(Community, col(Community.id) == col(Contest.community_id))
_INSTANT = Instant()


class Statements:
    """Everything one batch says to the database, on one open transaction."""

    def __init__(self, connection: Connection, contest_id: str) -> None:
        self._connection = connection
        self._contest_id = contest_id
        self._shared = connection.dialect.name == "postgresql"

    def poll(self) -> Poll | None:
        """The contest, held against a change of state until the commit (SQLite's writer lock holds it anyway)."""
        statement = _POLL.where(col(Contest.id) == self._contest_id)
        if self._shared:
            statement = statement.with_for_update(read=True, of=Contest)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        state, closes_at, roll_id, terms, electors, offset = row
        return Poll(state, closes_at, roll_id, bool(terms.get("revoting")), electors, timedelta(seconds=offset))

    def electors(self, roll_id: str, persons: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """Person → (entry, channel of the check-off or nothing); absent when not on the roll. Holds the rows."""
        rows = self._run(_ELECTORS, (self._contest_id, roll_id), persons)
        return {person: (entry, channel) for person, entry, channel in rows}

    def check_off(self, entries: Iterable[str]) -> int:
        """Check off those of these electors who are not yet: how many were."""
        return len(self._run(_CHECK_OFF, (self._contest_id,), sorted(entries)))

    def add_commitments(self, commitments: Iterable[bytes], integrate_by: datetime) -> set[bytes]:
        """Put commitments before the sequencer: those that were new."""
        due = _INSTANT.process_bind_param(integrate_by, self._connection.dialect)
        rows = [(self._contest_id, commitment, due) for commitment in sorted(commitments)]
        return {bytes(row[0]) for row in self._insert(_ADD_COMMITMENTS, rows)}

    def drop_commitments(self, commitments: Iterable[bytes]) -> None:
        """Take back commitments of this same transaction whose ballots found their slot taken."""
        self._run(_DROP_COMMITMENTS, (self._contest_id,), sorted(commitments))

    def add_ballots(self, ballots: Iterable[tuple[bytes, int, bytes]]) -> set[bytes]:
        """Put (slot, seq, marks) into the box: the slots that were free."""
        rows = [(self._contest_id, *ballot) for ballot in sorted(ballots)]
        return {bytes(row[0]) for row in self._insert(_ADD_BALLOTS, rows)}

    def revise(self, slot: bytes, seq: int, ballot: bytes) -> bool:
        """Replace the ballot of a slot by a later one: whether it was later."""
        return bool(self._run(_REVISE, (seq, ballot, self._contest_id, slot, seq)))

    def stored(self, slots: Sequence[bytes]) -> dict[bytes, Stored]:
        """Slot → ballot, held against another revision on PostgreSQL."""
        rows = self._run(_STORED, (self._contest_id,), sorted(slots))
        return {bytes(slot): Stored(seq, bytes(ballot)) for slot, seq, ballot in rows}

    def promised(self, commitments: Sequence[bytes]) -> dict[bytes, datetime]:
        """Commitment → the instant by which its receipt promises it to be in the log."""
        rows = self._run(_PROMISED, (self._contest_id,), sorted(commitments))
        return {bytes(commitment): self._instant(due) for commitment, due in rows}

    def _instant(self, value: Any) -> datetime:
        read = _INSTANT.process_result_value(value, self._connection.dialect)
        assert read is not None, "the column is never empty"
        return read

    def _insert(self, text: str, rows: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        statement = _for_rows(text, len(rows), len(rows[0]), self._shared)
        values = tuple(value for row in rows for value in row)
        return self._connection.exec_driver_sql(statement, values).fetchall()

    def _run(self, text: str, values: tuple[Any, ...], keys: Sequence[Any] = ()) -> Sequence[Any]:
        statement = _for_keys(text, len(keys), self._shared)
        return self._connection.exec_driver_sql(statement, (*values, *keys)).fetchall()


_ELECTORS = (
    "SELECT v.person_id, v.entry_id, p.channel FROM roll_voter v"
    " JOIN participation p ON p.entry_id = v.entry_id AND p.contest_id = ?"
    " WHERE v.roll_id = ? AND v.person_id IN (KEYS) ORDER BY p.entry_id FOR UPDATE OF p"
)
_CHECK_OFF = (
    "UPDATE participation SET channel = 'online'"
    " WHERE contest_id = ? AND channel IS NULL AND entry_id IN (KEYS) RETURNING entry_id"
)
_ADD_COMMITMENTS = (
    "INSERT INTO pending_commitment (contest_id, commitment, integrate_by)"
    " VALUES ROWS ON CONFLICT DO NOTHING RETURNING commitment"
)
_DROP_COMMITMENTS = "DELETE FROM pending_commitment WHERE contest_id = ? AND commitment IN (KEYS) RETURNING commitment"
_ADD_BALLOTS = (
    "INSERT INTO ballot_box (contest_id, slot, seq, ballot) VALUES ROWS ON CONFLICT DO NOTHING RETURNING slot"
)
_REVISE = "UPDATE ballot_box SET seq = ?, ballot = ? WHERE contest_id = ? AND slot = ? AND seq < ? RETURNING seq"
_STORED = "SELECT slot, seq, ballot FROM ballot_box WHERE contest_id = ? AND slot IN (KEYS) ORDER BY slot FOR UPDATE"
_PROMISED = "SELECT commitment, integrate_by FROM pending_commitment WHERE contest_id = ? AND commitment IN (KEYS)"


@cache
def _for_keys(text: str, keys: int, shared: bool) -> str:
    """The statement for so many keys. SQLite's one writer needs no row locks and has none."""
    full = text.replace("KEYS", ", ".join("?" * keys))
    return full.replace("?", "%s") if shared else full.partition(" FOR UPDATE")[0]


@cache
def _for_rows(text: str, rows: int, width: int, shared: bool) -> str:
    """The statement for so many rows of so many values."""
    row = f"({', '.join('?' * width)})"
    full = text.replace("ROWS", ", ".join([row] * rows))
    return full.replace("?", "%s") if shared else full
