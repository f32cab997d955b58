"""Bundles built lately, as files of a temporary folder: the same bundle is not built again for the next who asks.

A bundle is a function of what is stored, so that a stamp of that says whether a file is still the bundle. The folder holds at
most `MOST` of them and `MOST_BYTES`, but for those that are being read; it goes away with the process.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from voting.core.evidence.bundle import Assembled

MOST = 8
MOST_BYTES = 4 << 30

Build = Callable[[BinaryIO, BinaryIO], Assembled]
"""Writes a bundle to the first file and uses the second on the way (`voting.core.evidence.bundle.assemble`)."""


@dataclass(slots=True)
class Kept:
    """A bundle on the shelf. `digest` is SHA-256 of its manifest."""

    path: Path
    digest: bytes
    size: int
    readers: int = field(default=0)

    @property
    def etag(self) -> str:
        """The strong etag of its bytes: the manifest names the hash of everything else."""
        return f'"{self.digest.hex()}"'


class Shelf:
    """The bundles of one process, by stamp. Safe for threads; whoever takes a bundle gives it back."""

    def __init__(self, folder: Path | None = None, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        """`folder` is where the temporary folder is made; else where the system keeps such."""
        self._parent = folder
        self._most, self._most_bytes = most, most_bytes
        self._folder: Path | None = None
        self._held = ExitStack()
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._lock = Lock()

    def take(self, stamp: bytes) -> Kept | None:
        """The bundle of this stamp, if it is here. Give it back with `release`."""
        with self._lock:
            kept = self._kept.get(stamp)
            if kept is not None:
                self._kept.move_to_end(stamp)
                kept.readers += 1
            return kept

    def release(self, kept: Kept) -> None:
        """The bundle has been read."""
        with self._lock:
            kept.readers -= 1
            if kept.readers == 0 and all(kept is not one for one in self._kept.values()):
                kept.path.unlink(missing_ok=True)
            self._make_room()

    def build(self, stamp: bytes, build: Build) -> Kept:
        """Build the bundle of this stamp and take it."""
        folder = self._opened()
        number, name = tempfile.mkstemp(dir=folder, suffix=".zip")
        path = Path(name)
        try:
            with open(number, "wb") as out, tempfile.TemporaryFile(dir=folder) as side:
                made = build(out, side)
        except BaseException:
            path.unlink()
            raise
        with self._lock:
            old = self._kept.pop(stamp, None)
            kept = self._kept[stamp] = Kept(path, made.manifest, made.size, readers=1)
            if old is not None and old.readers == 0:
                old.path.unlink(missing_ok=True)
            self._make_room()
        return kept

    def close(self) -> None:
        """Let every file go."""
        with self._lock:
            self._kept.clear()
            self._folder = None
            self._held.close()

    def _opened(self) -> Path:
        with self._lock:
            if self._folder is None:
                if self._parent is not None:
                    self._parent.mkdir(parents=True, exist_ok=True)
                made = tempfile.TemporaryDirectory(prefix="yishi-bundles-", dir=self._parent)
                self._folder = Path(self._held.enter_context(made))
            return self._folder

    def _make_room(self) -> None:
        """Forget the bundles not read for longest, until the rest fits; one that is being read stays."""
        size = sum(kept.size for kept in self._kept.values())
        for stamp, kept in list(self._kept.items()):
            if len(self._kept) <= self._most and size <= self._most_bytes:
                return
            if kept.readers == 0:
                del self._kept[stamp]
                size -= kept.size
                kept.path.unlink(missing_ok=True)
