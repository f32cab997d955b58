"""Salts of texts: 32 fresh bytes beside each text, so that its hash in the journal tells nothing once both are erased."""

from __future__ import annotations

import secrets

SALT = 32


def salt() -> bytes:
    """A fresh salt."""
    return secrets.token_bytes(SALT)
