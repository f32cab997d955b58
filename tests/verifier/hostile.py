"""Bundles made to crash, stall or fill a reader: cut, spliced, bent inside and signed again, with sizes that lie.

Each is a function of its number, so that one that a test names can be made again: `python -m tests.verifier.hostile NUMBER`.
"""

from __future__ import annotations

import json
import random
import struct
import sys
from base64 import b64encode
from functools import cache
from typing import Any

import rfc8785

from clients.verifier import verify
from tests.verifier.forge import (
    LOG,
    ORIGIN,
    Batch,
    Files,
    Story,
    lines,
    merkle_root,
    note,
    repacked,
    tiles,
    unzipped,
    zipped,
)

KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"mode": "patterns"},
    {"mode": "restricted"},
    {"batches": (Batch("bat_1", [(("opt_a",),), (("opt_b",), ("opt_a",))], spoiled=1),)},
    {"revoting": True, "revised": 3, "cadence": 60},
    *({"method": method, "seats": 2} for method in ("stv-scottish", "stv-gregory-exact", "stv-meek", "stv-wigm-rctab")),
    *({"method": method} for method in ("schulze", "ranked-pairs", "score", "borda", "two-round", "irv-multi-pass")),
    {"changed_key": True},
)
JUNK: tuple[Any, ...] = (
    *(-1, 0, 1, 2, 255, 2**31, 2**53 - 1, 2**53, -(2**53), 10**30),
    *("", "x", "\0", "é", "\ud800", "e\u0301", "-", "__OVERVOTE__", "../..", "p/q", "1/0", "0/0", "999/1", "A" * 5000),
    *(None, True, False, 1.5, 1e308, [], {}, [[]], [[[]]], {"a": {}}, ["opt_a"], [["opt_a"], ["opt_a"]]),
    *(
        "2026-03-01T08:00:00Z",
        "9999-12-31T23:59:59Z",
        "0000-00-00T00:00:00Z",
        "percent_of_active:0",
        "percent_of_active:1e9",
    ),
)


@cache
def honest(kind: int) -> Files:
    return unzipped(Story(voters=12, **KINDS[kind]).bundle())


def hostile(number: int) -> bytes:
    """The hostile bundle of this number."""
    dice = random.Random(number)
    files = dict(honest(number % len(KINDS)))
    ways = (
        cut,
        spliced,
        bent_record,
        bent_record,
        bent_record,
        bent_bytes,
        bent_entry,
        bent_entry,
        bent_events,
        lying_header,
        crowded,
    )
    return dice.choice(ways)(files, dice)


def cut(files: Files, dice: random.Random) -> bytes:
    data = zipped(files)
    begin, end = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return dice.choice((data[:begin], data[begin:], data[:begin] + data[end:], data[:end] + data[begin:]))


def spliced(files: Files, dice: random.Random) -> bytes:
    data = bytearray(zipped(files))
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(data))
        data[at : at + dice.randint(0, 4)] = dice.randbytes(dice.randint(0, 4))
    return bytes(data)


def bent_value(value: Any, dice: random.Random) -> Any:
    """A document with something inside replaced, taken away or doubled."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        name = dice.choice(sorted(value))
        if dice.random() < 0.12:
            return {key: member for key, member in value.items() if key != name}
        if dice.random() < 0.12:
            return value | {dice.choice(("more", "__class__", "é", "")): dice.choice(JUNK)}
        return value | {name: bent_value(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.85:
        place = dice.randrange(len(value))
        if dice.random() < 0.2:
            return value[:place] + value[place + 1 :] if dice.random() < 0.5 else [*value, value[place]]
        return [*value[:place], bent_value(value[place], dice), *value[place + 1 :]]
    if isinstance(value, int) and dice.random() < 0.5:
        return value + dice.choice((-1, 1, 1000))
    return dice.choice(JUNK)


def spelled(value: Any, dice: random.Random) -> bytes:
    """JSON, canonical where that can be."""
    try:
        return rfc8785.dumps(value)
    except Exception:  # Junk has no canonical spelling; any spelling will do.
        return json.dumps(value, indent=dice.choice((None, 1)), ensure_ascii=True).encode()


def bent_record(files: Files, dice: random.Random) -> bytes:
    """A JSON file with something else inside, under a manifest that is signed again."""
    path = dice.choice([path for path in files if path.endswith(".json")])
    content = spelled(bent_value(json.loads(files[path]), dice), dice)
    if path == "manifest.json":
        return zipped(
            files | {path: content, "manifest.note": note(lines(ORIGIN, "bundle manifest", "sha256 x"), [LOG])}
        )
    if path == "contest.json":
        return with_entry(files, 0, content) if dice.random() < 0.8 else repacked(files | {path: content}, sign=True)
    return repacked(files | {path: content}, sign=True)


def bent_bytes(files: Files, dice: random.Random) -> bytes:
    """Any file with bytes changed, under a manifest that is signed again."""
    path = dice.choice([path for path in files if not path.startswith("manifest")])
    content = bytearray(files[path])
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(content) + 1)
        content[at : at + dice.randint(0, 9)] = dice.choice(
            (b"", b"\n", b",", b'"', b"[" * 3000, b"0" * 50, dice.randbytes(5), bytes(9))
        )
    return repacked(files | {path: bytes(content)}, sign=True)


def entries_of(files: Files) -> list[bytes]:
    entries: list[bytes] = []
    for path in sorted(path for path in files if path.startswith("log/tile/entries/")):
        entries += verify.entries_of(files[path], path)
    return entries


def with_log(files: Files, entries: list[bytes]) -> bytes:
    """The files with another log, in order and signed by its key."""
    kept = {path: content for path, content in files.items() if not path.startswith("log/")}
    told = lines(ORIGIN, str(len(entries)), b64encode(merkle_root(entries)).decode())
    log = {"log/checkpoint": note(told, [LOG]), **tiles(entries)}
    first = {"contest.json": entries[0]} if entries and len(entries[0]) != 32 else {}
    return repacked(kept | log | first, sign=True)


def with_entry(files: Files, place: int, entry: bytes) -> bytes:
    entries = entries_of(files)
    return with_log(files, [*entries[:place], entry[:60_000], *entries[place + 1 :]])


def bent_entry(files: Files, dice: random.Random) -> bytes:
    """One event of the log bent, in a log that is consistent with it."""
    entries = entries_of(files)
    place = dice.choice([place for place, entry in enumerate(entries) if len(entry) != 32])
    return with_entry(files, place, spelled(bent_value(json.loads(entries[place]), dice), dice))


def bent_events(files: Files, dice: random.Random) -> bytes:
    """Entries dropped, doubled, moved, emptied, in a log that is consistent with it."""
    entries = entries_of(files)
    for _ in range(dice.randint(1, 3)):
        place, other = dice.randrange(len(entries)), dice.randrange(len(entries))
        entry = entries.pop(place)
        entries[other:other] = dice.choice(([], [entry], [entry, entry], [b""], [bytes(32)], [bytes(31)], [b"{}"]))
        entries = entries or [b""]
    return with_log(files, entries)


def lying_header(files: Files, dice: random.Random) -> bytes:
    """A member that claims to be huge, to lie elsewhere, or to be packed."""
    data = bytearray(zipped(files))
    starts = [at for at in range(len(data) - 3) if data[at : at + 4] in (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")]
    at = dice.choice(starts) + 4 + 2 * dice.randrange(12)
    data[at : at + 2] = struct.pack("<H", dice.choice((0, 1, 8, 0xFFFF, 0x7FFF, dice.randrange(65536))))
    return bytes(data)


def crowded(files: Files, dice: random.Random) -> bytes:
    """Very many members, all empty."""
    more = {f"log/tile/9/x{n // 1000:03}/{n % 1000:03}": b"" for n in range(dice.choice((300, 3000)))}
    return repacked(files | more, sign=True)


if __name__ == "__main__":
    sys.stdout.buffer.write(hostile(int(sys.argv[1])))
