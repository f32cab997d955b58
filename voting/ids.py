"""Identifiers: a short prefix that says the kind, and 128 bits in Crockford's base 32.

`random_id` is for whatever could link a person to a ballot or to another person; `timed_id` sorts by creation (the layout
of UUIDv7, RFC 9562 §5.7: 48 bits of milliseconds, then random) and is for everything public by nature.
"""

from __future__ import annotations

import secrets
from datetime import datetime

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _DIGITS for low in _DIGITS)
_LENGTH = 26


def _base32(value: int) -> str:
    # Two digits at a time: a city's register makes hundreds of thousands of these in one request.
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(5 * (_LENGTH - 2), -1, -10)])


def random_id(prefix: str) -> str:
    """`prefix_` and 128 random bits: no order, no time."""
    return f"{prefix}_{_base32(secrets.randbits(128))}"


def timed_id(prefix: str, now: datetime) -> str:
    """`prefix_`, 48 bits of milliseconds and 80 random bits: sorts by creation."""
    milliseconds = int(now.timestamp() * 1000)
    return f"{prefix}_{_base32((milliseconds << 80) | secrets.randbits(80))}"
