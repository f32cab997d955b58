"""A load generator in a process of its own: so many connections that stay open, each with one request in flight.

Requests are ready-made bytes read from a file (a pickle of this benchmark's own making); the answer is read just far
enough to know where it ends. Run as `python -m bench.load PORT CONNECTIONS FILE`; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import cast

import uvloop


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the last one is answered."""

    def __init__(self, waiting: deque[bytes], latencies: list[float], statuses: Counter[int]) -> None:
        self._waiting = waiting
        self._latencies = latencies
        self._statuses = statuses
        self._buffer = b""
        self._sent = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)

    def begin(self) -> None:
        """Send the next request, or end."""
        if not self._waiting:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(self._waiting.popleft())

    def data_received(self, data: bytes) -> None:
        """Read one answer."""
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(rest) < length:
            return
        self._latencies.append(time.perf_counter() - self._sent)
        self._statuses[int(head[9:12])] += 1
        self._buffer = b""
        self.begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes."""
        if not self.ended.done():
            self.ended.set_result(None)


async def load(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    """Send everything; the figures in seconds."""
    loop = asyncio.get_running_loop()
    waiting, latencies, statuses = deque(requests), list[float](), Counter[int]()
    made = [
        (await loop.create_connection(lambda: Connection(waiting, latencies, statuses), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    began = time.perf_counter()
    for connection in made:
        connection.begin()
    await asyncio.gather(*(connection.ended for connection in made))
    seconds = time.perf_counter() - began
    latencies.sort()
    return {
        "answers": len(latencies),
        "per_second": len(latencies) / seconds,
        "p50": latencies[len(latencies) // 2],
        "p99": latencies[len(latencies) * 99 // 100],
        "statuses": dict(statuses),
    }


if __name__ == "__main__":
    prepared = pickle.loads(Path(sys.argv[3]).read_bytes())
    print(json.dumps(uvloop.run(load(int(sys.argv[1]), int(sys.argv[2]), prepared))))
