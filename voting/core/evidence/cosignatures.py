"""Cosignatures: a witness says that it saw a checkpoint, and when. Source: C2SP tlog-cosignature v1, type 0x04.

A witness cosigns a checkpoint only after it verified that the tree it cosigned before is a prefix of this one.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.core.evidence import notes
from voting.core.evidence.checkpoints import Checkpoint
from voting.core.evidence.notes import COSIGNATURE, Note, Signature, Signer, VerifierKey
from voting.errors import Invalid


def witness(name: str, private: Ed25519PrivateKey) -> Signer:
    """A key that cosigns under this name."""
    return Signer(name, private, COSIGNATURE)


def parse_key(text: str) -> VerifierKey:
    """A witness's verifier key. Raises Invalid `verifier_key_malformed` for a key of another type."""
    key = notes.parse_key(text)
    if key.kind != COSIGNATURE:
        raise Invalid.at("", "verifier_key_malformed")
    return key


def cosign(checkpoint: Checkpoint, signer: Signer, at: int) -> Signature:
    """The witness's signature, made at `at` (seconds since 1970)."""
    return signer.sign(checkpoint.text, at)


def valid(checkpoint: Checkpoint, signature: Signature, witnesses: Sequence[VerifierKey]) -> VerifierKey | None:
    """The witness that made this signature of this checkpoint, or nothing."""
    return next((key for key in witnesses if key.verifies(checkpoint.text, signature)), None)


def with_cosignatures(note: Note, cosignatures: Sequence[Signature]) -> Note:
    """The log's note with the witnesses' lines behind its own."""
    return Note(note.text, (*note.signatures, *cosignatures))
