"""Whoever reads the files of a database tries to find out who cast which ballot. Each attack guesses pairs of entry and slot.

Nothing here is the service's code: the attacker knows the schema, the two file formats and has every right on the machine.
"""

from __future__ import annotations

import re
import struct
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import psycopg

Pairs = set[tuple[str, bytes]]

CHECKED = re.compile(rb"con_1(ent_rol_1_[0-9]{5})online")
"""A row of a participation that was checked off, as SQLite writes it: the columns one behind the other."""
BOXED = re.compile(rb"\x05\x17\x4c\x08\x10con_1([\x00-\xff]{32})")
"""A ballot of two marks at seq 0: the header that says so, then the columns."""


def by_rank(entries: Sequence[str], slots: Sequence[bytes]) -> Pairs:
    """The n-th check-off belongs to the n-th ballot."""
    return set(zip(entries, slots, strict=False))


def postgres_transactions(connection: psycopg.Connection[tuple[str, bytes]], checked: str, box: str) -> Pairs:
    """Rows that one transaction wrote, where that leaves one ballot for an elector."""
    query = f"SELECT p.entry_id, b.slot FROM {checked} p JOIN {box} b ON p.xmin = b.xmin WHERE p.channel IS NOT NULL"
    found = defaultdict(list)
    for entry, slot in connection.execute(query):
        found[entry].append(bytes(slot))
    return {(entry, slots[0]) for entry, slots in found.items()}


def postgres_places(connection: psycopg.Connection[tuple[str]], checked: str, box: str) -> Pairs:
    """The order of rows on their pages."""
    entries = connection.execute(f"SELECT entry_id FROM {checked} WHERE channel IS NOT NULL ORDER BY ctid").fetchall()
    slots = connection.execute(f"SELECT slot FROM {box} ORDER BY ctid").fetchall()
    return by_rank([row[0] for row in entries], [bytes(row[0]) for row in slots])


def postgres_log(connection: psycopg.Connection[tuple[str, str, str]], dump: Path, folder: Path) -> Pairs:
    """Transactions of the write-ahead log that touched one row of each table, resolved by the rows' places."""
    files, rows = {}, {}
    for table, column in (("participation", "entry_id"), ("ballot_box", "slot")):
        (node,) = connection.execute("SELECT pg_relation_filenode(%s)::text", [table]).fetchone() or ("",)
        files[node] = table
        for place, value in connection.execute(f"SELECT ctid::text, {column} FROM {table}"):
            rows[table, place] = value
    touched: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for transaction, node, place in _log_records(dump, folder):
        if node in files and (files[node], place) in rows:
            touched[transaction][files[node]].append(rows[files[node], place])
    return {
        (str(both["participation"][0]), bytes(both["ballot_box"][0]))  # type: ignore[call-overload]  # bytes from the box
        for both in touched.values()
        if both["participation"] and both["ballot_box"]
    }


_RECORD = re.compile(
    r"tx:\s+(\d+),.*?desc: (?:INSERT|HOT_UPDATE|UPDATE)\S* (.*?), blkref #0: rel \d+/\d+/(\d+) blk (\d+)"
)
_PLACE = re.compile(r"(?:new_off|new off|off):? (\d+)")


def _log_records(dump: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """(transaction, file, place of the new row) of every insert and update that the segments still hold."""
    segments = sorted(path.name for path in folder.iterdir() if re.fullmatch(r"[0-9A-F]{24}", path.name))
    command = [dump, "--rmgr=Heap", "--path", folder, segments[0]]
    # It ends with an error where the log ends.
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    for line in printed.splitlines():
        found = _RECORD.search(line)
        if found:
            transaction, description, node, block = found.groups()
            yield transaction, node, f"({block},{_PLACE.findall(description)[-1]})"


def sqlite_places(path: Path) -> Pairs:
    """The order of cells in the file, which is the order of writing within a page."""
    content = path.read_bytes()
    return by_rank([entry.decode() for entry in CHECKED.findall(content)], BOXED.findall(content))


def sqlite_log(path: Path) -> Pairs:
    """Transactions of the write-ahead log whose pages show one more check-off and one more ballot than before."""
    known = path.read_bytes()
    seen = set(chain(CHECKED.findall(known), BOXED.findall(known))) if not _frames(path) else set[bytes]()
    pairs = set()
    for pages in _transactions(_frames(path)):
        content = b"".join(pages)
        entries = {entry for entry in CHECKED.findall(content) if entry not in seen}
        slots = {slot for slot in BOXED.findall(content) if slot not in seen}
        seen |= entries | slots
        if len(entries) == 1 and len(slots) == 1:
            pairs.add((entries.pop().decode(), slots.pop()))
    return pairs


def _frames(path: Path) -> list[tuple[int, bytes]]:
    """(size of the database if the frame ends a transaction else 0, page) of the log beside the file."""
    log = path.with_name(path.name + "-wal")
    content = log.read_bytes() if log.exists() else b""
    if len(content) < 32:
        return []
    size = struct.unpack(">I", content[8:12])[0]
    starts = range(32, len(content) - size - 23, 24 + size)
    return [(struct.unpack(">I", content[at + 4 : at + 8])[0], content[at + 24 : at + 24 + size]) for at in starts]


def _transactions(frames: Iterable[tuple[int, bytes]]) -> Iterator[list[bytes]]:
    pages: list[bytes] = []
    for ends, page in frames:
        pages.append(page)
        if ends:
            yield pages
            pages = []


def occurrences(files: Iterable[Path], needles: Sequence[bytes]) -> int:
    """How often these values of 32 bytes stand in the files."""
    wanted, begins = frozenset(needles), np.zeros(1 << 16, dtype=bool)
    begins[np.frombuffer(b"".join(needle[:2] for needle in needles), dtype="<u2")] = True
    return sum(_occurrences(path.read_bytes(), wanted, begins) for path in files if path.is_file())


def _occurrences(content: bytes, wanted: frozenset[bytes], begins: np.ndarray) -> int:
    found = 0
    for shift in range(2):
        pairs = np.frombuffer(content[shift:], dtype="<u2", count=(len(content) - shift) // 2)
        starts = (int(place) * 2 + shift for place in np.flatnonzero(begins[pairs]))
        found += sum(content[start : start + 32] in wanted for start in starts)
    return found
