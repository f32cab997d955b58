"""The statements of casting: one per batch and step, the same text on SQLite and PostgreSQL but for placeholders and locks.

They go to the driver as they are, with values in one tuple, past the toolkit: at this rate its expression trees and result
objects cost more than the database. Errors are therefore the driver's own.
Rows are given in the order of their keys, so that two writers that meet lock them in one order and the storage of a
batch shows nothing of who came first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor

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


_INSTANT = Instant()


class Statements:
    """Everything one batch says to the database, on one open transaction."""

    def __init__(self, cursor: DBAPICursor, dialect: Dialect, contest_id: str) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self._contest_id = contest_id
        self._shared = dialect.name == "postgresql"

    def poll(self) -> Poll | None:
        """The contest, held against a change of state until the commit (SQLite's writer lock holds it anyway)."""
        row = next(iter(self._run(_POLL, (self._contest_id,))), None)
        if row is None:
            return None
        state, closes_at, roll_id, terms, electors, offset = row
        revoting = bool(json.loads(terms).get("revoting"))
        return Poll(state, self._instant(closes_at), roll_id, revoting, electors, timedelta(seconds=offset))

    def electors(self, roll_id: str, persons: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """Person → (entry, channel of the check-off or nothing); absent when not on the roll. Holds the rows."""
        # Two reads by primary key: as one join, a database without statistics walks the whole participation list.
        entries = dict(self._run(_VOTERS, (roll_id,), persons))
        if not entries:
            return {}
        channels = dict(self._run(_CHANNELS, (self._contest_id,), sorted(set(entries.values()))))
        return {person: (entry, channels[entry]) for person, entry in entries.items() if entry in channels}

    def check_off(self, entries: Iterable[str]) -> int:
        """Check off those of these electors who are not yet: how many were."""
        return len(self._run(_CHECK_OFF, (self._contest_id,), sorted(entries)))

    def add_commitments(self, commitments: Iterable[bytes], integrate_by: datetime) -> set[bytes]:
        """Put commitments before the sequencer: those that were new."""
        due = _INSTANT.process_bind_param(integrate_by, self._dialect)
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
        read = _INSTANT.process_result_value(value, self._dialect)
        assert read is not None, "the column is never empty"
        return read

    def _insert(self, text: str, rows: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        # A row that stands twice is inserted once: padding is harmless.
        padded = _padded(rows)
        statement = _for_rows(text, len(padded), len(rows[0]), self._shared)
        return self._execute(statement, tuple(value for row in padded for value in row))

    def _run(self, text: str, values: tuple[Any, ...], keys: Sequence[Any] = ()) -> Sequence[Any]:
        padded = _padded(keys)
        return self._execute(_for_keys(text, len(padded), self._shared), (*values, *padded))

    def _execute(self, statement: str, values: tuple[Any, ...]) -> Sequence[Any]:
        self._cursor.execute(statement, values)
        return self._cursor.fetchall()


def _padded(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows with the last one repeated up to a power of two: few texts of each statement, so that drivers keep them
    prepared. Preparing a text of another length each time costs as much as running it."""
    missing = (1 << (len(rows) - 1).bit_length()) - len(rows) if rows else 0
    return [*rows, *[rows[-1]] * missing] if missing else rows


_POLL = (
    "SELECT c.state, c.closes_at, c.roll_id, c.terms, c.electors, m.clock_offset_seconds"
    " FROM contest c JOIN community m ON m.id = c.community_id WHERE c.id = ? FOR SHARE OF c"
)
_VOTERS = "SELECT person_id, entry_id FROM roll_voter WHERE roll_id = ? AND person_id IN (KEYS)"
_CHANNELS = (
    "SELECT entry_id, channel FROM participation WHERE contest_id = ? AND entry_id IN (KEYS)"
    " ORDER BY entry_id FOR UPDATE"
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
    return full.replace("?", "%s") if shared else full.partition(" FOR ")[0]


@cache
def _for_rows(text: str, rows: int, width: int, shared: bool) -> str:
    """The statement for so many rows of so many values."""
    row = f"({', '.join('?' * width)})"
    full = text.replace("ROWS", ", ".join([row] * rows))
    return full.replace("?", "%s") if shared else full
