"""A large answer brought into a file: streamed, and continued where it broke, as long as it is still the same thing.

`Download` decides (which bytes to ask for, where to write, whether it is whole); the clients carry it out, one with blocking
calls and one with `await`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from clients.python.calls import Send
from clients.python.errors import NoAnswer

Progress = Callable[[int, int | None], None]
"""Called with how many bytes are there and, where it is known, how many there will be."""


class Download:
    """One download into a file that can seek. Its content begins at the file's place."""

    def __init__(self, request: Send, out: BinaryIO, progress: Progress | None = None) -> None:
        self._request = request
        self._out = out
        self._progress = progress or (lambda _got, _all: None)
        self._begin = out.tell()
        self._whole: int | None = None
        self.got = 0
        self.etag = ""

    @property
    def request(self) -> Send:
        """What to send next: everything, or what is missing of the same representation (RFC 9110 §14.2, §13.1.5)."""
        headers = {**self._request.headers, "accept-encoding": "identity"}
        if self.got and self.etag:
            headers |= {"range": f"bytes={self.got}-", "if-range": self.etag}
        return Send(self._request.method, self._request.url, headers, self._request.content)

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """An answer begins: it continues what is there (206), or everything comes again."""
        if status != 206:
            self._out.seek(self._begin)
            self._out.truncate()
            self.got = 0
        self.etag = headers.get("etag", "")
        length = headers.get("content-length", "")
        self._whole = self.got + int(length) if length.isdigit() else None

    def write(self, chunk: bytes) -> None:
        """More of it."""
        self._out.write(chunk)
        self.got += len(chunk)
        self._progress(self.got, self._whole)

    def end(self) -> None:
        """The answer has ended. Raises `NoAnswer` when it ended too early."""
        if self._whole is not None and self.got < self._whole:
            raise NoAnswer(f"{self._request.method} {self._request.url}: {self.got} of {self._whole} bytes came")
