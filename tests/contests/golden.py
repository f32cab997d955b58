"""Golden bundles: what the service makes of two polls whose keys, secrets and ids never change, file by file.

`python -m tests.contests.golden` writes the hashes anew, where the format was changed on purpose. The verifier, its guide and
the manifest that names them are left out: they change without the format.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from pathlib import Path

from sqlalchemy import Engine

from tests.contests.published import Poll, publish, rankings
from tests.contests.test_bundle import made
from voting import migrate
from voting.store import engine_for

FOLDER = Path(__file__).parent / "golden"
POLLS = {20: Poll(electors=20, ballots=rankings(16)), 1000: Poll(electors=1000, ballots=rankings(830))}
LEFT_OUT = ("manifest.json", "manifest.note", "VERIFY.md", "verify.py")


def build(engine: Engine, folder: Path, electors: int) -> bytes:
    """The bundle of a poll on a fresh database."""
    publish(engine, folder, POLLS[electors])
    return made(engine)


def hashes_of(content: bytes) -> dict[str, str]:
    """Path → SHA-256, in the bundle's order."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = [name for name in opened.namelist() if name not in LEFT_OUT]
        return {name: hashlib.sha256(opened.read(name)).hexdigest() for name in names}


def path_of(electors: int) -> Path:
    """Where the hashes of a poll are kept."""
    return FOLDER / f"bundle-{electors}.json"


def main() -> None:
    """Write the hashes anew."""
    FOLDER.mkdir(exist_ok=True)
    for electors in POLLS:
        with tempfile.TemporaryDirectory() as name:
            engine = engine_for(f"sqlite:///{name}/golden.db")
            migrate.upgrade(engine)
            found = hashes_of(build(engine, Path(name), electors))
            engine.dispose()
        path_of(electors).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
