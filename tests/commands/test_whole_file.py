"""Files that commands write are there when they are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from voting.commands.whole_file import whole_file


def test_a_whole_file_stands_at_its_place(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.zip") as out:
        out.write(b"whole")
        assert not (tmp_path / "a.zip").exists()
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.zip", b"whole")]


def break_off(path: Path) -> None:
    with whole_file(path) as out:
        out.write(b"half")
        raise ConnectionError


@pytest.mark.parametrize("before", [None, b"older"])
def test_what_broke_off_leaves_what_stood_there(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "a.zip"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(ConnectionError):
        break_off(path)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == ([] if before is None else [before])
