"""Files that hold a secret: made once with mode 0600 when absent, by whichever process comes first.

Several processes may start at once: each writes a secret of its own under another name and links it to the final one, which
the file system lets succeed once; then all of them read what is there. A reader therefore never sees half a secret.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def read(path: Path, make: Callable[[], bytes]) -> bytes:
    """What the file holds; `make` gives the content of a file that is not there yet."""
    if not path.exists():
        _create(path, make())
    return path.read_bytes()


def _create(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
