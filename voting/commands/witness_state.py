"""What a witness remembers on its disk: for each log its key and the last tree that was cosigned, moved on by compare-and-set.

A file holds the verifier key and then the three lines of the checkpoint. Two witness processes on one folder queue at a lock;
whoever comes second finds that the tree has moved and judges anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from voting.core.evidence import checkpoints, notes
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import VerifierKey


@dataclass(frozen=True, slots=True)
class Pinned:
    """A log's key, and the last tree of it that was cosigned; none before the first."""

    key: VerifierKey
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class WitnessState:
    """The folder, one file for each origin."""

    folder: Path

    def read(self, origin: str) -> Pinned | None:
        """What is remembered of the log. Raises Invalid when the file is not as we write it."""
        try:
            key, _, text = self._path(origin).read_text(encoding="utf-8").partition("\n")
        except FileNotFoundError:
            return None
        return Pinned(notes.parse_key(key), checkpoints.parse_text(text))

    def move(self, origin: str, old: Pinned | None, new: Pinned) -> bool:
        """Remember `new` if `old` still stands: whether it did. On return it is on the disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if self.read(origin) != old:
                return False
            if new != old:
                self._write(self._path(origin), f"{new.key.text}\n{new.checkpoint.text}".encode())
            return True

    def keep(self, origin: str, note: bytes) -> Path:
        """Put a checkpoint aside that contradicts what was cosigned: two signatures of one log that prove its fork."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(origin).with_suffix(f".refused-{hashlib.sha256(note).hexdigest()[:16]}")
        self._write(path, note)
        return path

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _write(self, path: Path, content: bytes) -> None:
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, origin: str) -> Path:
        return self.folder / hashlib.sha256(origin.encode()).hexdigest()
