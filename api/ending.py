"""Hear of the end before it comes.

A server that is told to stop waits for its running requests, and only then tells the application. A request that waits for a
change would keep it waiting for as long. So the application listens to the same signals, ahead of the server's own
handler, which stays in place.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_signal(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` on this thread's event loop when the process is told to stop, as long as the block runs.

    Where no server handles signals, or outside the main thread (which alone may), it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    with ExitStack() as placed:
        for number in _SIGNALS:
            placed.enter_context(_ahead(number, lambda: loop.call_soon_threadsafe(tell)))
        yield


@contextmanager
def _ahead(number: int, tell: Callable[[], object]) -> Iterator[None]:
    before = signal.getsignal(number)
    if not callable(before) or before is signal.default_int_handler:
        yield
        return

    def ours(received: int, frame: FrameType | None) -> None:
        tell()
        before(received, frame)

    signal.signal(number, ours)
    try:
        yield
    finally:
        if signal.getsignal(number) is ours:
            signal.signal(number, before)
