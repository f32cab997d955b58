"""PDFs that residents attach: written anew without anything that acts or tells who wrote it, by a process of its own.

A document that somebody made to harm takes that process down at most: its time and its memory are bounded. Sizes are bytes.
"""

from __future__ import annotations

import subprocess
import sys

from voting.deliberation import pdf_child
from voting.errors import Invalid

PATIENCE_SECONDS = 30
"""As the clock has it; the process itself may compute for `pdf_child.CPU_SECONDS`."""
_CODES = (pdf_child.ENCRYPTED, pdf_child.UNREADABLE, pdf_child.TOO_COMPLEX, pdf_child.NOT_STATIC)


def cleaned(data: bytes) -> bytes:
    """The document as it is kept. Raises Invalid with the code of `pdf_child`."""
    command = [sys.executable, "-I", pdf_child.__file__]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE_SECONDS, check=False, env={})  # noqa: S603 (a fixed command of ours)
    except subprocess.TimeoutExpired as error:
        raise Invalid.at("", pdf_child.TOO_COMPLEX) from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("ascii", "replace")
    # Whatever else ended it, a signal or the memory's end, was too much.
    raise Invalid.at("", said if done.returncode == pdf_child.REFUSED and said in _CODES else pdf_child.TOO_COMPLEX)
