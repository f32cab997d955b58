"""JSON as the formats need it: faults with line and column, no repeated member, no NaN, exact decimals written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from decimal import Decimal
from typing import Any

from voting.core.count.errors import IllegalFile

Pointer = tuple[str | int, ...]
"""Members and positions from the outermost value to one inside."""

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLAIN = re.compile(r"[^,\]}\s]+")


class _Fault(ValueError):
    """Something the text may not hold, found while it is parsed."""


def parse(form: str, text: str, parse_float: Callable[[str], Any] = Decimal) -> Any:
    """Read JSON, a number with a point as `parse_float` makes it.

    Raises `IllegalFile` where the text is malformed, repeats a member, or nests too deep.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=parse_float
        )
    except json.JSONDecodeError as fault:
        raise IllegalFile(form, fault.lineno, fault.colno, f"not JSON: {fault.msg}") from fault
    except _Fault as fault:
        line, column = _find(text, str(fault))
        raise IllegalFile(form, line, column, f"not allowed: {fault}") from fault
    except (RecursionError, ValueError) as fault:
        raise IllegalFile(form, 1, 1, f"not JSON that can be read: {type(fault).__name__}") from fault


def at(form: str, text: str, pointer: Sequence[str | int], reason: str) -> IllegalFile:
    """A fault at the value a pointer leads to, or as near to it as the text goes."""
    line, column = place_of(text, tuple(pointer))
    path = "".join(f"/{step}" for step in pointer) or "/"
    return IllegalFile(form, line, column, f"{path}: {reason}")


def place_of(text: str, pointer: Pointer) -> tuple[int, int]:
    """Line and column of the value a pointer leads to in well-formed JSON; of the nearest around it if there is none."""
    best, depth = 0, -1
    for found, start in _all(text):
        if len(found) > depth and pointer[: len(found)] == found:
            best, depth = start, len(found)
        if depth == len(pointer):
            break
    return _line_and_column(text, best)


def dump(value: Any, depth: int = 0) -> str:
    """Write JSON, two spaces a level, members in the order given; a `Decimal` is written with all its digits."""
    inner, outer = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict) and value:
        members = (f"{json.dumps(key, ensure_ascii=False)}: {dump(held, depth + 1)}" for key, held in value.items())
        return f"{{{inner}{f',{inner}'.join(members)}{outer}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{inner}{f',{inner}'.join(dump(held, depth + 1) for held in value)}{outer}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without a repeated member."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise _Fault(f"member {name!r} twice in one object")
        made[name] = value
    return made


def _no_constant(name: str) -> Any:
    raise _Fault(f"the number {name}")


def _find(text: str, fault: str) -> tuple[int, int]:
    """Where the text holds what a fault names: the repetition of a member, or a constant."""
    seen: set[Pointer] = set()
    for pointer, start in _all(text):
        constant = text.startswith(("N", "I", "-I"), start)
        if constant if fault.startswith("the number") else pointer in seen:
            return _line_and_column(text, start)
        seen.add(pointer)
    return 1, 1


def _all(text: str) -> Iterator[tuple[Pointer, int]]:
    """Every value of a well-formed text; those nested too deep to walk are left out."""
    try:
        yield from _values(text, _skip(text, 1 if text.startswith("\ufeff") else 0), ())
    except RecursionError:
        return


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    """Where an index stands, both counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _skip(text: str, index: int) -> int:
    """The index behind white space."""
    found = _SPACE.match(text, index)
    return found.end() if found else index


def _values(text: str, index: int, pointer: Pointer) -> Generator[tuple[Pointer, int], None, int]:
    """A value and all inside it with where they begin, outermost first; returns the index behind the value."""
    yield pointer, index
    opening = text[index]
    if opening == '"':
        return _string(text, index)[1]
    if opening not in "{[":
        found = _PLAIN.match(text, index)
        return found.end() if found else index + 1
    position = 0
    index = _skip(text, index + 1)
    while text[index] not in "}]":
        step: str | int = position
        if opening == "{":
            step, index = _string(text, index)
            index = _skip(text, _skip(text, index) + 1)
        index = yield from _values(text, index, (*pointer, step))
        index = _skip(text, index)
        if text[index] == ",":
            index = _skip(text, index + 1)
        position += 1
    return index + 1


def _string(text: str, index: int) -> tuple[str, int]:
    """The string that begins at an index, and the index behind it."""
    found = _STRING.match(text, index)
    assert found is not None, "the text was parsed before"
    return str(json.loads(found.group(), strict=False)), found.end()
