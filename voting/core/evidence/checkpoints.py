"""Checkpoints: how large a log is and what its root is, as a note. Source: C2SP tlog-checkpoint v1.

The text is the origin, the size in decimal and the root in base64, a line each. We write no extension lines and refuse
them, since no monitor could check what they say.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from voting.core.evidence import merkle, notes
from voting.core.evidence.notes import Note, Signer, VerifierKey
from voting.errors import Invalid

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, its number of leaves and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer) -> Note:
        """The checkpoint as a note of its log."""
        return Note(self.text, (signer.sign(self.text),))


def parse_text(text: str) -> Checkpoint:
    """The checkpoint of these three lines. Raises Invalid `checkpoint_malformed`."""
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise Invalid.at("", "checkpoint_malformed")
    try:
        root = b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid.at("", "checkpoint_malformed") from error
    found = Checkpoint(lines[0], int(lines[1]), root)
    empty = found.size == 0 and root != merkle.EMPTY
    if len(root) != len(merkle.EMPTY) or empty or found.text != text:
        raise Invalid.at("", "checkpoint_malformed")
    return found


def opened(data: bytes, key: VerifierKey) -> tuple[Checkpoint, Note]:
    """The checkpoint of a note that the log of `key` signed. Raises Invalid `checkpoint_unsigned` otherwise."""
    note = notes.parse(data)
    checkpoint = parse_text(note.text)
    if checkpoint.origin != key.name or not note.signers([key]):
        raise Invalid.at("", "checkpoint_unsigned", origin=key.name)
    return checkpoint, note
