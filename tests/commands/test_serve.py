"""`yishi serve` as a process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from clients.python import Client, Retries
from tests.commands.processes import yishi_here
from tests.commands.servers import surroundings
from voting.commands.own_server import free_port, stop


def test_a_database_that_is_behind_is_told_to_migrate_and_nothing_is_served(tmp_path: Path) -> None:
    done = yishi_here("serve", "--database", f"sqlite:///{tmp_path}/none.db")
    assert done.returncode == 1
    assert "yishi migrate" in done.stderr


def test_a_migrated_database_is_served_until_it_is_stopped(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "yishi.db")
    port = free_port()
    database = f"sqlite:///{tmp_path}/yishi.db"
    command = [sys.executable, "-m", "voting.cli", "serve", "--port", str(port), "--database", database]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=surroundings(), stdout=log, stderr=log)
        try:
            patient = Retries(attempts=60, first_wait=0.5, longest_wait=0.5)
            with Client(f"http://127.0.0.1:{port}", retries=patient) as client:
                assert client.service.is_ready()
        finally:
            stop(process)
    assert process.returncode in (0, -15)
