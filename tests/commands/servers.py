"""Servers for the tests of commands: a service on a database, and a `yishi demo` in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clients.python import NEVER, Client, YishiClientError
from tests import forked
from tests.conftest import ROOT
from voting.commands.own_server import command, environment_of, free_port, stop

PATIENCE = 90.0


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, its folder, what it printed, and its shell variables."""

    url: str
    folder: Path

    @property
    def printed(self) -> str:
        """Standard output so far."""
        return (self.folder / "demo.out").read_text(encoding="utf-8")

    @property
    def variables(self) -> dict[str, str]:
        """The variables of `var/demo.env`."""
        lines = (self.folder / "var" / "demo.env").read_text(encoding="utf-8").splitlines()
        pairs = (line.removeprefix("export ").partition("=") for line in lines)
        return {name: value.strip("'") for name, _, value in pairs}


def surroundings() -> dict[str, str]:
    """The environment of a process that runs outside the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YISHI_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """`voting.commands.own_server.serving` with a forked process."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = {"key_file": str(folder / "token-key.pem"), "public_url": url, "rate_per_minute": "0", **settings}
    with (folder / "server.log").open("wb") as log:
        process = forked.start(command(port), env=environment_of(own), stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, url, folder / "server.log")
            yield url
        finally:
            stop(process)


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[Demo]:
    """Start `yishi demo` in `folder` and wait until it is ready."""
    port = free_port()
    started = [sys.executable, "-m", "voting.cli", "demo", "--port", str(port), *arguments]
    with (folder / "demo.out").open("wb") as out, (folder / "demo.err").open("wb") as err:
        process = subprocess.Popen(started, cwd=folder, env=surroundings(), stdout=out, stderr=err)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(process, url, folder / "demo.err")
            yield Demo(url, folder)
        finally:
            stop(process)


def _wait(process: subprocess.Popen[bytes] | forked.Process, url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    with Client(url, retries=NEVER, timeout=5) as client:
        while process.poll() is None and time.monotonic() < until:
            try:
                if client.service.is_ready():
                    return
            except YishiClientError:
                time.sleep(0.05)
    raise AssertionError(f"{url} did not become ready:\n{log.read_text(errors='replace')}")
