"""The key that signs the checkpoints of every log, under each log's own name. Ed25519, PEM.

A log's key name is its origin, `<host>/contests/<id>` or `<host>/communities/<id>`: one secret, as many verifier keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting import secret_files
from voting.core.evidence.notes import Signer
from voting.settings import Settings

PLURAL = {"contest": "contests", "community": "communities"}


def host(public_url: str) -> str:
    """The public address without scheme, the first part of every origin."""
    return public_url.partition("://")[2].rstrip("/")


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The secret and the host under which logs are known."""

    private: Ed25519PrivateKey
    host: str

    def origin(self, kind: str, log_id: str) -> str:
        """The name of a `contest` or `community` log: the first line of its checkpoints."""
        return f"{self.host}/{PLURAL[kind]}/{log_id}"

    def signer(self, origin: str) -> Signer:
        """Signs the checkpoints of the log of this origin."""
        return Signer(origin, self.private)


def of(settings: Settings) -> LogKeys:
    """The keys for these settings."""
    return LogKeys(load(settings.log_key_file), host(settings.public_url))


def load(path: Path) -> Ed25519PrivateKey:
    """The key of the file, which is made if need be. Raises ValueError when it holds anything but one Ed25519 key."""
    key = serialization.load_pem_private_key(secret_files.read(path, new_pem), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"expected an Ed25519 key in {path}, found {type(key).__name__}")
    return key


def new_pem() -> bytes:
    """A fresh Ed25519 private key, PKCS #8."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
