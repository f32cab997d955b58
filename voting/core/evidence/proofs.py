"""A proof to keep: that an entry stands in a log, checkable without asking anybody. Source: C2SP tlog-proof v1.

A `.tlog-proof` file is the index, the inclusion proof and the signed checkpoint it leads to, as text.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from voting.core.evidence import checkpoints, merkle, notes
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import VerifierKey
from voting.errors import Invalid

HEADER = "c2sp.org/tlog-proof@v1"
MEDIA_TYPE = "text/plain; charset=utf-8"
LONGEST = 63
"""Hashes of an inclusion proof at most: a tree has no more levels."""
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")
_EXTRA = "extra "


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where an entry stands, the proof from its hash to the root, and the checkpoint's note as bytes."""

    index: int
    path: merkle.Proof
    checkpoint: bytes
    extra: bytes | None = None
    """Opaque to the format and not authenticated by it."""

    @property
    def text(self) -> str:
        """The file."""
        extra = [] if self.extra is None else [_EXTRA + b64encode(self.extra).decode()]
        path = [b64encode(step).decode() for step in self.path]
        head = "\n".join([HEADER, *extra, f"index {self.index}", *path])
        return f"{head}\n\n{self.checkpoint.decode()}"

    def verified(
        self, entry: bytes, key: VerifierKey, witnesses: Sequence[VerifierKey] = (), needed: int = 0
    ) -> Checkpoint:
        """The checkpoint, when the log of `key` and at least `needed` different witnesses signed it and it holds `entry`.

        Raises Invalid `checkpoint_unsigned`, `witnesses_missing` or `inclusion_unproven`.
        """
        checkpoint, note = checkpoints.opened(self.checkpoint, key)
        seen = {witness.public for witness in note.signers(witnesses)}
        if len(seen) < needed:
            raise Invalid.at("", "witnesses_missing", needed=needed, got=len(seen))
        leaf = merkle.leaf_hash(entry)
        if not merkle.verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root):
            raise Invalid.at("", "inclusion_unproven")
        return checkpoint


def parse(data: bytes) -> LogProof:
    """The proof of a `.tlog-proof` file. Raises Invalid `proof_malformed`, or what a malformed checkpoint raises."""
    if len(data) > notes.LARGEST:
        raise _malformed()
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise _malformed() from error
    if not blank or lines[0] != HEADER:
        raise _malformed()
    extra = None
    if len(lines) > 1 and lines[1].startswith(_EXTRA):
        extra = _decoded(lines.pop(1).removeprefix(_EXTRA))
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    path = tuple(_decoded(line) for line in lines[2:])
    if index is None or len(path) > LONGEST or any(len(step) != len(merkle.EMPTY) for step in path):
        raise _malformed()
    checkpoints.parse_text(notes.parse(checkpoint).text)
    return LogProof(int(index[1]), path, checkpoint, extra)


def _decoded(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    if b64encode(found).decode() != text:
        raise _malformed()
    return found


def _malformed() -> Invalid:
    return Invalid.at("", "proof_malformed")
