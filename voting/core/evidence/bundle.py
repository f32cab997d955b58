"""The bundle of a contest: which members it has, in which order, and the manifest that names them all.

Source: evidence format §8. The manifest stands first and holds the hash of everything behind it, so that the members are
written to one side first and copied behind it: a bundle of any size takes the memory of one chunk.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO, Literal

from voting.core import privacy as figures
from voting.core.evidence import bundle_zip, canonical
from voting.core.evidence.bundle_zip import CHUNK, Entry

FORMAT = "yishi-bundle/1"
Tier = Literal["public", "auditor"]

MANIFEST, MANIFEST_NOTE = "manifest.json", "manifest.note"
CONTEST = "contest.json"
CLOSE_NOTE, RESULT_NOTE = "close.note", "result.note"
CHECKPOINT = "log/checkpoint"
BITS, ROLL_ROOT = "roll/participation.bits", "roll/root.json"
BOX, PATTERNS = "box/cvr.ndjson", "patterns.csv"
BATCHES = "paper/batches.json"
RESULT, EXPLANATION, ROUNDS, PRIVACY = "result.json", "explanation.txt", "rounds.svg", "privacy.json"
EXPORTS = ("ballots.blt", "ballots.csv", "cvr-cdf.json", "results-cdf.json")
GUIDE, VERIFIER = "VERIFY.md", "verify.py"

ORDER = (
    MANIFEST,
    MANIFEST_NOTE,
    CONTEST,
    CLOSE_NOTE,
    RESULT_NOTE,
    "log/",
    "roll/",
    "box/",
    "paper/",
    PATTERNS,
    RESULT,
    EXPLANATION,
    ROUNDS,
    PRIVACY,
    "export/",
    "schema/",
    GUIDE,
    VERIFIER,
)
"""Members and folders as they follow each other; within a folder by path."""

_PLACES = {name: place for place, name in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Member:
    """A file to be put into the bundle."""

    path: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the manifest says beside its files. `log_key` is a verifier key, `receipt_keys` are public JWKs."""

    tier: Tier
    contest: str
    community: str
    origin: str
    state: str
    log_key: str
    receipt_keys: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A written bundle: its members in order, and SHA-256 of its manifest, which stands for all of them."""

    entries: tuple[Entry, ...]
    manifest: bytes

    @property
    def size(self) -> int:
        """Bytes of the whole archive."""
        return sum(entry.span for entry in self.entries) + len(bundle_zip.directory(self.entries))


def whole(path: str, content: bytes) -> Member:
    """A member whose content is at hand."""
    return Member(path, (content,))


def document(path: str, value: Mapping[str, Any]) -> Member:
    """A member in canonical JSON."""
    return whole(path, canonical.encode(value))


def place(path: str) -> tuple[int, str]:
    """Where a member stands among the others. Raises `ValueError` for a path no bundle has."""
    folder, slash, _ = path.partition("/")
    found = _PLACES.get(folder + slash)
    if found is None:
        raise ValueError(f"expected a member of the bundle, got {path!r}")
    return found, path


def assemble(
    out: BinaryIO, side: BinaryIO, subject: Subject, members: Iterable[Member], sign: Callable[[str], bytes]
) -> Assembled:
    """Write a bundle to `out`, an empty file; `side` is another one that is used on the way.

    `members` come in their order, without the manifest; `sign` makes the whole note of a text by the log's key.
    """
    entries = _written(side, members)
    manifest = canonical.encode(manifest_of(subject, entries))
    digest = sha256(manifest)
    head = [
        bundle_zip.add(out, MANIFEST, (manifest,)),
        bundle_zip.add(out, MANIFEST_NOTE, (sign(manifest_text(subject.origin, digest.hexdigest())),)),
    ]
    moved = out.tell()
    entries = [Entry(e.path, e.start + moved, e.size, e.crc, e.sha256) for e in entries]
    listed = bundle_zip.directory([*head, *entries])
    side.seek(0)
    shutil.copyfileobj(side, out, CHUNK)
    out.write(listed)
    return Assembled((*head, *entries), digest.digest())


def manifest_of(subject: Subject, entries: Iterable[Entry]) -> dict[str, Any]:
    """`manifest.json`: what the bundle is of, by whose keys, and the size and SHA-256 of every other member."""
    return {
        "format": FORMAT,
        "tier": subject.tier,
        "contest": subject.contest,
        "community": subject.community,
        "origin": subject.origin,
        "state": subject.state,
        "log_key": subject.log_key,
        "receipt_keys": [dict(key) for key in subject.receipt_keys],
        "files": [{"path": e.path, "size": e.size, "sha256": e.sha256.hex()} for e in entries],
    }


def manifest_text(origin: str, digest: str) -> str:
    """What the log's key signs in `manifest.note`; `digest` is the SHA-256 of `manifest.json` in hexadecimal."""
    return f"{origin}\nbundle manifest\nsha256 {digest}\n"


def shows(mode: str, tier: Tier) -> tuple[bool, bool]:
    """Whether a bundle of this publish mode and tier holds the box, and whether it holds the patterns."""
    if tier == "auditor":
        return True, True
    return mode == "full", mode != "restricted"


def privacy(mode: str, tier: Tier, electors: int, patterns: Iterable[int]) -> dict[str, Any]:
    """`privacy.json`: what was published under which thresholds. `patterns` are the ballots of each different ranking."""
    counts = tuple(patterns)
    return {
        "mode": mode,
        "tier": tier,
        "electors": electors,
        "ballots": sum(counts),
        "patterns": len(counts),
        "unique_patterns": sum(count == 1 for count in counts),
        "thresholds": {
            "electors_for_full": figures.ELECTORS_FOR_FULL,
            "unique_share": f"{figures.UNIQUE_SHARE.numerator}/{figures.UNIQUE_SHARE.denominator}",
            "sub_group": figures.SUB_GROUP,
        },
    }


def _written(side: BinaryIO, members: Iterable[Member]) -> list[Entry]:
    entries: list[Entry] = []
    for member in members:
        if entries and place(member.path) <= place(entries[-1].path):
            raise ValueError(f"expected members in the bundle's order, got {member.path!r} behind {entries[-1].path!r}")
        place(member.path)
        entries.append(bundle_zip.add(side, member.path, member.chunks))
    return entries
