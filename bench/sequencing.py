"""What the log costs: so many commitments that wait are sequenced and signed, beside the bare hashing of the same tree.

Commitments wait as the writer leaves them and are integrated in the portions of the service, each a durable transaction;
then the tree is signed. Bare hashing is what nobody can do without: SHA-256 of every leaf and every node. What it adds to
casting is its time for each commitment over the CPU time that the service spends on one cast, measured in the same run.
Run as `python -m bench.sequencing`.
"""

from __future__ import annotations

import argparse
import hashlib
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, insert

from bench import cast
from voting import migrate
from voting.core.evidence import merkle
from voting.log import logs, sequencer
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.sequencer import Signing
from voting.log.tables import CastCommitment
from voting.store import engine_for, transact

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
CHUNK = 5_000
MOST_SHARE = 0.15
"""Of a cast's CPU time."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One size: seconds of the whole and of bare hashing, and CPU seconds of this process."""

    size: int
    seconds: float
    cpu: float
    bare: float

    @property
    def each(self) -> float:
        """Microseconds for a commitment."""
        return self.seconds / self.size * 1e6


def wait(engine: Engine, log_id: str, size: int) -> None:
    """An empty log, and so many commitments before it."""
    transact(
        engine,
        lambda session: logs.create(session, log_id=log_id, community_id="com_bench", kind="contest", cadence=60),
    )
    transact(engine, lambda session: setattr(logs.held(session, log_id), "stage", "open"))
    for start in range(0, size, CHUNK):
        rows = [
            {"contest_id": log_id, "commitment": secrets.token_bytes(32), "integrate_by": NOW}
            for _ in range(min(CHUNK, size - start))
        ]
        with engine.begin() as connection:
            connection.execute(insert(CastCommitment), rows)


def sequence(engine: Engine, folder: Path, size: int) -> Figures:
    """Integrate and sign; the tree is compared with the bare one."""
    log_id = f"con_bench_{size}_{secrets.token_hex(3)}"
    wait(engine, log_id, size)
    signing = Signing(LogKeys(Ed25519PrivateKey.generate(), "bench.test"), Guard(folder / "guard"))
    begun, cpu = time.perf_counter(), time.process_time()
    sequencer.flush(engine, log_id, NOW + timedelta(minutes=1), signing)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    bare, root = bare_hashing(engine, log_id)
    log = transact(engine, lambda session: logs.get(session, log_id))
    if (log.signed_size, log.root) != (size, root):
        raise RuntimeError(f"the log of {size} commitments is not the tree of its commitments")
    return Figures(size, seconds, cpu, bare)


def bare_hashing(engine: Engine, log_id: str) -> tuple[float, bytes]:
    """Seconds for the leaves and nodes of the tree with nothing but hashlib, and its root."""
    with engine.connect() as connection:
        query = "SELECT commitment FROM cast_commitment WHERE contest_id = '{}' ORDER BY commitment"
        rows = connection.exec_driver_sql(query.format(log_id)).fetchall()
    leaves = [bytes(row[0]) for row in rows]
    begun = time.perf_counter()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return time.perf_counter() - begun, level[0] if level else merkle.EMPTY


def cost_of_a_cast(folder: Path, ballots: int, connections: int) -> float:
    """CPU seconds that the service spends on one cast, on SQLite."""
    options = argparse.Namespace(cast=ballots, rounds=3, database_url=None)
    server = cast.ours(folder, options)
    try:
        cast.run(server, 0, connections)
        return statistics.median(cast.run(server, turn, connections)["cpu"] for turn in range(1, 4))
    finally:
        cast.stop(server.process)


def table(figures: Sequence[Figures], each_cast: float) -> str:
    """The figures of each size, and what they add to a cast."""
    lines = [
        f"CPU of one cast: {each_cast * 1e6:.0f} µs",
        "",
        "| commitments | seconds | per second | µs each | CPU µs each | bare hashing µs each | added to a cast |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.size:,} | {one.seconds:.2f} | {one.size / one.seconds:,.0f} | {one.each:.1f} | {one.cpu / one.size * 1e6:.1f}"
        f" | {one.bare / one.size * 1e6:.2f} | {one.each / 1e6 / each_cast:.1%} (at most {MOST_SHARE:.0%}) |"
        for one in figures
    ]
    lines += [
        "",
        f"growth of the time for each from the smallest to the largest: ×{figures[-1].each / figures[0].each:.2f}",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--cast", type=int, default=9_000, help="ballots cast to measure the cost of a cast")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--database-url", help="a fresh database for the logs instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = engine_for(options.database_url or f"sqlite:///{folder}/log.db")
        migrate.upgrade(engine)
        figures = [sequence(engine, folder, size) for size in options.sizes]
        engine.dispose()
        print(table(figures, cost_of_a_cast(folder, options.cast, options.connections)))


if __name__ == "__main__":
    main()
