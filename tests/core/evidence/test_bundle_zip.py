"""The archive: read by a tool that is not ours, rebuilt from names and contents, and refused in every other spelling."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core.evidence import bundle_zip
from voting.core.evidence.bundle_zip import NotABundle

FILES = (("manifest.json", b"{}"), ("log/tile/0/000.p/5", bytes(range(160))), ("empty.txt", b""))
PATHS = st.from_regex(bundle_zip._PATH, fullmatch=True).filter(lambda path: len(path) <= 60)


def archive(files: Sequence[tuple[str, bytes]]) -> bytes:
    """The archive of these files, each written in chunks of three bytes."""
    out = io.BytesIO()
    entries = [bundle_zip.add(out, path, (body[at : at + 3] for at in range(0, len(body), 3))) for path, body in files]
    out.write(bundle_zip.directory(entries))
    return out.getvalue()


def read(data: bytes) -> list[tuple[str, bytes]]:
    """Names and contents, by our own reader."""
    file = io.BytesIO(data)
    return [(entry.path, b"".join(bundle_zip.content(file, entry))) for entry in bundle_zip.members(file)]


def test_pythons_zipfile_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(FILES))) as opened:
        assert opened.testzip() is None
        assert [(info.filename, opened.read(info)) for info in opened.infolist()] == list(FILES)


def test_a_member_has_the_fields_of_the_format_and_no_others() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(FILES))) as opened:
        for info in opened.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert (info.extra, info.comment, info.flag_bits, info.internal_attr) == (b"", b"", 0, 0)
            assert (info.create_system, info.create_version, info.extract_version) == (3, 20, 20)
            assert info.external_attr == 0o100644 << 16


@given(st.lists(st.tuples(PATHS, st.binary(max_size=20)), max_size=6, unique_by=lambda file: file[0]))
def test_what_is_written_is_read(files: list[tuple[str, bytes]]) -> None:
    assert read(archive(files)) == files


def test_every_flipped_bit_is_refused() -> None:
    good = archive(FILES)
    caught = 0
    for place in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[place] ^= 1 << bit
            try:
                read(bytes(bad))
            except NotABundle:
                caught += 1
    assert caught == 8 * len(good)


def test_every_cut_and_every_byte_behind_the_end_is_refused() -> None:
    good = archive(FILES)
    for length in range(len(good)):
        with pytest.raises(NotABundle):
            read(good[:length])
    file = io.BytesIO(good + b"\0")
    with pytest.raises(NotABundle):
        bundle_zip.members(file)


def test_a_member_that_stands_twice_is_refused() -> None:
    with pytest.raises(NotABundle, match="once"):
        read(archive((("a", b"1"), ("a", b"2"))))


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a\\b", "ä", "a b", "C:", "a" * 256])
def test_a_path_that_could_lead_elsewhere_is_not_written(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        bundle_zip.add(io.BytesIO(), path, ())


def test_an_archive_that_others_wrote_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr("manifest.json", b"{}")
    with pytest.raises(NotABundle, match="local header"):
        read(out.getvalue())


def test_more_members_than_the_directory_can_count_are_refused() -> None:
    entry = bundle_zip.add(io.BytesIO(), "a", ())
    with pytest.raises(bundle_zip.TooLargeForAZip):
        bundle_zip.directory([entry] * 65535)
