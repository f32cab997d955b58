"""`yishi demo` as a process: what it prints can be pasted, and it can be started again."""

from __future__ import annotations

import re
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.python import Client, Conflict
from tests.commands.processes import yishi_here
from tests.commands.servers import Demo, demo
from voting.clock import system_now
from voting.commands import keys, seed
from voting.community import persons
from voting.contests import queries
from voting.core.authority import SYSTEM
from voting.settings import Settings
from voting.store import engine_for, reading


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose clock stands."""
    with demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


def commands(printed: str, heading: str) -> list[list[str]]:
    """The curl lines under a heading, as a shell would split them."""
    section = printed.partition(f"# {heading}")[2].partition("\n\n")[0]
    return [shlex.split(line) for line in section.splitlines() if line.startswith("curl ")]


def status_of(command: list[str]) -> int:
    """The HTTP status of a curl line."""
    done = subprocess.run(
        [*command, "-o", "/dev/null", "-w", "%{http_code}"], capture_output=True, text=True, timeout=30
    )
    return int(done.stdout)


@pytest.mark.parametrize(
    ("heading", "statuses"),
    [
        ("Resident", [200, 200, 201]),
        ("Neighbour", [200, 200, 201, 200, 201, 200, 200]),
        ("Moderator", [200, 409, 200]),
        ("Social worker", [200, 200]),
        ("Returning officer", [409, 409, 409, 409]),
        ("Auditor", [200, 200, 200]),
        ("Integrator", [200, 201]),
    ],
)
def test_every_line_it_prints_can_be_pasted(running: Demo, heading: str, statuses: list[int]) -> None:
    assert [status_of(command) for command in commands(running.printed, heading)] == statuses


def test_what_is_no_terminal_gets_no_colours(running: Demo) -> None:
    assert "Serving on" in running.printed
    assert "\x1b" not in running.printed
    assert "\x1b" not in (running.folder / "demo.err").read_text(encoding="utf-8")


def test_its_tokens_are_for_its_owner_alone(running: Demo) -> None:
    mode = (running.folder / "var" / "demo.env").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_clock_stands_unless_it_was_asked_to_move(running: Demo) -> None:
    variables = running.variables
    with Client(running.url, variables["INTEGRATOR"]) as client, pytest.raises(Conflict, match="clock_not_movable"):
        client.communities.advance_clock(variables["COMMUNITY"], 60)


@pytest.fixture
def left(sqlite_template: Path, tmp_path: Path) -> str:
    """The community that an earlier run left in `tmp_path`, where the resident of the printed line has voted."""
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "demo.db")
    engine = engine_for(f"sqlite:///{tmp_path}/var/demo.db")
    community_id = seed.plant(engine, system_now(), keys.signing(Settings(key_file=tmp_path / "var" / "token-key.pem")))
    with reading(engine) as session:
        parking = queries.page(session, SYSTEM, community_id, now=system_now())[-1]
        resident = persons.list_of(session, SYSTEM, community_id, person_ref=seed.RESIDENT)[0].row.id
    seed.cast(engine, system_now(), parking.contest.id, [resident], [(0,)])
    engine.dispose()
    return community_id


def test_started_again_it_keeps_the_neighbourhood_and_finds_somebody_who_may_vote(left: str, tmp_path: Path) -> None:
    with demo(tmp_path) as again, Client(again.url, again.variables["RESIDENT"]) as resident:
        assert again.variables["COMMUNITY"] == left
        assert resident.contests.turnout(again.variables["PARKING"]).cast == 67
        resident.contests.cast(again.variables["PARKING"], [again.variables["FIRST"]])


def test_reset_begins_anew(left: str, tmp_path: Path) -> None:
    with demo(tmp_path, "--reset") as again:
        assert again.variables["COMMUNITY"] != left


def test_reset_never_touches_a_postgresql() -> None:
    done = yishi_here("demo", "--reset", "--database", "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 2
    assert re.search("SQLite file only", done.stderr)
