"""Secrets that are shown once and stored as SHA-256 only."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_BYTES = 32


def fresh() -> str:
    """256 random bits as 43 characters of base64url."""
    return secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> bytes:
    """What is stored. The secret has 256 random bits: no salt and no slow hash can add to that."""
    return hashlib.sha256(secret.encode("utf-8")).digest()


def same(secret: str, stored: bytes) -> bool:
    """Whether the secret is the stored one, in time that does not tell how much of it is."""
    return hmac.compare_digest(hashed(secret), stored)
