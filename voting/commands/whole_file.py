"""A file that is there when it is whole: written beside its place and moved there at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file to write and read back. Whatever goes wrong, what stood at `path` before stands there still."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w+b") as opened:
            yield opened
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
