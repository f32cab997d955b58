"""A bundle read back: its members, its contest, its log and its ballots, each found to be what the manifest says.

For our own tools (export, replay). It trusts no header and no name, but it is no verifier: signatures, proofs and the count
are the business of `clients/verifier`, which shares no code with this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from voting.core.box import Ranking
from voting.core.evidence import bundle, bundle_box, bundle_zip, canonical, events, tiles
from voting.core.evidence.bundle_zip import Entry, NotABundle
from voting.core.evidence.events import Event, Opened
from voting.errors import Invalid

LARGEST_READ = 64 << 20
"""Bytes of a member that is read at once."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """An open bundle. Its members are read when they are asked for."""

    file: BinaryIO
    entries: Mapping[str, Entry]
    manifest: Mapping[str, Any]

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def read(self, path: str) -> bytes:
        """A member's content. Raises `NotABundle` where there is none, or more than is read at once."""
        entry = self.entries.get(path)
        if entry is None:
            raise NotABundle(f"expected the member {path}, got none")
        if entry.size > LARGEST_READ:
            raise NotABundle(f"{path}: expected at most {LARGEST_READ} bytes, got {entry.size}")
        return b"".join(bundle_zip.content(self.file, entry))

    def opened(self) -> Opened:
        """What the contest was: the first event of its log."""
        return _opened(self.read(bundle.CONTEST))

    def log(self) -> Iterator[bytes]:
        """The entries of the log in order."""
        bundles = sorted(
            (tiles.parse_path(path.removeprefix("log/"))[1], path)
            for path in self.entries
            if path.startswith("log/tile/entries/")
        )
        for _, path in bundles:
            yield from tiles.entries_of(self.read(path))

    def events(self) -> tuple[Event, ...]:
        """The events of the log in order."""
        return tuple(events.parse(entry) for entry in self.log() if not events.is_commitment(entry))

    def patterns(self) -> dict[Ranking, int]:
        """How many ballots bear each ranking, where the bundle shows it."""
        try:
            return bundle_box.patterns_of(self.read(bundle.PATTERNS))
        except ValueError as error:
            raise NotABundle(f"{bundle.PATTERNS}: {error}") from error


def read(file: BinaryIO) -> Bundle:
    """The bundle of a file. Raises `NotABundle` unless every byte is that of the members the manifest names."""
    found = bundle_zip.members(file)
    if [entry.path for entry in found[:2]] != [bundle.MANIFEST, bundle.MANIFEST_NOTE]:
        raise NotABundle("expected the manifest and its note first")
    whole = Bundle(file, {entry.path: entry for entry in found}, {})
    try:
        manifest = canonical.parse(whole.read(bundle.MANIFEST))
        listed = manifest["files"] if isinstance(manifest, Mapping) else None
        _require_order([entry.path for entry in found[2:]])
    except (Invalid, KeyError, ValueError) as error:
        raise NotABundle(f"{bundle.MANIFEST}: {error}") from error
    if listed != [{"path": e.path, "size": e.size, "sha256": e.sha256.hex()} for e in found[2:]]:
        raise NotABundle(f"{bundle.MANIFEST}: expected the sizes and hashes of the members, got others")
    assert isinstance(manifest, Mapping)
    return Bundle(file, whole.entries, manifest)


def _require_order(paths: Sequence[str]) -> None:
    if paths != sorted(paths, key=bundle.place):
        raise ValueError("expected the members in their order")


def _opened(data: bytes) -> Opened:
    try:
        event = events.parse(data)
    except Invalid as error:
        raise NotABundle(f"{bundle.CONTEST}: {error}") from error
    if not isinstance(event, Opened):
        raise NotABundle(f"{bundle.CONTEST}: expected the event `opened`")
    return event
