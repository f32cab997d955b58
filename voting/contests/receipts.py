"""Receipts: a signed promise to put a commitment into the contest's log by a named instant.

A receipt holds neither slot nor ranking, so that showing it tells nobody anything. It follows from the commitment and the
stored promise alone: the same ballot sent again is answered by the same text.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from voting.access.tokens import Issuer

Sign: TypeAlias = Callable[[str, bytes, datetime], str]
"""Contest id, commitment and the instant promised → the receipt as compact JWS."""


def signer(issuer: Issuer, public_url: str) -> Sign:
    """Signs with the key of `issuer`; the log's origin is `<host>/contests/<id>` of `public_url`."""
    host = public_url.partition("://")[2].rstrip("/")

    def sign(contest_id: str, commitment: bytes, integrate_by: datetime) -> str:
        claims = {
            "contest": contest_id,
            "commitment": urlsafe_b64encode(commitment).rstrip(b"=").decode(),
            "log": f"{host}/contests/{contest_id}",
            "integrate_by": _seconds(integrate_by),
        }
        return issuer.issue_receipt(claims)

    return sign


@lru_cache(maxsize=64)
def _seconds(instant: datetime) -> int:
    """Whole seconds since 1970, rounded up: a promise is not shortened by its writing."""
    return -int(-instant.timestamp() // 1)
