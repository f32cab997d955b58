"""Serve: `python -m api --host 127.0.0.1 --port 8000 --workers 1`.

Several workers are several processes on one socket; they share the database and nothing else, and each runs its own ballot
writer. A process that is told to stop answers what it has begun. What is asked in environment variables
(`YISHI_…`) is in `voting.settings`; uvicorn reads `FORWARDED_ALLOW_IPS` to know which proxies to believe.
"""

from __future__ import annotations

import argparse
import gc
from typing import TYPE_CHECKING

import uvicorn

from api.observability import configure_logging
from voting.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

GRACE = 20
"""Seconds that running requests have when the process is told to stop."""
COLLECT_AFTER = 50_000
"""New objects between two looks of the garbage collector. With the frozen start it took p99 of casting from 55 to 12 ms."""


def application() -> FastAPI:
    """The application of one process, its start set aside from the garbage collector."""
    from api.app import create_app  # The process that only watches over workers needs none of it.

    settings = Settings()
    # A worker is a fresh process: what the first one configured is not there.
    configure_logging(settings.log_json)
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 100)
    return app


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    made = argparse.ArgumentParser(prog="python -m api", description="Serve Yishi over HTTP.")
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=8000)
    made.add_argument("--workers", type=int, default=1, help="processes")
    made.add_argument("--backlog", type=int, default=2048)
    return made


def main() -> None:
    """Serve until told to stop."""
    options = parser().parse_args()
    configure_logging(Settings().log_json)
    uvicorn.run(
        application() if options.workers == 1 else "api.__main__:application",
        factory=options.workers != 1,
        host=options.host,
        port=options.port,
        workers=options.workers,
        backlog=options.backlog,
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
