"""A downloaded bundle, as far as a voter's check reads it: a zip whose manifest names the hash of every file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

BOX = "box/cvr.ndjson"
_ENTRIES = "log/tile/entries/"
_MOST_READ = 64 << 20


class Bundle:
    """An open bundle. A member that is not the file its manifest names is `ValueError`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._raw = archive.read("manifest.json")
        self.manifest: dict[str, Any] = json.loads(self._raw)
        self._hashes: dict[str, str] = {file["path"]: file["sha256"] for file in self.manifest["files"]}

    @property
    def statement(self) -> str:
        """What the log's key signs of a bundle."""
        return f"{self.manifest['origin']}\nbundle manifest\nsha256 {sha256(self._raw).hexdigest()}\n"

    def __contains__(self, path: str) -> bool:
        return path in self._hashes

    def read(self, path: str) -> bytes:
        """A member that fits into memory."""
        if self._archive.getinfo(path).file_size > _MOST_READ:
            raise ValueError(f"expected at most {_MOST_READ} bytes in {path}")
        content = self._archive.read(path)
        if path != "manifest.note":
            self._require(path, sha256(content).hexdigest())
        return content

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a member of any size, without their line feeds."""
        digest = sha256()
        with self._archive.open(path) as file:
            for line in file:
                digest.update(line)
                yield line.rstrip(b"\n")
        self._require(path, digest.hexdigest())

    def entries(self) -> Iterator[bytes]:
        """The entries of the log in order: each after its length in two bytes."""
        for path in sorted((path for path in self._hashes if path.startswith(_ENTRIES)), key=_index):
            content, at = self.read(path), 0
            while at < len(content):
                end = at + 2 + int.from_bytes(content[at : at + 2], "big")
                yield content[at + 2 : end]
                at = end

    def _require(self, path: str, digest: str) -> None:
        if self._hashes.get(path) != digest:
            raise ValueError(f"expected the {path} that the manifest names")


def _index(path: str) -> int:
    """`x001/234` or `001.p/5` → its number: three digits a level, a partial bundle ends in its width."""
    return int(path.removeprefix(_ENTRIES).partition(".")[0].replace("x", "").replace("/", ""))
