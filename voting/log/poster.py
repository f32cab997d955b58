"""A checkpoint for the notice board: its note as a QR code, drawn as SVG.

Whoever photographs it holds what the log signed on that day, and can ask any later log to prove that it extends it.
"""

from __future__ import annotations

from io import BytesIO

import segno
from sqlmodel import Session

from voting.core.evidence import checkpoints, notes
from voting.log import reads

MODULE = 4
"""Units of the picture for one square of the code."""


def draw(session: Session, log_id: str) -> bytes:
    """The newest checkpoint, without cosignatures, as a picture with a title. Raises Conflict before the first."""
    log = reads.signed(session, log_id)
    assert log.checkpoint is not None, "a signed log has a checkpoint"
    told = checkpoints.parse_text(notes.parse(log.checkpoint).text)
    picture = BytesIO()
    code = segno.make_qr(log.checkpoint, error="m")
    code.save(
        picture,
        kind="svg",
        scale=MODULE,
        title=f"{told.origin} · {told.size}",
        desc=f"{told.size} {told.root.hex()}",
        light="#fff",
        encoding="utf-8",
    )
    return picture.getvalue()
