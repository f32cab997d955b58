"""Group commit: one thread of this process that takes whatever waits and has it written in one transaction.

What waits, waits in a queue without a timer: while one transaction is made durable, the next batch gathers, so that a disk
that is slow to flush costs a crowd no more than one person. The thread is woken when a turn of the event loop has brought
nothing further, or when enough waits: a transaction costs more than what is written in it. An answer leaves only after
the commit. When too many wait, the caller is told when to come back.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from voting.errors import Unavailable

Q = TypeVar("Q")
"""What is asked to be written."""
A = TypeVar("A")
"""What its author is told once it is durable."""


@dataclass(frozen=True, slots=True)
class Waiting(Generic[Q, A]):
    """Something to write, and who waits for the answer."""

    asked: Q
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[A]


class GroupCommit(ABC, Generic[Q, A]):
    """Takes what comes from any event loop; `serve` writes it in batches on a thread of its own."""

    def __init__(self, name: str, *, most: int, enough: int, waiting: int) -> None:
        """The thread's `name`; a batch is at most `most`, `enough` ring at once, at most `waiting` wait."""
        self._name = name
        self._most = most
        self._enough = enough
        self._most_waiting = waiting
        self._waiting: deque[Waiting[Q, A]] = deque()
        self._bell: queue.SimpleQueue[bool] = queue.SimpleQueue()
        """Rung with True when there is work, with False to end."""
        self._turning: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @abstractmethod
    def serve(self, waiting: Sequence[Waiting[Q, A]]) -> None:
        """On the thread: write these, and `answer` every one of them. It raises nothing."""

    def finish(self, asked: Q, answer: A) -> A:
        """On the loop that waits, after the commit: what is left to do to the answer before it leaves."""
        return answer

    def end(self) -> None:
        """On the thread, when it stops: let go of what it held."""

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        if self._thread is not None:
            self._bell.put(False)
            self._thread.join()
            self._thread = None

    def ask(self, asked: Q) -> asyncio.Future[A]:
        """The answer to come, as a future of the running loop. Raises `Unavailable` when too many wait."""
        if len(self._waiting) >= self._most_waiting or self._thread is None:
            raise Unavailable("writer_busy", retry_after=1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._waiting.append(Waiting(asked, loop, future))
        if self._turning is not loop:
            self._turning = loop
            loop.call_soon(self._turn, loop, 0)
        return future

    def answer(self, waiting: Iterable[Waiting[Q, A]], answers: Iterable[A | BaseException]) -> None:
        """Hand every answer to the loop that waits for it: one wake-up per loop."""
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiting[Q, A], A | BaseException]]] = {}
        for one, answer in zip(waiting, answers, strict=True):
            by_loop.setdefault(one.loop, []).append((one, answer))
        for loop, answered in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._settle, answered)

    def _turn(self, loop: asyncio.AbstractEventLoop, before: int) -> None:
        """One turn of the loop later: ring, unless the turn brought more and not yet enough."""
        waiting = len(self._waiting)
        if before < waiting < self._enough:
            loop.call_soon(self._turn, loop, waiting)
            return
        self._turning = None
        self._bell.put(True)

    def _run(self) -> None:
        while self._bell.get():
            self._drain()
        self._drain()
        self.end()

    def _drain(self) -> None:
        while self._waiting:
            self.serve([self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))])

    def _settle(self, answered: Iterable[tuple[Waiting[Q, A], A | BaseException]]) -> None:
        """On the loop: a batch is finished in one go, which costs half of finishing one after the other."""
        for waiting, answer in answered:
            if waiting.future.done():
                continue
            try:
                if isinstance(answer, BaseException):
                    raise answer
                waiting.future.set_result(self.finish(waiting.asked, answer))
            except BaseException as error:
                waiting.future.set_exception(error)
