"""What a bundle costs: a contest of so many secret ballots is put into one, beside the bare hashing of the same bytes.

The contest (instant-runoff, eight options) is written into an SQLite by set-based inserts; tally and log are made by the
service's own code. Each build runs in a process of its own, so that its peak of memory is its own. Bare hashing is what
nobody can do without: SHA-256 of every line, commitment and elector, of every node above them, and of the archive. Run as
`python -m bench.evidence`; the verifier is timed as well with `--verify`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel, select

from voting import migrate
from voting.community.tables import Community
from voting.contests import bundle, bundle_source, closing, entries, moves, queries, sealing
from voting.contests.bundle_source import Keys
from voting.contests.tables import Closing, Contest, Option, Tally
from voting.core.authority import SYSTEM
from voting.core.evidence import bundle_box, bundle_roll, hashes, tiles
from voting.core.evidence.events import Closed, Counted, SealedSet
from voting.core.evidence.events import Participation as CheckedOff
from voting.log import logs, sequencer, storage
from voting.log.guard import Guard
from voting.log.keys import LogKeys
from voting.log.sequencer import Signing
from voting.log.tables import LogEvent
from voting.roll.tables import Roll
from voting.store import engine_for, snapshot, transact

SEED = 20240607
CONTEST = "con_bench"
OPTIONS = tuple(f"opt_01jv5q3k8m0c9e2x7y4t6b1n{number:02}" for number in range(8))
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOSED = NOW + timedelta(days=7)
KEYS = LogKeys(Ed25519PrivateKey.from_private_bytes(b"\x01" * 32), "bench.test")
CHUNK = 20_000
MOST_SECONDS, MOST_BYTES = 120, 2 << 30
"""What a million ballots may take."""


def drawn(ballots: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Slot, marks and commitment of each ballot: Plackett-Luce rankings of three blocs, cut to partial ones."""
    numbers = np.random.default_rng(SEED)
    blocs = numbers.normal(0, 1.2, (3, len(OPTIONS)))
    for start in range(0, ballots, CHUNK):
        size = min(CHUNK, ballots - start)
        worth = blocs[numbers.choice(3, size, p=(0.45, 0.35, 0.2))] + numbers.gumbel(size=(size, len(OPTIONS)))
        orders = np.argsort(-worth, axis=1).astype(np.uint8)
        lengths = numbers.integers(1, len(OPTIONS) + 1, size)
        random = numbers.bytes(64 * size)
        for place in range(size):
            secret = random[64 * place : 64 * place + 64]
            yield secret[:32], orders[place, : lengths[place]].tobytes(), secret[32:]


def prepare(engine: Engine, ballots: int) -> None:
    """A closed and counted contest whose electors have all cast, with its signed log."""
    migrate.upgrade(engine)
    transact(engine, _place)
    _electors(engine, ballots)
    transact(engine, lambda session: _open(session, ballots))
    commitments = _ballots(engine, ballots)
    transact(engine, lambda session: _close(session, commitments, ballots))
    with tempfile.TemporaryDirectory() as folder:
        signing = Signing(KEYS, Guard(Path(folder)))
        assert closing.finish(engine, CONTEST, lambda log_id: sequencer.flush(engine, log_id, CLOSED, signing))
        transact(engine, _count)
        sequencer.flush(engine, CONTEST, CLOSED, signing)


def _place(session: Session) -> None:
    session.add(Community(id="com_bench", name={"en": "Bench"}, time_zone="Asia/Shanghai", created_at=NOW))
    session.flush()
    scope = {"kind": "community"}
    session.add(Roll(id="rol_bench", community_id="com_bench", name="all", basis="person", scope=scope, created_at=NOW))


def _electors(engine: Engine, ballots: int) -> None:
    common = {"community_id": "com_bench", "roll_id": "rol_bench", "label": "x", "heads": 1, "area_cm2": 0}
    rows = (
        {"id": f"ent_{n:07}", "elector": f"per_{n:07}", "salt": hashes.digest("bench", b"%d" % n), **common}
        for n in range(ballots)
    )
    _insert(engine, "roll_entry", rows)


def _open(session: Session, ballots: int) -> None:
    roll = session.get_one(Roll, "rol_bench")
    leaves = ((_leaf(n), True) for n in range(ballots))
    roll.root, roll.state, roll.electors = bundle_roll.participation(leaves).root, "sealed", ballots
    contest = Contest(
        id=CONTEST,
        community_id="com_bench",
        roll_id="rol_bench",
        question={"en": "How shall we park?", "zh-CN": "车怎么停？"},
        method="irv",
        terms={"revoting": False, "ballots": "valid_only"},
        publish_mode="full",
        state="closed",
        opens_at=NOW,
        opened_at=NOW,
        closes_at=CLOSED,
        closed_at=CLOSED,
        electors=ballots,
        created_at=NOW,
    )
    session.add(contest)
    session.flush()
    session.add_all(
        Option(id=option, community_id="com_bench", contest_id=CONTEST, position=place, label={"en": f"Option {place}"})
        for place, option in enumerate(OPTIONS)
    )
    session.flush()
    entries.open_log(session, contest, queries.options(session, CONTEST), roll)


def _leaf(number: int) -> bytes:
    return hashes.roll_leaf(hashes.digest("bench", b"%d" % number), f"per_{number:07}", None)


def _ballots(engine: Engine, ballots: int) -> list[bytes]:
    """Put the ballots and check-offs into their sealed tables; the commitments, sorted."""
    cast = sorted(drawn(ballots))
    boxed = ({"contest_id": CONTEST, "slot": slot, "seq": 0, "ballot": marks} for slot, marks, _ in cast)
    _insert(engine, "sealed_ballot", boxed)
    checked = ({"contest_id": CONTEST, "entry_id": f"ent_{n:07}", "channel": "online"} for n in range(ballots))
    _insert(engine, "sealed_participation", checked)
    return sorted(commitment for _, _, commitment in cast)


def _insert(engine: Engine, name: str, rows: Iterator[dict[str, Any]]) -> None:
    table, batch = SQLModel.metadata.tables[name], []
    with engine.begin() as connection:
        for row in rows:
            batch.append(row)
            if len(batch) == CHUNK:
                connection.execute(insert(table), batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)


def _close(session: Session, commitments: Sequence[bytes], ballots: int) -> None:
    """The commitments into the tree, all of them in one batch, and the events that follow."""
    log = logs.held(session, CONTEST)
    opened = session.exec(select(LogEvent)).one()
    growth = tiles.grow(tiles.Edge(), [opened.data, *commitments])
    storage.put(session, CONTEST, growth.tiles)
    log.size, log.root, log.integrated = growth.edge.size, growth.edge.root(), log.appended
    session.delete(opened)
    session.flush()
    size, root = bundle_box.root(sealing.rows(session, CONTEST), OPTIONS)
    found = bundle_roll.participation((_leaf(n), True) for n in range(ballots))
    row = Closing(contest_id=CONTEST, community_id="com_bench", step="sign", checked=ballots, online=ballots, paper=0)
    row.box_root, row.participation = root, found.hash
    session.add(row)
    told = Closed(CLOSED, SealedSet(root, size), size, 0, size, CheckedOff(found.checked, found.hash))
    logs.append_event(session, CONTEST, told)


def _count(session: Session) -> None:
    moves.count(session, SYSTEM, CONTEST, now=CLOSED)
    moves.publish(session, SYSTEM, CONTEST, now=CLOSED)
    if logs.get(session, CONTEST).stage == "closed":
        tally = session.exec(select(Tally)).one()
        logs.append_event(session, CONTEST, Counted(CLOSED, tally.result_hash, tally.id))


def build(database: str, out: Path) -> None:
    """Build the bundle in this process and print what it took, as JSON."""
    engine = engine_for(database)
    began, cpu = time.perf_counter(), time.process_time()
    with snapshot(engine) as session, out.open("wb") as file, tempfile.TemporaryFile(dir=out.parent) as side:
        source = bundle_source.of(session, SYSTEM, CONTEST, "public", now=CLOSED + timedelta(days=1))
        made = bundle.write(session, source, Keys(KEYS, ()), file, side)
    taken = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({**taken, "peak": peak, "bytes": made.size, "files": len(made.entries)}))


def bare(ballots: int, archive: Path) -> float:
    """CPU seconds of the hashing alone: leaves and nodes of box, log and roll, and every byte of the archive once."""
    line, node, begun = b"\0" + b"x" * 250, b"\1" + b"x" * 64, time.process_time()
    sha256 = hashlib.sha256
    for _ in range(ballots):
        sha256(line).digest()
    for _ in range(5 * ballots):
        sha256(node).digest()
    digest = sha256()
    with archive.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return time.process_time() - begun


def measured(ballots: int, folder: Path, verify: bool) -> dict[str, float]:
    """The figures of one size."""
    database, out = f"sqlite:///{folder / f'{ballots}.db'}", folder / f"{ballots}.zip"
    if not (folder / f"{ballots}.db").exists():
        engine = engine_for(database)
        began = time.perf_counter()
        prepare(engine, ballots)
        engine.dispose()
        print(f"{ballots:,} ballots prepared in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    command = [sys.executable, "-m", "bench.evidence", "--build", database, "--out", str(out)]
    found: dict[str, float] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
    found |= {"ballots": ballots, "bare": bare(ballots, out)}
    if verify:
        before = time.perf_counter()
        subprocess.run([sys.executable, "clients/verifier/verify.py", str(out)], check=True, capture_output=True)
        found["verify"] = time.perf_counter() - before
    return found


def table(rows: Sequence[dict[str, float]]) -> str:
    """The figures, and how they grow."""
    lines = [
        "| ballots | build s | CPU s | µs a ballot | bare hashing s | ratio | peak MiB | bundle MiB | verify s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        verified = f"{row['verify']:.1f}" if "verify" in row else "–"
        lines.append(
            f"| {row['ballots']:,} | {row['seconds']:.1f} | {row['cpu']:.1f} | {row['cpu'] * 1e6 / row['ballots']:.1f} "
            f"| {row['bare']:.1f} | {row['cpu'] / row['bare']:.1f} | {row['peak'] / 2**20:,.0f} "
            f"| {row['bytes'] / 2**20:,.1f} | {verified} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--folder", type=Path, help="where databases and bundles are kept and found again; else a temporary one"
    )
    parser.add_argument("--verify", action="store_true", help="time the verifier as well")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        build(options.build, options.out)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = [measured(ballots, folder, options.verify) for ballots in options.ballots]
    print(table(rows))
    last = rows[-1]
    if last["ballots"] >= 1_000_000 and (last["seconds"] > MOST_SECONDS or last["peak"] > MOST_BYTES):
        sys.exit(f"expected at most {MOST_SECONDS} s and {MOST_BYTES / 2**30:.0f} GiB")


if __name__ == "__main__":
    main()
