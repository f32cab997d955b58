"""What a witness decides: whether the checkpoint it is shown extends the one it cosigned before. Source: C2SP tlog-witness.

A witness remembers one tree of each log, the largest it cosigned, and never goes back behind it.
"""

from __future__ import annotations

from voting.core.evidence import checkpoints, merkle
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import VerifierKey
from voting.errors import Conflict


def accepted(seen: Checkpoint | None, note: bytes, key: VerifierKey, path: merkle.Proof) -> Checkpoint:
    """The checkpoint of the note, when the log of `key` signed it and `path` proves that the tree seen before is its beginning.

    Raises Invalid for a note that the log did not sign, Conflict `log_is_shorter` or `log_forked` for a tree that does not
    extend the one seen.
    """
    checkpoint, _ = checkpoints.opened(note, key)
    if seen is None or seen.size == 0:
        return checkpoint
    if checkpoint.size < seen.size:
        raise Conflict("log_is_shorter", origin=key.name, size=checkpoint.size, seen=seen.size)
    if not merkle.verify_consistency(seen.size, checkpoint.size, seen.root, checkpoint.root, path):
        raise Conflict("log_forked", origin=key.name, size=checkpoint.size, seen=seen.size)
    return checkpoint
