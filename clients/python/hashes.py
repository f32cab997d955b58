"""What a voter's client hashes: slot, ballot and commitment. Source: the service's evidence format, version 1.

Written from the description and not from the service's code, so that client and service check each other. Every hash is
SHA-256 over its purpose (`yishi/1/<purpose>` and a newline) and then the bytes. All results are 32 bytes.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

Ranking = Sequence[Sequence[str]]
"""Ranks from the most to the least preferred; each rank holds the option ids marked at it."""


def encode(value: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648 §5), the form of bytes in JSON."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of `encode`; `ValueError` for anything that `encode` would have written otherwise."""
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(value) != text:
        raise ValueError(f"expected URL-safe base64 without padding, got {text!r}")
    return value


def digest(purpose: str, content: bytes) -> bytes:
    """SHA-256 with the purpose first."""
    return sha256(f"yishi/1/{purpose}\n".encode() + content).digest()


def canonical(document: object) -> bytes:
    """RFC 8785 for what a ballot holds: objects with ASCII keys, arrays and NFC strings. Anything else is a `TypeError`."""
    _refuse_foreign(document)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _refuse_foreign(document: object) -> None:
    match document:
        case str() if not unicodedata.is_normalized("NFC", document):
            raise TypeError(f"expected a string in NFC, got {document!r}")
        case str():
            return
        case list():
            for item in document:
                _refuse_foreign(item)
        case dict() if all(isinstance(key, str) and key.isascii() for key in document):
            for item in document.values():
                _refuse_foreign(item)
        case _:
            raise TypeError(f"expected strings, arrays and objects with ASCII keys, got {document!r}")


def slot(contest_id: str, secret: bytes) -> bytes:
    """The pseudonym of one voter in one contest."""
    return digest("slot", contest_id.encode() + b"\0" + _exactly_32("secret", secret))


def ballot(contest_id: str, ranking: Ranking) -> bytes:
    """The hash of what was marked."""
    return digest("ballot", canonical({"contest": contest_id, "ranking": [list(rank) for rank in ranking]}))


def commitment(nonce: bytes, slot: bytes, seq: int, ballot_hash: bytes) -> bytes:
    """What the public log holds of a cast: it tells nothing without the nonce."""
    content = _exactly_32("nonce", nonce) + _exactly_32("slot", slot) + seq.to_bytes(8, "big")
    return digest("cast", content + _exactly_32("ballot hash", ballot_hash))


def _exactly_32(name: str, value: bytes) -> bytes:
    if len(value) != 32:
        raise ValueError(f"expected 32 bytes as {name}, got {len(value)}")
    return value
