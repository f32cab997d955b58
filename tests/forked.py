"""Processes of the service that begin where its imports are done.

A fresh interpreter imports the service for two seconds before its first own step. Tests with processes are about what comes
after: two of them on one database, a kill, a stop. So one process per test run imports everything and is forked for every
process that a test asks for: real ones, each with memory, files, sockets and an end of its own. That a fresh interpreter comes
as far is tested where `subprocess` starts it: in `tests/commands/test_serve.py`, `test_demo.py` and
`tests/api/test_serving.py`, and with the first run of every command (`tests.commands.processes.yishi`).
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryFile
from typing import IO, Any

ROOT = Path(__file__).parent.parent
LENGTH = struct.Struct("!I")
STATUS = struct.Struct("!i")
SERVING = ("api.app", "uvicorn.lifespan.on", "uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl")


class Process:
    """A forked process, handled as `subprocess.Popen` is."""

    def __init__(self, pid: int, ends: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ends = ends

    def wait(self, timeout: float | None = None) -> int:
        """The exit status; negative for a signal. `subprocess.TimeoutExpired` when it takes longer."""
        if self.returncode is None:
            self._ends.settimeout(timeout)
            try:
                (self.returncode,) = STATUS.unpack(_exactly(self._ends, STATUS.size))
            except (TimeoutError, BlockingIOError) as error:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from error
            self._ends.close()
        return self.returncode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    stdin: int | IO[Any] = subprocess.DEVNULL,
    stdout: int | IO[Any] = subprocess.DEVNULL,
    stderr: int | IO[Any] | None = None,
) -> Process:
    """Run `python -m module …` as `subprocess.Popen` would. Streams are files, or `subprocess.DEVNULL` and `STDOUT`."""
    assert command[:2] == [sys.executable, "-m"], command
    ours, theirs = socket.socketpair()
    asked = json.dumps({"argv": list(command[2:]), "env": dict(env), "cwd": str(cwd)}).encode()
    with theirs, open(os.devnull, "r+b") as nothing:
        files = [nothing if one == subprocess.DEVNULL else one for one in (stdin, stdout)]
        files.append(sys.__stderr__ if stderr is None else files[1] if stderr == subprocess.STDOUT else stderr)
        socket.send_fds(_parent(), [LENGTH.pack(len(asked))], [theirs.fileno(), *(file.fileno() for file in files)])
        _parent().sendall(asked)
    (pid,) = STATUS.unpack(_exactly(ours, STATUS.size))
    return Process(pid, ours)


def run(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, input: str | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module …` to its end; its streams are files, as when a shell redirects them."""
    with ExitStack() as stack:
        given, out, err = (stack.enter_context(TemporaryFile()) for _ in range(3))
        given.write((input or "").encode())
        given.seek(0)
        process = start(command, env=env, cwd=cwd, stdin=given, stdout=out, stderr=err)
        try:
            process.wait(timeout)
        finally:
            process.kill()
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess(list(command), process.wait(), *said)


@cache
def _parent() -> socket.socket:
    """The connection to the process that is forked. It ends when this process does: nobody holds the other end then."""
    ours, theirs = socket.socketpair()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with theirs:
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    return ours


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = connection.recv(size - len(found))
        if not more:
            raise EOFError
        found += more
    return found


def _serve(control: socket.socket) -> None:
    """Fork for every request, until nobody is there to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    commands = [f"voting.commands.{module.name}" for module in iter_modules([str(ROOT / "voting" / "commands")])]
    for name in (*SERVING, *commands):
        import_module(name)
    while True:
        head, files, _, _ = socket.recv_fds(control, LENGTH.size, 4)
        if not head:
            return
        asked = json.loads(_exactly(control, LENGTH.unpack(head)[0]))
        if os.fork() == 0:
            control.close()
            _watch(asked, socket.socket(fileno=files[0]), files[1:])
            os._exit(0)
        for file in files:
            os.close(file)
        _forget_ended()


def _forget_ended() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _watch(asked: dict[str, Any], ends: socket.socket, streams: list[int]) -> None:
    """Fork once more; tell the process id at once, and the status at the end."""
    pid = os.fork()
    if pid == 0:
        ends.close()
        _become(asked, streams)
    for file in streams:
        os.close(file)
    ends.sendall(STATUS.pack(pid))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # Whoever asked may have ended meanwhile.
        ends.sendall(STATUS.pack(status))


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Run the module as a program; the interpreter ends as it always does."""
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = list(asked["argv"])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
