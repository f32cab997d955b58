"""How fast ballots are cast: our path, FastAPI doing nothing, and the same cast as a tutorial would write it.

Three servers stand beside one another, warmed up by a few requests; rounds go through them in turn, so that a slower minute
of the machine is everybody's. The load comes from a process of its own over connections that stay open. The ratios are
what holds from machine to machine. The CPU time of each server is shown as well: on a machine that has other work to
do, its ratios hold where rates do not. Run as `python -m bench.cast`.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import place

WARM = 96
FIGURES = ("per_second", "p50", "p99", "cpu")
NEEDED = {"cast/noop": 0.25, "cast/tutorial": 15.0, "tutorial p99/cast p99": 30.0}


@dataclass(frozen=True, slots=True)
class Server:
    """A server under test and the load of each of its rounds."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    loads: Sequence[Path]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(arguments: Sequence[str], port: int, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a server and wait until it listens. What it logs is read by nobody."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"nothing listens on {port}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server."""
    process.terminate()
    process.wait()


def written(folder: Path, name: str, requests: Sequence[bytes]) -> Path:
    """A load in a file."""
    path = folder / f"{name}.load"
    path.write_bytes(pickle.dumps(list(requests)))
    return path


def portions(electors: int, rounds: int) -> list[range]:
    """The electors of each round; before them those who warm the server up."""
    size = electors // rounds
    return [range(WARM), *(range(WARM + turn * size, WARM + (turn + 1) * size) for turn in range(rounds))]


def ours(folder: Path, options: argparse.Namespace) -> Server:
    """The service itself, as it is delivered."""
    url = options.database_url or f"sqlite:///{folder}/ours.db"
    settings = place.settings_for(url, folder / "key.pem")
    place.prepare(url, WARM + options.cast)
    loads = [
        written(folder, f"ours-{turn}", place.requests_for(settings, electors))
        for turn, electors in enumerate(portions(options.cast, options.rounds))
    ]
    port = free_port()
    environment = {
        "YISHI_DATABASE_URL": url,
        "YISHI_PUBLIC_URL": settings.public_url,
        "YISHI_KEY_FILE": str(settings.key_file),
        "YISHI_RATE_PER_MINUTE": "0",
    }
    return Server("cast", port, start(["-m", "api", "--port", str(port)], port, environment), loads)


def tutorial(folder: Path, options: argparse.Namespace) -> Server:
    """The tutorial's way, on a database of its own."""
    url = f"sqlite:///{folder}/tutorial.db"
    settings = place.settings_for(url, folder / "key.pem")
    place.prepare(url, WARM + options.tutorial)
    loads = [
        written(folder, f"tutorial-{turn}", place.requests_for(settings, electors))
        for turn, electors in enumerate(portions(options.tutorial, options.rounds))
    ]
    port = free_port()
    process = start(["-m", "bench.tutorial", url, str(settings.key_file), str(port)], port)
    return Server("tutorial", port, process, loads)


def noop(folder: Path, options: argparse.Namespace) -> Server:
    """FastAPI doing nothing."""
    port = free_port()
    load = written(folder, "noop", [place.request("/", b"{}")] * (options.noop // options.rounds))
    return Server("noop", port, start(["-m", "bench.noop", str(port)], port), [load] * (1 + options.rounds))


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """User and system time of a process so far (proc(5): fields 14 and 15 of `stat`)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(server: Server, turn: int, connections: int) -> dict[str, float]:
    """One round of load."""
    before = cpu_seconds(server.process)
    arguments = [sys.executable, "-m", "bench.load", str(server.port), str(connections), str(server.loads[turn])]
    figures = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)
    if set(figures["statuses"]) != {"201"}:
        raise RuntimeError(f"{server.name} answered {figures['statuses']}")
    figures["cpu"] = (cpu_seconds(server.process) - before) / figures["answers"]
    return figures  # type: ignore[no-any-return]  # the load generator's own form


def table(figures: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Medians over the rounds, and the ratios."""
    middle = {
        name: {key: statistics.median(one[key] for one in rounds) for key in FIGURES}
        for name, rounds in figures.items()
    }
    lines = ["| path | answers/s | p50 ms | p99 ms | CPU ms each |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {one['per_second']:.0f} | {one['p50'] * 1000:.1f} | {one['p99'] * 1000:.1f} | {one['cpu'] * 1000:.2f} |"
        for name, one in middle.items()
    ]
    ratios = {
        "cast/noop": middle["cast"]["per_second"] / middle["noop"]["per_second"],
        "cast/tutorial": middle["cast"]["per_second"] / middle["tutorial"]["per_second"],
        "tutorial p99/cast p99": middle["tutorial"]["p99"] / middle["cast"]["p99"],
    }
    lines += ["", "| ratio | measured | needed |", "|---|---|---|"]
    lines += [f"| {name} | {ratio:.2f} | ≥ {NEEDED[name]:g} |" for name, ratio in ratios.items()]
    lines += [
        f"| CPU of {name} / CPU of cast | {middle[name]['cpu'] / middle['cast']['cpu']:.2f} | |"
        for name in ("noop", "tutorial")
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cast", type=int, default=12_000, help="ballots cast by our path, in all rounds")
    parser.add_argument("--tutorial", type=int, default=900, help="ballots cast the tutorial's way")
    parser.add_argument("--noop", type=int, default=30_000, help="requests that do nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--database-url", help="a fresh database for our path instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        servers = []
        for make in (noop, ours, tutorial):
            server = make(Path(name), options)
            running.callback(stop, server.process)
            servers.append(server)
        figures: dict[str, list[dict[str, float]]] = {server.name: [] for server in servers}
        for server in servers:
            run(server, 0, options.connections)
        for turn in range(1, 1 + options.rounds):
            for server in servers:
                figures[server.name].append(run(server, turn, options.connections))
    print(table(figures))


if __name__ == "__main__":
    main()
