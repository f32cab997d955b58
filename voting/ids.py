"""Identifiers: a short prefix that says the kind, and 128 bits in Crockford's base 32.

`random_id` is for whatever could link a person to a ballot or to another person; `timed_id` sorts by creation (the layout
of UUIDv7, RFC 9562 §5.7 and §6.2 method 1: 48 bits of milliseconds, a counter of 16 bits, then random) and is for
everything public by nature.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from itertools import count

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_COUNTER = count()
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
    """`prefix_` and an id that sorts by creation: by millisecond, then, within one process, by the order of the calls."""
    milliseconds = (now - _EPOCH) // _MILLISECOND
    counted = next(_COUNTER) & 0xFFFF
    return f"{prefix}_{_base32(milliseconds << 80 | counted << 64 | secrets.randbits(64))}"


def first_id(prefix: str, at: datetime) -> str:
    """What sorts before every timed id of that instant and later: for a range of ids by time."""
    return f"{prefix}_{_base32((at - _EPOCH) // _MILLISECOND << 80)}"
