"""What it costs to count one request against its caller: ours beside the library `limits` (`pip install limits`, 5.8.0).

    python -m bench.limit

Every hit tells what is left as well, since that is what the headers of an answer need. The hits of a run come from as many
callers as it says, in turns. Threads are those the library's store starts to forget what is over.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import limits
from limits.aio.storage import MemoryStorage as AsyncMemory
from limits.aio.strategies import SlidingWindowCounterRateLimiter as AsyncSliding
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from api.limits import RateLimit

HITS = 3000
QUOTA = 1_000_000
CALLERS = (10, 1_000, 10_000)
Hit = Callable[[str], Awaitable[object]]


def ours() -> Hit:
    """A sliding window of two dictionaries."""
    limit = RateLimit(QUOTA)

    async def hit(caller: str) -> object:
        return limit.hit(caller, time.time())

    return hit


def blocking(kind: type[SlidingWindowCounterRateLimiter] | type[MovingWindowRateLimiter]) -> Hit:
    """The library's strategies on its store in memory."""
    limiter, item = kind(MemoryStorage()), limits.RateLimitItemPerMinute(QUOTA)

    async def hit(caller: str) -> object:
        return limiter.hit(item, caller), limiter.get_window_stats(item, caller)

    return hit


def awaiting() -> Hit:
    """The same on its store for event loops."""
    limiter, item = AsyncSliding(AsyncMemory()), limits.RateLimitItemPerMinute(QUOTA)

    async def hit(caller: str) -> object:
        return await limiter.hit(item, caller), await limiter.get_window_stats(item, caller)

    return hit


@contextmanager
def counting_threads() -> Iterator[list[threading.Thread]]:
    """The threads started inside the block."""
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def note(thread: threading.Thread) -> None:
        started.append(thread)
        start(thread)

    threading.Thread.start = note  # type: ignore[method-assign]  # to count what a library starts
    try:
        yield started
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]


async def measure(name: str, hit: Hit, callers: Sequence[str]) -> None:
    """Microseconds of CPU and of the clock for each hit, when every caller is known already."""
    for caller in callers:
        await hit(caller)
    with counting_threads() as started:
        cpu, wall = time.process_time(), time.perf_counter()
        for number in range(HITS):
            await hit(callers[number % len(callers)])
            await asyncio.sleep(0)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    figures = f"{cpu / HITS * 1e6:8.1f} µs CPU {wall / HITS * 1e6:8.1f} µs wall {len(started) / wall:6.0f} threads/s"
    print(f"{len(callers):>6} callers  {name:<24}{figures}")


async def main() -> None:
    """Every way with every crowd, one after the other."""
    for crowd in CALLERS:
        callers = [f"person:per_{number}" for number in range(crowd)]
        await measure("ours", ours(), callers)
        await measure("limits, sliding window", blocking(SlidingWindowCounterRateLimiter), callers)
        await measure("limits, moving window", blocking(MovingWindowRateLimiter), callers)
        await measure("limits, sliding, async", awaiting(), callers)


if __name__ == "__main__":
    asyncio.run(main())
