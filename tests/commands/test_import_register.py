"""`yishi import-register` as a process, into a running service."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients.python import Client
from tests.commands.conftest import Served
from tests.commands.processes import yishi, yishi_here
from voting.commands import neighbourhood


@pytest.fixture
def community_id(served: Served) -> str:
    """A community without a register."""
    with Client(served.url, served.key) as client:
        return client.communities.create({"en": "Empty"}).id


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The register of Community B."""
    path = tmp_path / "register.csv"
    path.write_bytes(neighbourhood.register_csv())
    return path


def dwellings(served: Served, community_id: str) -> int:
    with Client(served.url, served.key) as client:
        return sum(1 for _ in client.communities.dwellings(community_id))


def run(served: Served, file: Path, community_id: str, *more: str, answer: str | None = None) -> tuple[int, str, str]:
    access = ("--url", served.url, "--token", served.key)
    done = yishi_here("import-register", file, "--community", community_id, *access, *more, input=answer)
    return done.returncode, done.stdout, done.stderr


def test_it_shows_what_it_would_do_asks_and_does_it(served: Served, file: Path, community_id: str) -> None:
    access = ("--url", served.url, "--token", served.key)
    done = yishi("import-register", file, "--community", community_id, *access, input="y\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("Would do") < done.stdout.index("Import?") < done.stdout.index("Done")
    assert dwellings(served, community_id) == 120


def test_whoever_says_no_has_changed_nothing(served: Served, file: Path, community_id: str) -> None:
    status, _, err = run(served, file, community_id, answer="n\n")
    assert (status, dwellings(served, community_id)) == (1, 0)
    assert "nothing was imported" in err


def test_a_dry_run_changes_nothing_and_does_not_ask(served: Served, file: Path, community_id: str) -> None:
    status, out, _ = run(served, file, community_id, "--dry-run")
    assert (status, dwellings(served, community_id)) == (0, 0)
    assert "120" in out


def test_yes_needs_no_answer(served: Served, file: Path, community_id: str) -> None:
    assert run(served, file, community_id, "--yes")[0] == 0
    assert dwellings(served, community_id) == 120


def test_a_bad_file_is_told_row_by_row_in_the_language_asked_for(served: Served, file: Path, community_id: str) -> None:
    file.write_text(
        "楼栋,单元,房号,专有面积(㎡),姓名\n1号楼,1单元,101,-5,王芳\n1号楼,1单元,102,=1+1,李雷\n", encoding="utf-8"
    )
    status, out, err = run(served, file, community_id, "--yes", "--locale", "zh-CN")
    assert status == 1
    assert "/rows/2/area_m2" in out
    assert "/rows/3/area_m2" in out
    assert "nothing was imported" in err
    assert dwellings(served, community_id) == 0


def test_another_communitys_id_is_not_found(served: Served, file: Path) -> None:
    status, _, err = run(served, file, "com_00000000000000000000000000")
    assert status == 1
    assert "404" in err
