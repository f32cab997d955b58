"""The guard: the last tree that this machine signed of each log, in files that no backup of the database brings back.

A log never signs two different trees of one size, nor a smaller tree after a larger one. The database could forget what it
signed (a restored backup); the guard does not. It is written, down to the disk, before a signature is stored. The content of
a file is the text of the checkpoint. Whoever writes holds the row of the log, so that one writes at a time.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from voting.core.evidence import checkpoints
from voting.core.evidence.checkpoints import Checkpoint

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Guard:
    """The folder of the files, one for each log."""

    folder: Path

    def read(self, log_id: str) -> Checkpoint | None:
        """The last tree signed here, or nothing. Raises Invalid when the file is not as we write it."""
        try:
            return checkpoints.parse_text(self._path(log_id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def write(self, log_id: str, checkpoint: Checkpoint) -> None:
        """Note that this tree is about to be signed. On return it is on the disk."""
        path = self._path(log_id)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with draft.open("xb") as file:
            file.write(checkpoint.text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, log_id: str) -> Path:
        if not _NAME.fullmatch(log_id):
            raise ValueError(f"expected the id of a log, got {log_id!r}")
        return self.folder / log_id
