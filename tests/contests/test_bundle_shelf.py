"""The shelf of built bundles: built once, bounded, never taken from under a reader, and gone with the process."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from voting.contests.bundle_shelf import Build, Kept, Shelf
from voting.core.evidence import bundle_zip
from voting.core.evidence.bundle import Assembled


def building(content: bytes) -> Build:
    """A build that writes this content."""

    def build(out: BinaryIO, side: BinaryIO) -> Assembled:
        side.write(content)
        entry = bundle_zip.add(out, "manifest.json", (content,))
        out.write(bundle_zip.directory([entry]))
        return Assembled((entry,), hashlib.sha256(content).digest())

    return build


def built(shelf: Shelf, name: bytes) -> Kept:
    """A bundle of this name and content, given back."""
    kept = shelf.build(name, building(name))
    shelf.release(kept)
    return kept


def test_a_bundle_is_found_by_its_stamp(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = built(shelf, b"one")
    assert shelf.take(b"one") is kept
    assert shelf.take(b"two") is None
    assert kept.path.stat().st_size == kept.size
    assert kept.etag == f'"{hashlib.sha256(b"one").hexdigest()}"'


def test_the_one_not_read_for_longest_makes_room(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, most=2)
    one, two = built(shelf, b"one"), built(shelf, b"two")
    taken = shelf.take(b"one")
    assert taken is not None
    shelf.release(taken)
    built(shelf, b"three")
    assert (one.path.exists(), two.path.exists()) == (True, False)
    assert shelf.take(b"two") is None


def test_bytes_are_bounded_as_well(tmp_path: Path) -> None:
    size = built(Shelf(tmp_path), b"a").size
    shelf = Shelf(tmp_path, most_bytes=2 * size)
    kept = [built(shelf, name) for name in (b"a", b"b", b"c")]
    assert [one.path.exists() for one in kept] == [False, True, True]


def test_a_bundle_that_is_being_read_stays_until_it_was(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, most=1)
    read = shelf.build(b"one", building(b"one"))
    built(shelf, b"two")
    assert read.path.exists()
    built(shelf, b"three")
    shelf.release(read)
    assert sum(path.is_file() for path in tmp_path.rglob("*.zip")) == 1


def test_a_bundle_built_again_replaces_the_old_file_once_that_was_read(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    old = shelf.build(b"one", building(b"old"))
    new = built(shelf, b"one")
    assert old.path.exists()
    shelf.release(old)
    assert (old.path.exists(), new.path.exists()) == (False, True)


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)

    def build(out: BinaryIO, side: BinaryIO) -> Assembled:
        out.write(b"half")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        shelf.build(b"one", build)
    assert list(tmp_path.rglob("*.zip")) == []
    assert shelf.take(b"one") is None


def test_nothing_is_left_when_it_closes_and_nothing_made_before_it_is_used(tmp_path: Path) -> None:
    unused = Shelf(tmp_path / "never")
    unused.close()
    assert not (tmp_path / "never").exists()
    shelf = Shelf(tmp_path)
    built(shelf, b"one")
    shelf.close()
    assert list(tmp_path.iterdir()) == []
