"""JSON as the service reads it: RFC 8259 in UTF-8, I-JSON (RFC 7493) without its ambiguities.

Refused: bytes that are not UTF-8, members given twice, integers beyond ±(2^53 − 1), numbers that are not finite, NUL,
unpaired surrogates, runs of combining marks that are no text (to normalise a body full of them would take minutes), and
nesting deeper than the limit (measured before anything is parsed). Texts come out in NFC.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NoReturn

from api.problems import Malformed
from voting.core import texts
from voting.errors import Invalid, YishiError

_MOST = 2**53 - 1
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


def loads(body: bytes, max_depth: int) -> Any:
    """The value of a body. Raises Malformed (it is not JSON) or Invalid (it is JSON that we refuse)."""
    if body.count(b"[") + body.count(b"{") > max_depth and _depth(body, max_depth) > max_depth:
        raise Invalid.at("", "too_deep", limit=max_depth)
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_not_finite
        )
    except UnicodeDecodeError as error:
        raise Malformed("malformed_encoding", position=error.start) from error
    except json.JSONDecodeError as error:
        raise Malformed("malformed_json", reason=error.msg, position=error.pos) from error
    except RecursionError as error:
        raise Invalid.at("", "too_deep", limit=max_depth) from error
    if _SUSPICIOUS.search(body):
        _refuse_forbidden(value)
    if not text.isascii() or b"\\u" in body:
        return _normal(value, "")
    return value


def _depth(body: bytes, enough: int) -> int:
    """How deep the brackets outside texts go; stops as soon as it is more than enough."""
    depth = deepest = 0
    for token in _TOKENS.finditer(body):
        first = body[token.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > enough:
                return deepest
        elif first in b"]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise Invalid.at("", "duplicate_member", member=next(name for name in names if names.count(name) > 1)[:80])
    return found


def _integer(digits: str) -> int:
    if len(digits) > 17 or not -_MOST <= (value := int(digits)) <= _MOST:
        raise _out_of_range(digits)
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _out_of_range(digits)
    return value


def _not_finite(name: str) -> NoReturn:
    raise _out_of_range(name)


def _out_of_range(digits: str) -> YishiError:
    return Invalid.at("", "number_out_of_range", value=digits[:40])


def _refuse_forbidden(value: Any) -> None:
    for pointer, text in _texts(value, ""):
        if _FORBIDDEN.search(text):
            raise Invalid.at(_FORBIDDEN.sub("\ufffd", pointer), "forbidden_character")


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield at, name
            yield from _texts(inner, at)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{pointer}/{place}")


def _normal(value: Any, pointer: str) -> Any:
    if isinstance(value, str):
        if not texts.is_stream_safe(value):
            raise Invalid.at(pointer, "text_too_many_marks", limit=texts.MOST_MARKS)
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return _object([(_normal(name, pointer), _normal(inner, f"{pointer}/{name}")) for name, inner in value.items()])
    if isinstance(value, list):
        return [_normal(inner, f"{pointer}/{place}") for place, inner in enumerate(value)]
    return value
