"""Signed notes: a text and who signed it. Source: C2SP signed-note v1, key types 0x01 and 0x04. Signatures are Ed25519.

A note is its text, an empty line and one line for each signature. A verifier key is `name+key id+base64(type ‖ public
key)`. Type 0x04 is the timestamped cosignature of a checkpoint (C2SP tlog-cosignature): 8 bytes of seconds since 1970,
big-endian, before the signature, which covers the time as well.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from voting.errors import Invalid

ED25519 = 0x01
COSIGNATURE = 0x04
LARGEST = 1_048_576
"""Bytes of a note that is read at all."""
MOST_SIGNATURES = 64
_DASH = "\u2014 "
_BLANK = "\n\n"
_ID, _KEY, _SIGNATURE, _TIME = 4, 32, 64, 8


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name. `kind` is the signature type, `id` 4 bytes, `public` 32."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ type ‖ public key), the first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID]

    @property
    def text(self) -> str:
        """`name+hex+base64`."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def made(self, signature: Signature) -> bool:
        """Whether the signature claims to be of this key: by name and by id."""
        return signature.name == self.name and signature.key_id == self.id

    def verifies(self, text: str, signature: Signature) -> bool:
        """Whether the signature is of this key and covers `text`."""
        if not self.made(signature):
            return False
        head, tail = signature.blob[:-_SIGNATURE], signature.blob[-_SIGNATURE:]
        message = _covered(self.kind, text, head)
        if message is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(tail, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, by which key, and what follows the key id."""

    name: str
    key_id: bytes
    blob: bytes

    @property
    def line(self) -> str:
        """The line with its line feed."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.blob).decode()}\n"

    @property
    def signed_at(self) -> int | None:
        """Seconds since 1970 in a cosignature; nothing in a plain signature."""
        return int.from_bytes(self.blob[:_TIME], "big") if len(self.blob) == _TIME + _SIGNATURE else None


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line feed, and its signatures in the order of their lines."""

    text: str
    signatures: tuple[Signature, ...] = ()

    @property
    def data(self) -> bytes:
        """The note as bytes. Without signatures it ends after its empty line."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def signers(self, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Those of `keys` with a valid signature, in their order. Empty as soon as a signature that claims one of them is
        wrong: such a note is to be rejected whole."""
        found = []
        for key in keys:
            claimed = [signature for signature in self.signatures if key.made(signature)]
            if not all(key.verifies(self.text, signature) for signature in claimed):
                return ()
            if claimed:
                found.append(key)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name, for one type of signature."""

    name: str
    private: Ed25519PrivateKey
    kind: int = ED25519

    @property
    def key(self) -> VerifierKey:
        """What others verify with."""
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str, at: int = 0) -> Signature:
        """Sign a text; a cosignature also says `at`, in seconds since 1970."""
        head = at.to_bytes(_TIME, "big") if self.kind == COSIGNATURE else b""
        message = _covered(self.kind, _checked(text), head)
        assert message is not None, "the head is made right here"
        return Signature(self.name, self.key.id, head + self.private.sign(message))


def parse(data: bytes) -> Note:
    """The note of these bytes, with or without signatures. Raises Invalid `note_malformed`."""
    if len(data) > LARGEST:
        raise _malformed("it is too large")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("it is not UTF-8") from error
    if any(character < " " and character != "\n" for character in whole):
        raise _malformed("it holds control characters")
    place = len(whole) - 2 if whole.endswith(_BLANK) else whole.rfind(_BLANK)
    text, lines = whole[: place + 1], whole[place + 2 :]
    if place < 0 or text == "\n":
        raise _malformed("no empty line follows a text")
    if lines and not lines.endswith("\n"):
        raise _malformed("the last line does not end")
    found = tuple(parse_line(line) for line in lines.split("\n")[:-1])
    if len(found) > MOST_SIGNATURES:
        raise _malformed("it has too many signatures")
    return Note(text, found)


def parse_line(line: str) -> Signature:
    """A signature line without its line feed. Raises Invalid `note_malformed`."""
    name, space, coded = line.removeprefix(_DASH).partition(" ")
    blob = _decoded(coded)
    if not line.startswith(_DASH) or not space or blob is None or len(blob) <= _ID or not is_name(name):
        raise _malformed("a signature line is not of the form")
    return Signature(name, blob[:_ID], blob[_ID:])


def parse_key(text: str) -> VerifierKey:
    """The key of `name+hex+base64`. Raises Invalid `verifier_key_malformed` unless its type is one of ours."""
    name, _, rest = text.partition("+")
    identifier, _, coded = rest.partition("+")
    blob = _decoded(coded)
    if blob is None or len(blob) != 1 + _KEY or blob[0] not in (ED25519, COSIGNATURE) or not is_name(name):
        raise Invalid.at("", "verifier_key_malformed")
    key = VerifierKey(name, blob[0], blob[1:])
    if key.text != text or key.id.hex() != identifier:
        raise Invalid.at("", "verifier_key_malformed")
    return key


def is_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no space of any kind, no plus, no control character."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def _covered(kind: int, text: str, head: bytes) -> bytes | None:
    """What a signature of this type covers, given what stands before it; nothing when that has the wrong length."""
    if kind == ED25519:
        return None if head else text.encode()
    if kind == COSIGNATURE and len(head) == _TIME and head[0] < 0x80:
        return f"cosignature/v1\ntime {int.from_bytes(head, 'big')}\n{text}".encode()
    return None


def _checked(text: str) -> str:
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise ValueError("expected a text of whole lines without control characters")
    return text


def _decoded(coded: str) -> bytes | None:
    """Base64 in its one spelling, or nothing."""
    try:
        blob = b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return blob if b64encode(blob).decode() == coded else None


def _malformed(why: str) -> Invalid:
    return Invalid.at("", "note_malformed", why=why)
