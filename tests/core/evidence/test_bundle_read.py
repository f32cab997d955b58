"""A bundle read back: log, contest and patterns come out as they went in; whatever the manifest does not say is refused."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest

from tests.core.evidence.test_bundle import SUBJECT, sign
from tests.core.evidence.test_events import CLOSED, COMMITMENT, EXAMPLES, OPENED
from voting.core.evidence import bundle, bundle_box, bundle_read, bundle_zip, events, tiles
from voting.core.evidence.bundle import Member
from voting.core.evidence.bundle_zip import NotABundle

PATTERNS = {(("opt_a",),): 2, (): 1}
ENTRIES = [events.encode(OPENED), *(bytes([n % 256, n // 256]) * 16 for n in range(600)), events.encode(CLOSED)]


def log_of(entries: list[bytes]) -> list[Member]:
    """The tiles of a log of these entries, in the bundle's order."""
    grown = tiles.grow(tiles.Edge(), entries)
    return [bundle.whole(f"log/{tile.path}", tile.data) for tile in sorted(grown.tiles, key=lambda tile: tile.path)]


def written(members: Iterable[Member]) -> io.BytesIO:
    out = io.BytesIO()
    bundle.assemble(out, io.BytesIO(), SUBJECT, members, sign)
    return out


def whole() -> list[Member]:
    patterns = bundle.whole(bundle.PATTERNS, bundle_box.patterns_csv(PATTERNS))
    return [bundle.whole(bundle.CONTEST, ENTRIES[0]), *log_of(ENTRIES), patterns]


def test_the_log_comes_back_entry_by_entry() -> None:
    read = bundle_read.read(written(whole()))
    assert list(read.log()) == ENTRIES
    assert read.events() == (OPENED, CLOSED)
    assert read.opened() == OPENED


def test_the_patterns_come_back() -> None:
    assert bundle_read.read(written(whole())).patterns() == PATTERNS


@pytest.mark.parametrize("example", EXAMPLES[:2])
def test_the_contest_is_what_opened_said(example: events.Opened) -> None:
    assert bundle_read.read(written([bundle.whole(bundle.CONTEST, events.encode(example))])).opened() == example


def test_what_is_withheld_is_missing_and_not_empty() -> None:
    read = bundle_read.read(written(whole()[:1]))
    assert bundle.PATTERNS not in read
    with pytest.raises(NotABundle, match=r"patterns\.csv"):
        read.patterns()


@pytest.mark.parametrize("content", [b"{}", events.encode(CLOSED), COMMITMENT])
def test_a_contest_that_is_no_opening_is_refused(content: bytes) -> None:
    with pytest.raises(NotABundle, match=r"contest\.json"):
        bundle_read.read(written([bundle.whole(bundle.CONTEST, content)])).opened()


def test_patterns_in_another_spelling_are_refused() -> None:
    read = bundle_read.read(written([bundle.whole(bundle.PATTERNS, b"count,ranking\n1,b\n1,a\n")]))
    with pytest.raises(NotABundle, match=r"patterns\.csv"):
        read.patterns()


def rebuilt(replaced: dict[str, bytes]) -> io.BytesIO:
    """A sound archive of the same bundle in which some members were exchanged, or left out where the content is empty."""
    file = written(whole())
    out = io.BytesIO()
    entries = []
    for entry in bundle_zip.members(file):
        content = replaced.get(entry.path, b"".join(bundle_zip.content(file, entry)))
        if content:
            entries.append(bundle_zip.add(out, entry.path, (content,)))
    out.write(bundle_zip.directory(entries))
    return out


@pytest.mark.parametrize("path", [bundle.MANIFEST, bundle.MANIFEST_NOTE, bundle.CONTEST, bundle.PATTERNS])
def test_a_member_left_out_is_refused(path: str) -> None:
    with pytest.raises(NotABundle):
        bundle_read.read(rebuilt({path: b""}))


@pytest.mark.parametrize("path", [bundle.MANIFEST, bundle.CONTEST, bundle.PATTERNS])
@pytest.mark.parametrize("content", [b"{}", b'{"files":[]}', b"[]", b"1.5"])
def test_a_member_exchanged_is_refused(path: str, content: bytes) -> None:
    with pytest.raises(NotABundle):
        bundle_read.read(rebuilt({path: content}))
