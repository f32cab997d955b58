"""A server process of our own on a free port of this machine, for as long as a command needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clients.python import NEVER, Client, YishiClientError

PATIENCE = 30.0
"""Seconds a server may take until it is ready, and again until it has stopped."""


class ServerFailed(Exception):
    """The server did not become ready; says what it wrote last."""


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """The URL of a server that keeps its files in `folder`; `settings` are `YISHI_…` without the prefix, in lower case."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = {"key_file": str(folder / "token-key.pem"), "public_url": url, "rate_per_minute": "0", **settings}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and package, no shell)
            command(port), env=environment_of(own), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(process, url, folder / "server.log")
            yield url
        finally:
            stop(process)


def command(port: int, host: str = "127.0.0.1") -> list[str]:
    """How a server process is started."""
    return [sys.executable, "-m", "api", "--host", host, "--port", str(port)]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to finish what it has begun, and wait for it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    with Client(url, retries=NEVER, timeout=2) as client:
        while process.poll() is None and time.monotonic() < until:
            try:
                if client.service.is_ready():
                    return
            except YishiClientError:
                time.sleep(0.05)
    raise ServerFailed(_last_lines(log))


def _last_lines(log: Path, lines: int = 8) -> str:
    text = log.read_text(errors="replace").strip().splitlines()
    return "\n".join(text[-lines:]) or "it wrote nothing"


def environment_of(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with these settings over it."""
    return {**os.environ, **{f"YISHI_{name.upper()}": value for name, value in settings.items()}}
