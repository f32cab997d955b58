"""The bundle's archive: a zip that is a function of its members' names and contents, and of nothing else.

Source: PKWARE APPNOTE 6.3.10 §4.3; the fixed fields are those of the evidence format §8. Members are stored, so that each
lies in the archive byte for byte. Memory is one chunk, whatever the size of a member.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
MOST_MEMBERS = 0xFFFF - 1
MOST_BYTES = 0xFFFFFFFF - 1
"""The largest values of these fields mean "see the zip64 record", which a bundle has not."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NEEDED, _MADE_BY, _DATE = 20, 0x0314, 0x0021
_EXTERNAL = 0o100644 << 16
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class NotABundle(ValueError):
    """Bytes that no bundle has; says what was expected and what came."""


class TooLargeForAZip(ValueError):
    """More members or bytes than an archive without zip64 can hold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: where its content lies in the file, how long it is, its CRC-32 and its SHA-256."""

    path: str
    start: int
    size: int
    crc: int
    sha256: bytes

    @property
    def span(self) -> int:
        """Bytes of the local record: header, name, content."""
        return _LOCAL.size + len(self.path) + self.size


def is_path(path: str) -> bool:
    """Whether a member may be called so: ASCII, relative, no empty part and none that begins with a dot."""
    return len(path) <= 255 and _PATH.fullmatch(path) is not None


def add(out: BinaryIO, path: str, chunks: Iterable[bytes]) -> Entry:
    """Write one member's local record at the end of `out`, which can seek: sizes stand before the content."""
    if not is_path(path):
        raise ValueError(f"expected a relative path of ASCII letters, digits, dots and hyphens, got {path!r}")
    begin = out.tell()
    out.write(_local(path, 0, 0))
    start = out.tell()
    size, crc, digest = 0, 0, hashlib.sha256()
    for chunk in chunks:
        out.write(chunk)
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        digest.update(chunk)
    if start + size > MOST_BYTES:
        raise TooLargeForAZip(f"expected at most {MOST_BYTES} bytes, got {start + size}")
    out.seek(begin)
    out.write(_local(path, crc, size))
    out.seek(start + size)
    return Entry(path, start, size, crc, digest.digest())


def directory(entries: Sequence[Entry]) -> bytes:
    """What ends the archive whose local records are those of `entries`, one behind the other from the first byte."""
    if len(entries) > MOST_MEMBERS:
        raise TooLargeForAZip(f"expected at most {MOST_MEMBERS} members, got {len(entries)}")
    records, offset = [], 0
    for entry in entries:
        name = entry.path.encode("ascii")
        records.append(_central(entry, name, offset))
        offset += entry.span
    listed = b"".join(records)
    if offset + len(listed) + _END.size > MOST_BYTES:
        raise TooLargeForAZip(f"expected at most {MOST_BYTES} bytes, got {offset + len(listed) + _END.size}")
    return listed + _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(listed), offset, 0)


def members(file: BinaryIO) -> tuple[Entry, ...]:
    """Every member of an archive, after all of its bytes were found to be those that `add` and `directory` write.

    Raises `NotABundle`. Nothing is unpacked; contents are read once, for their hashes.
    """
    file.seek(0)
    found: list[Entry] = []
    while (head := file.read(4)) == b"PK\x03\x04":
        found.append(_read_member(file, head))
        if len(found) > MOST_MEMBERS:
            raise NotABundle(f"expected at most {MOST_MEMBERS} members")
    try:
        expected = directory(found)
    except TooLargeForAZip as error:
        raise NotABundle(str(error)) from error
    if head + file.read(len(expected)) != expected:
        raise NotABundle("expected the directory of exactly these members, got other bytes behind the last of them")
    twice = len(found) - len({entry.path for entry in found})
    if twice:
        raise NotABundle(f"expected each member once, got {twice} again")
    return tuple(found)


def content(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The bytes of a member, in chunks."""
    at, end = entry.start, entry.start + entry.size
    while at < end:
        file.seek(at)
        chunk = file.read(min(CHUNK, end - at))
        if not chunk:
            raise NotABundle(f"{entry.path}: expected {end - at} bytes more, got none")
        at += len(chunk)
        yield chunk


def _read_member(file: BinaryIO, head: bytes) -> Entry:
    rest = file.read(_LOCAL.size - len(head))
    if len(rest) != _LOCAL.size - len(head):
        raise NotABundle("expected a whole local header, got the end of the file")
    *_, crc, _, size, named, _ = _LOCAL.unpack(head + rest)
    name = file.read(named)
    path = name.decode("ascii", "replace")
    if not is_path(path) or head + rest + name != _local(path, crc, size):
        raise NotABundle(f"expected the one local header of {path!r}, got other bytes")
    start, digest, checked, left = file.tell(), hashlib.sha256(), 0, size
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise NotABundle(f"{path}: expected {left} bytes more, got the end of the file")
        checked, left = zlib.crc32(chunk, checked), left - len(chunk)
        digest.update(chunk)
    if checked != crc:
        raise NotABundle(f"{path}: expected the CRC-32 {crc:08x}, got {checked:08x}")
    return Entry(path, start, size, crc, digest.digest())


def _local(path: str, crc: int, size: int) -> bytes:
    name = path.encode("ascii")
    return _LOCAL.pack(b"PK\x03\x04", _NEEDED, 0, 0, 0, _DATE, crc, size, size, len(name), 0) + name


def _central(entry: Entry, name: bytes, offset: int) -> bytes:
    times = (_MADE_BY, _NEEDED, 0, 0, 0, _DATE)
    figures = (entry.crc, entry.size, entry.size)
    return _CENTRAL.pack(b"PK\x01\x02", *times, *figures, len(name), 0, 0, 0, 0, _EXTERNAL, offset) + name
