"""Canonical JSON: RFC 8785 restricted so that every value has exactly one spelling in every language.

Objects with ASCII keys, strings in NFC, integers of at most 53 bits, booleans and arrays. No floats, no null, no duplicate
keys. Stored bytes equal `encode(parse(bytes))`; `parse` refuses any other spelling of the same value.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import rfc8785

from voting.errors import Invalid

Value: TypeAlias = "bool | int | str | Sequence[Value] | Mapping[str, Value]"

LARGEST = 2**53 - 1
"""The largest integer (and, negated, the smallest) that every JSON reader keeps exactly (RFC 7493 §2.2)."""

DEEPEST = 64
"""Levels of nesting; far more than any format of ours, far less than a parser's stack."""


def encode(value: Value) -> bytes:
    """The one spelling of `value`. Raises Invalid with the pointer of the first value outside the profile."""
    return rfc8785.dumps(_checked(value, "", 0))


def parse(data: bytes) -> Value:
    """The value whose one spelling is `data`. Raises Invalid when there is none or when it is spelled otherwise."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique, parse_float=_refuse_float, parse_constant=_refuse_float)
    except (ValueError, RecursionError) as error:
        raise Invalid.at("", "json_malformed") from error
    if encode(value) != data:
        raise Invalid.at("", "json_not_canonical")
    return value  # type: ignore[no-any-return]  # json.loads says Any; `encode` has just checked every member.


def _checked(value: object, pointer: str, depth: int) -> Any:
    if depth > DEEPEST:
        raise Invalid.at(pointer, "json_too_deep", limit=DEEPEST)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise Invalid.at(pointer, "json_integer_range", limit=LARGEST)
        return value
    if isinstance(value, str):
        return _checked_text(value, pointer)
    if isinstance(value, Mapping):
        return {_checked_key(k, pointer): _checked(v, f"{pointer}/{_escaped(k)}", depth + 1) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_checked(item, f"{pointer}/{place}", depth + 1) for place, item in enumerate(value)]
    if isinstance(value, float):
        raise Invalid.at(pointer, "json_float")
    if value is None:
        raise Invalid.at(pointer, "json_null")
    raise Invalid.at(pointer, "json_type", found=type(value).__name__)


def _checked_text(text: str, pointer: str) -> str:
    if not text.isascii():
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise Invalid.at(pointer, "json_surrogate")
        if not unicodedata.is_normalized("NFC", text):
            raise Invalid.at(pointer, "json_not_nfc")
    return text


def _checked_key(key: object, pointer: str) -> str:
    if not isinstance(key, str) or not key.isascii():
        raise Invalid.at(pointer, "json_key_not_ascii")
    return key


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _unique(pairs: Sequence[tuple[str, Value]]) -> dict[str, Value]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Invalid.at("", "json_duplicate_key")
    return members


def _refuse_float(_literal: str) -> NoReturn:
    raise Invalid.at("", "json_float")
