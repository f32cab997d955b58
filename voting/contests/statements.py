"""The statements of casting: one per batch and step, the same text on SQLite and PostgreSQL but for placeholders and locks.

They go to the driver as they are, with values in one tuple, past the toolkit: at this rate its expression trees and result
objects cost more than the database. Errors are therefore the driver's own. Answers are one row or a count wherever a
batch meets nothing unusual: SQLite's driver lets go of the interpreter for every row, and a busy event loop takes it.
Rows are given in the order of their keys, so that two writers that meet lock them in one order and the storage of a
batch shows nothing of who came first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
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
    is_open_vote: bool = False
    """Whether it is kept whose ballot lies in which slot."""
    extension: timedelta = timedelta(0)
    """How much later the terms allow the end to be moved."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A ballot as the box has it."""

    seq: int
    ballot: bytes


_INSTANT = Instant()


@dataclass(frozen=True, slots=True)
class Held:
    """A proxy and the check-off of the elector it is for."""

    agent_id: str
    entry_id: str
    channel: str | None
    is_revoked: bool
    agent_stands: bool = False
    """Whether the agent is a candidate of this contest."""


class Statements:
    """Everything one batch says to the database, on one open transaction."""

    def __init__(self, cursor: DBAPICursor, dialect: Dialect, contest_id: str) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self._contest_id = contest_id
        self._shared = dialect.name == "postgresql"
        self._is_over = False

    def poll(self) -> Poll | None:
        """The contest, held against a change of state until the commit (SQLite's writer lock holds it anyway)."""
        row = next(iter(self._run(_POLL, (self._contest_id,))), None)
        if row is None:
            return None
        state, closes_at, roll_id, terms, electors, offset, secrecy = row
        self._is_over = state != "open"
        rules = json.loads(terms)
        return Poll(
            state,
            self._instant(closes_at),
            roll_id,
            bool(rules.get("revoting")),
            electors,
            timedelta(seconds=offset),
            secrecy == "open",
            timedelta(days=rules.get("extension_max_days", 0)),
        )

    def electors(self, roll_id: str, persons: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """Person → (entry, channel of the check-off or nothing); absent when not on the roll. Holds the rows."""
        if self._is_over:
            return self._sealed_electors(roll_id, persons)
        row = self._run(_ELECTORS_SHARED if self._shared else _ELECTORS, (roll_id, self._contest_id), persons)[0]
        return {person: (entry, channel) for person, entry, channel in json.loads(row[0] or "[]")}

    def _sealed_electors(self, roll_id: str, persons: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """The same after the close, wherever the sealing has brought the rows; nothing is held, nothing changes."""
        found: dict[str, tuple[str, str | None]] = {}
        for table in ("participation", "sealed_participation"):
            text = _ELECTORS_SEALED.replace("TABLE", table)
            found |= {
                person: (entry, channel)
                for person, entry, channel in self._run(text, (roll_id, self._contest_id), persons)
            }
        return found

    def proxied(self, roll_id: str, proxies: Sequence[str]) -> dict[str, Held]:
        """Proxy → what it is good for in this contest; absent when it is for another roll or contest. Holds the rows."""
        tables = ("participation", "sealed_participation") if self._is_over else ("participation",)
        found: dict[str, Held] = {}
        for table in tables:
            contest_id = self._contest_id
            rows = self._run(_PROXIED.replace("TABLE", table), (roll_id, contest_id, contest_id), proxies)
            found |= {
                proxy: Held(agent, entry, channel, state != "granted", bool(stands))
                for proxy, agent, entry, channel, state, stands in rows
            }
        return found

    def check_off(self, entries: Iterable[str]) -> int:
        """Check off those of these electors who are not yet: how many were."""
        return self._change(_for_keys, _CHECK_OFF, [(entry,) for entry in sorted(entries)], (self._contest_id,))

    def add_commitments(self, commitments: Iterable[bytes], integrate_by: datetime) -> int:
        """Put commitments before the sequencer: how many were new."""
        due = _INSTANT.process_bind_param(integrate_by, self._dialect)
        rows = [(self._contest_id, commitment, due) for commitment in sorted(commitments)]
        return self._change(_for_rows, _ADD_COMMITMENTS, rows)

    def add_ballots(self, ballots: Iterable[tuple[bytes, int, bytes]]) -> int:
        """Put (slot, seq, marks) into the box: how many slots were free."""
        return self._change(_for_rows, _ADD_BALLOTS, [(self._contest_id, *ballot) for ballot in sorted(ballots)])

    def add_links(self, links: Iterable[tuple[str, bytes]]) -> int:
        """Keep (entry, slot) of an open vote: how many electors had none yet."""
        return self._change(_for_rows, _ADD_LINKS, [(self._contest_id, *link) for link in sorted(links)])

    def revise(self, slot: bytes, seq: int, ballot: bytes) -> bool:
        """Replace the ballot of a slot by a later one: whether it was later."""
        self._cursor.execute(_for_keys(_REVISE, 0, self._shared), (seq, ballot, self._contest_id, slot, seq))
        return self._cursor.rowcount == 1

    def stored(self, slots: Sequence[bytes]) -> dict[bytes, Stored]:
        """Slot → ballot, held against another revision on PostgreSQL."""
        rows = self._run(_STORED, (self._contest_id,), sorted(slots))
        if self._is_over:
            rows = [*rows, *self._run(_STORED_SEALED, (self._contest_id,), sorted(slots))]
        return {bytes(slot): Stored(seq, bytes(ballot)) for slot, seq, ballot in rows}

    def promised(self, commitments: Sequence[bytes]) -> dict[bytes, datetime]:
        """Commitment → the instant by which its receipt promises it to be in the log."""
        rows = self._run(_PROMISED, (self._contest_id,), sorted(commitments))
        return {bytes(commitment): self._instant(due) for commitment, due in rows}

    def _instant(self, value: Any) -> datetime:
        read = _INSTANT.process_result_value(value, self._dialect)
        assert read is not None, "the column is never empty"
        return read

    def _run(self, text: str, values: tuple[Any, ...], keys: Sequence[Any] = ()) -> Sequence[Any]:
        padded = _padded(keys)
        self._cursor.execute(_for_keys(text, len(padded), self._shared), (*values, *padded))
        return self._cursor.fetchall()

    def _change(
        self,
        fitted: Callable[[str, int, bool], str],
        text: str,
        rows: Sequence[tuple[Any, ...]],
        values: tuple[Any, ...] = (),
    ) -> int:
        # A row that stands twice is written once: padding is harmless.
        padded = _padded(rows)
        self._cursor.execute(fitted(text, len(padded), self._shared), (*values, *chain.from_iterable(padded)))
        return self._cursor.rowcount


def _padded(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows with the last one repeated up to a power of two: few texts of each statement, so that drivers keep them
    prepared. Preparing a text of another length each time costs as much as running it."""
    missing = (1 << (len(rows) - 1).bit_length()) - len(rows) if rows else 0
    return [*rows, *[rows[-1]] * missing] if missing else rows


_POLL = (
    "SELECT c.state, c.closes_at, c.roll_id, c.terms, c.electors,"
    " CASE WHEN m.demo THEN m.clock_offset_seconds ELSE 0 END, c.secrecy"
    " FROM contest c JOIN community m ON m.id = c.community_id WHERE c.id = ? FOR SHARE OF c"
)
# The order of the join is said, not left to statistics, which a fresh participation list has not.
_ELECTORS = (
    "SELECT json_group_array(json_array(v.person_id, v.entry_id, p.channel))"
    " FROM roll_voter v CROSS JOIN participation p"
    " WHERE v.roll_id = ? AND p.contest_id = ? AND v.person_id IN (KEYS) AND p.entry_id = v.entry_id"
)
_ELECTORS_SHARED = (
    "SELECT json_agg(json_build_array(held.person_id, held.entry_id, held.channel))::text FROM ("
    "SELECT v.person_id, v.entry_id, p.channel FROM roll_voter v CROSS JOIN participation p"
    " WHERE v.roll_id = ? AND p.contest_id = ? AND v.person_id IN (KEYS) AND p.entry_id = v.entry_id"
    " ORDER BY p.entry_id FOR UPDATE OF p) held"
)
_ELECTORS_SEALED = (
    "SELECT v.person_id, v.entry_id, p.channel FROM roll_voter v JOIN TABLE p ON p.entry_id = v.entry_id"
    " WHERE v.roll_id = ? AND p.contest_id = ? AND v.person_id IN (KEYS)"
)
_PROXIED = (
    "SELECT x.id, x.agent_id, x.entry_id, p.channel, x.state,"
    " EXISTS (SELECT 1 FROM contest_option o WHERE o.contest_id = p.contest_id AND o.person_id = x.agent_id)"
    " FROM proxy x JOIN TABLE p ON p.entry_id = x.entry_id"
    " WHERE x.roll_id = ? AND p.contest_id = ? AND (x.contest_id IS NULL OR x.contest_id = ?) AND x.id IN (KEYS)"
    " ORDER BY p.entry_id FOR SHARE OF x FOR UPDATE OF p"
)
_CHECK_OFF = (
    "UPDATE participation SET channel = 'online' WHERE contest_id = ? AND channel IS NULL AND entry_id IN (KEYS)"
)
_ADD_COMMITMENTS = (
    "INSERT INTO cast_commitment (contest_id, commitment, integrate_by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
_ADD_BALLOTS = "INSERT INTO ballot_box (contest_id, slot, seq, ballot) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_ADD_LINKS = "INSERT INTO open_ballot_link (contest_id, entry_id, slot) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_REVISE = "UPDATE ballot_box SET seq = ?, ballot = ? WHERE contest_id = ? AND slot = ? AND seq < ?"
_STORED = "SELECT slot, seq, ballot FROM ballot_box WHERE contest_id = ? AND slot IN (KEYS) ORDER BY slot FOR UPDATE"
_STORED_SEALED = "SELECT slot, seq, ballot FROM sealed_ballot WHERE contest_id = ? AND slot IN (KEYS)"
_PROMISED = "SELECT commitment, integrate_by FROM cast_commitment WHERE contest_id = ? AND commitment IN (KEYS)"


@cache
def _for_keys(text: str, keys: int, shared: bool) -> str:
    """The statement for so many keys. SQLite's one writer needs no row locks and has none."""
    full = text.replace("KEYS", ", ".join("?" * keys))
    return full.replace("?", "%s") if shared else full.partition(" FOR ")[0]


@cache
def _for_rows(text: str, rows: int, shared: bool) -> str:
    """The statement for so many rows."""
    head, _, rest = text.partition("VALUES ")
    row, _, tail = rest.partition(")")
    full = f"{head}VALUES {', '.join([row + ')'] * rows)}{tail}"
    return full.replace("?", "%s") if shared else full
