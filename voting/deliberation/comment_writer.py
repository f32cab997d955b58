"""The group-commit writer of comments: one thread of this process that writes whatever waits in one transaction.

While one transaction is made durable, the next batch gathers: a disk that is slow to flush costs a crowd no more than one
person. An answer leaves only after the commit. A batch that the database refuses is run again from the start; one that
fails otherwise is run post by post, so that a post nobody can write never takes its neighbours down.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from voting.clock import Clock
from voting.deliberation import comment_batches
from voting.deliberation.comment_batches import Post
from voting.deliberation.comment_view import CommentView
from voting.errors import Unavailable, YishiError
from voting.store import Engine, refusal_of, transact

MOST = 64
WAITING = 4096

Answer = CommentView | BaseException


@dataclass(frozen=True, slots=True)
class _Waiting:
    post: Post
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[CommentView]


class CommentWriter:
    """Takes posts from any event loop, writes them in batches on its own thread."""

    def __init__(self, engine: Engine, clock: Clock, waiting: int = WAITING) -> None:
        """At most `waiting` posts wait; further ones are told to come back."""
        self._engine = engine
        self._clock = clock
        self._most_waiting = waiting
        self._waiting: deque[_Waiting] = deque()
        self._bell: queue.SimpleQueue[bool] = queue.SimpleQueue()
        """Rung with True when there is work, with False to end."""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._run, name="comment-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        if self._thread is not None:
            self._bell.put(False)
            self._thread.join()
            self._thread = None

    async def post(self, post: Post) -> CommentView:
        """Wait until the comment is durable. Raises the refusal, or Unavailable when too many wait."""
        if len(self._waiting) >= self._most_waiting or self._thread is None:
            raise Unavailable("writer_busy", retry_after=1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[CommentView] = loop.create_future()
        self._waiting.append(_Waiting(post, loop, future))
        self._bell.put(True)
        return await future

    def _run(self) -> None:
        while self._bell.get():
            self._drain()
        self._drain()

    def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            for waiting, answer in zip(batch, self._write([one.post for one in batch]), strict=True):
                if not waiting.loop.is_closed():
                    waiting.loop.call_soon_threadsafe(_settle, waiting.future, answer)

    def _write(self, posts: Sequence[Post]) -> Sequence[Answer]:
        now = self._clock()
        try:
            return transact(self._engine, lambda session: comment_batches.write(session, posts, now))
        except Exception as error:  # It is the answer of the post that caused it; the thread writes on.
            if len(posts) == 1:
                return [error if isinstance(error, YishiError) else refusal_of(error) or error]
        return [answer for post in posts for answer in self._write([post])]


def _settle(future: asyncio.Future[CommentView], answer: Answer) -> None:
    """On the loop, after the commit."""
    if future.done():
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
