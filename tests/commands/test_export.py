"""`yishi export`: out of a bundle into the formats of others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.commands.processes import yishi, yishi_here
from tests.core.evidence.test_bundle import SUBJECT, sign
from tests.core.evidence.test_events import CLOSED, OPENED
from voting.core.box import Ranking
from voting.core.count.formats import blt, cvr, ranks_csv
from voting.core.evidence import bundle, bundle_box, bundle_exports, events, tiles
from voting.core.evidence.bundle_exports import About
from voting.core.evidence.events import Counted

PATTERNS: dict[Ranking, int] = {(("opt_a",), ("opt_b",)): 2, (("opt_b",),): 1, (): 1}
AT = datetime(2026, 3, 8, 9, tzinfo=UTC)
ABOUT = About("con_1", "com_1", "irv", 1, ("opt_a", "opt_b"), (), AT, date(2026, 3, 1), date(2026, 3, 1))


def made(folder: Path, *, patterns: dict[Ranking, int] = PATTERNS, shown: bool = True, method: str = "irv") -> Path:
    """A bundle of these ballots, counted on the eighth."""
    opened = events.encode(replace(OPENED, method=method, rules={}))
    entries = [opened, events.encode(CLOSED), events.encode(Counted(AT, b"\x09" * 32, "tal_1"))]
    grown = tiles.grow(tiles.Edge(), entries)
    members = [
        bundle.whole(bundle.CONTEST, opened),
        *(bundle.whole(f"log/{tile.path}", tile.data) for tile in sorted(grown.tiles, key=lambda tile: tile.path)),
    ]
    if shown:
        members.append(bundle.whole(bundle.PATTERNS, bundle_box.patterns_csv(patterns)))
        members += bundle_exports.of_ballots(replace(ABOUT, method=method), patterns)
    path = folder / "bundle.zip"
    with path.open("wb") as out, (folder / "side").open("w+b") as side:
        bundle.assemble(out, side, SUBJECT, members, sign)
    return path


def test_ballots_come_out_in_each_format(tmp_path: Path) -> None:
    path = made(tmp_path)
    for form, read in (("blt", blt.read), ("csv", ranks_csv.read), ("cvr", cvr.read)):
        done = yishi("export", path, "--format", form)
        assert done.returncode == 0, done.stderr
        assert read(done.stdout).ballots == PATTERNS


def test_they_come_out_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "ballots.blt"
    assert yishi_here("export", made(tmp_path), "--format", "blt", "--out", out).returncode == 0
    assert blt.read(out.read_text(encoding="utf-8")).ballots == PATTERNS


def test_records_of_very_many_ballots_are_made_although_the_bundle_has_none(tmp_path: Path) -> None:
    many: dict[Ranking, int] = {(("opt_a",),): 100_000, (("opt_b",),): 1}
    path, out = made(tmp_path, patterns=many), tmp_path / "cvr.json"
    assert yishi_here("export", path, "--format", "cvr", "--out", out).returncode == 0
    report = json.loads(out.read_bytes())
    assert len(report["CVR"]) == 100_001
    assert report["GeneratedDate"] == AT.isoformat()


def test_records_made_later_are_those_a_bundle_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = yishi_here("export", made(tmp_path), "--format", "cvr", "--out", tmp_path / "held.json")
    monkeypatch.setattr(bundle_exports, "MOST_RECORDS", 1)
    later = yishi_here("export", made(tmp_path), "--format", "cvr", "--out", tmp_path / "later.json")
    assert (held.returncode, later.returncode) == (0, 0)
    assert (tmp_path / "later.json").read_bytes() == (tmp_path / "held.json").read_bytes()


@pytest.mark.parametrize(
    ("form", "shown", "method", "why"),
    [
        ("blt", False, "irv", "withholds"),
        ("cvr", False, "irv", "withholds"),
        ("results", False, "schulze", "compare pairs"),
        ("blt", True, "score", "grades"),
        ("cvr", True, "score", "grades"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(
    tmp_path: Path, form: str, shown: bool, method: str, why: str
) -> None:
    out = tmp_path / "out"
    done = yishi_here("export", made(tmp_path, shown=shown, method=method), "--format", form, "--out", out)
    assert done.returncode == 1
    assert why in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04"])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(content)
    done = yishi_here("export", path, "--format", "csv")
    assert done.returncode == 1
    assert "expected" in done.stderr


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    done = yishi_here("export", tmp_path / "none.zip", "--format", "csv")
    assert done.returncode == 1
    assert "none.zip" in done.stderr
