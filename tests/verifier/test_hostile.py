"""No bundle crashes, stalls, fills or steers the verifier, and it writes no file; any changed byte is caught."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clients.verifier import verify
from tests.verifier.forge import Story
from tests.verifier.hostile import hostile
from tests.verifier.test_honest import findings

ROOT = Path(__file__).parent.parent.parent
STRIDE = 61


def failed(data: bytes) -> bool:
    return any(one.outcome == "failed" for one in findings(data))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]


def test_a_flipped_bit_is_caught() -> None:
    """Every 61st byte here; all of them in the proof below."""
    data = Story().bundle()
    assert [at for at in range(0, len(data), STRIDE) if not failed(flipped(data, at))] == []


@pytest.mark.prove
def test_a_flipped_bit_is_caught_in_every_byte() -> None:
    data = Story().bundle()
    assert [at for at in range(len(data)) if not failed(flipped(data, at))] == []


@pytest.mark.parametrize("tens", range(12))
def test_a_hostile_bundle_ends_in_findings(tens: int) -> None:
    for number in range(10 * tens, 10 * tens + 10):
        found = findings(hostile(number))
        assert [(number, one.check, one.facts) for one in found if one.code == "unexpected"] == []
        for lang in ("en", "zh"):
            assert all(one.sentence(lang).isprintable() for one in found)


@pytest.mark.prove
def test_a_thousand_hostile_bundles_end_within_memory_and_time_and_write_nothing(tmp_path: Path) -> None:
    """In a process of its own with 1.5 GiB of address space, in an empty folder that must stay empty."""
    program = (
        "import io, resource, time\n"
        "from clients.verifier import verify\n"
        "from tests.verifier.hostile import hostile\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 << 29, 3 << 29))\n"
        "for number in range(1000):\n"
        "    data, begun = hostile(number), time.monotonic()\n"
        "    found = verify.verify(io.BytesIO(data))\n"
        "    assert not any(one.code == 'unexpected' for one in found), (number, found)\n"
        "    assert time.monotonic() - begun < 20, number\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True, timeout=1200)
    assert list(tmp_path.iterdir()) == []


class Endless(io.RawIOBase):
    """A file that begins as a member of four gigabytes and never ends; it counts what is read of it."""

    def __init__(self, head: bytes) -> None:
        self.head, self.at = head, 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "never the whole of a file"
        piece = self.head[self.at : self.at + size]
        self.at += size
        return piece.ljust(size, b"\0")


def test_a_member_that_claims_four_gigabytes_is_refused_before_it_is_read() -> None:
    file = Endless(verify.local_header(b"manifest.json", 0, 2**32 - 2))
    found = verify.verify(file)  # type: ignore[arg-type]
    assert found[0].code == "file-size"
    assert file.at < 1000


def test_text_from_a_bundle_cannot_steer_a_terminal() -> None:
    finding = verify.Finding("archive", "failed", "file-path", {"file": "\x1b[2J\n" + "x" * 1000})
    assert finding.sentence("en").isprintable()
    assert len(finding.sentence("en")) < 300
