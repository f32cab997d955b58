"""The key file of the embedded issuer: one or more PEM private keys, the first of which signs. Made when it is absent."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from voting import secret_files
from voting.access.tokens import Issuer, SigningKey
from voting.settings import Settings

_BLOCK = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)


def embedded_issuer(settings: Settings) -> Issuer:
    """The issuer of `settings.public_url`, with the keys of `settings.key_file`."""
    return Issuer(
        load(settings.key_file),
        name=settings.public_url,
        audience=settings.audience,
        lifetime=timedelta(seconds=settings.access_token_seconds),
    )


def load(path: Path) -> tuple[SigningKey, ...]:
    """The keys of the file, which is made if need be. Raises ValueError when it holds anything but P-256 keys."""
    blocks = _BLOCK.findall(secret_files.read(path, new_pem))
    if not blocks:
        raise ValueError(f"expected a PEM private key in {path}, found none")
    return tuple(_signing_key(block, path) for block in blocks)


def _signing_key(block: bytes, path: Path) -> SigningKey:
    key = serialization.load_pem_private_key(block, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"expected P-256 keys in {path}, found {type(key).__name__}")
    return SigningKey(key)


def new_pem() -> bytes:
    """A fresh P-256 private key, PKCS #8."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
