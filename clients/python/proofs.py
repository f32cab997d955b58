"""What a voter's client recomputes: trees, signed notes and the signatures of receipts. Written from the descriptions alone.

Sources: RFC 9162 §2.1 (trees, inclusion), C2SP signed-note (Ed25519, type 0x01), RFC 7515 and RFC 7518 §3.4 (ES256). All
hashes are 32 bytes. Malformed input is `ValueError`; a proof or signature that does not hold is False.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from clients.python import hashes

_ED25519 = 1


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps only the roots of its perfect parts."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf."""
        risen, carry = leaf_hash(leaf), self.size
        while carry & 1:
            risen, carry = node_hash(self._peaks.pop(), risen), carry >> 1
        self._peaks.append(risen)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """More leaves."""
        for leaf in leaves:
            self.add(leaf)

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self._peaks:
            return sha256(b"").digest()
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from this leaf at this index to the root of a tree of that size."""
    if not 0 <= index < size:
        return False
    found, place, last = leaf_hash(leaf), index, size - 1
    for step in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(step, found)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, step)
        place, last = place // 2, last // 2
    return last == 0 and found == root


def text_of_note(note: bytes, key: str) -> str | None:
    """The text of a note that the verifier key signed; None when it did not."""
    text, blank, lines = note.decode().rpartition("\n\n")
    name, public = _verifier_key(key)
    if not blank:
        raise ValueError("expected an empty line between the text and its signatures")
    text += "\n"
    for line in lines.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, blob = rest.partition(" ")
        raw = b64decode(blob, validate=True)
        if dash == "—" and signer == name and raw[:4] == _key_id(name, public):
            return text if _verifies(public, raw[4:], text.encode()) else None
    return None


def receipt_claims_of(receipt: str, keys: Iterable[Mapping[str, str]]) -> dict[str, Any] | None:
    """What a receipt says, if one of these keys (JWK, P-256) signed it; None when none did."""
    parts = receipt.split(".")
    if len(parts) != 3:
        raise ValueError("expected a receipt of three parts")
    head, claims = (json.loads(hashes.decode(part)) for part in parts[:2])
    if not isinstance(head, dict) or not isinstance(claims, dict):
        raise ValueError("expected a receipt with a header and claims")
    signed, signature = ".".join(parts[:2]).encode(), hashes.decode(parts[2])
    if head.get("alg") != "ES256" or len(signature) != 64:
        return None
    held = (key for key in keys if key.get("kid") == head.get("kid") and key.get("crv") == "P-256")
    return claims if any(_is_es256(key, signature, signed) for key in held) else None


def _is_es256(key: Mapping[str, str], signature: bytes, signed: bytes) -> bool:
    x, y = (int.from_bytes(hashes.decode(key[name]), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _verifier_key(key: str) -> tuple[str, bytes]:
    """Name and public key of `name+id+base64`."""
    name, _, rest = key.partition("+")
    identifier, _, coded = rest.partition("+")
    blob = b64decode(coded, validate=True)
    if len(blob) != 33 or blob[0] != _ED25519 or bytes.fromhex(identifier) != _key_id(name, blob[1:]):
        raise ValueError(f"expected an Ed25519 verifier key, got {key!r}")
    return name, blob[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes((_ED25519,)) + public).digest()[:4]


def _verifies(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True
