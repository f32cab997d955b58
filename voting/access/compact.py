"""The strict form of a compact JWS, checked before any library sees it.

Source: RFC 7515 §3.1 and §5.2, RFC 4648 §5 and §3.5. Three parts of base64url without padding, each with exactly one
spelling (decoded, encoded again, compared); UTF-8 JSON objects without a member named twice, without NaN and Infinity.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn

MAX_TOKEN = 8192
"""Characters of the longest token that is looked at."""
_MAX_HEADER = 1024


class Malformed(ValueError):
    """Not a compact JWS in its one spelling."""


def unbase64(part: str) -> bytes:
    """The bytes of base64url text without padding, if this is the one way to write them."""
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error) as error:
        raise Malformed("not base64url") from error
    if base64url(raw) != part:
        raise Malformed("base64url that could be spelled otherwise")
    return raw


def base64url(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def parts(token: str) -> tuple[str, str, str]:
    """Header, payload and signature of a token, undecoded; none of them is empty."""
    if len(token) > MAX_TOKEN:
        raise Malformed(f"longer than {MAX_TOKEN} characters")
    found = token.split(".")
    if len(found) != 3 or not all(found):
        raise Malformed("expected three parts")
    if len(found[0]) > _MAX_HEADER:
        raise Malformed(f"a header of more than {_MAX_HEADER} characters")
    return found[0], found[1], found[2]


def parse(raw: bytes) -> dict[str, Any]:
    """The members of a JSON object; a name that stands twice, NaN and Infinity are refused."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("not a JSON object") from error
    if not isinstance(value, dict):
        raise Malformed("not a JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a member stands twice")
    return members


def _refuse(name: str) -> NoReturn:
    raise Malformed(f"{name} is not JSON")


def written(members: dict[str, Any]) -> bytes:
    """Compact JSON with sorted names: the same members are the same bytes."""
    return json.dumps(members, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False).encode(
        "ascii"
    )
