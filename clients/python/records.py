"""Answers as frozen dataclasses: `read(Contest, document)`.

A reader of a service that grows: members the class does not know are kept in `raw` and otherwise ignored, members with
a default may be absent. Instants are RFC 3339 and become aware `datetime`s. A document that lacks a required member or
holds another kind of value is `UnexpectedAnswer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import datetime
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from clients.python.errors import UnexpectedAnswer

R = TypeVar("R", bound="Record")
Reader = Callable[[Any, str], Any]


@dataclass(frozen=True, kw_only=True)
class Record:
    """Base of the answers; `raw` is the whole document as it came."""

    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def read(kind: type[R], document: Any) -> R:
    """The document as a `kind`."""
    answer: R = _record(kind)(document, kind.__name__)
    return answer


_KNOWN: dict[type[Record], Reader] = {}


def _record(kind: type[Record]) -> Reader:
    if kind not in _KNOWN:
        _KNOWN[kind] = _planned(kind)
    return _KNOWN[kind]


def _planned(kind: type[Record]) -> Reader:
    hints = get_type_hints(kind)
    plan = [
        (member.name, _reader(hints[member.name]), member.default is MISSING and member.default_factory is MISSING)
        for member in fields(kind)
        if member.name != "raw"
    ]

    def from_document(document: Any, place: str) -> Record:
        if not isinstance(document, Mapping):
            raise UnexpectedAnswer(f"{place}: expected an object, got {type(document).__name__}")
        values: dict[str, Any] = {}
        for name, reader, required in plan:
            if name in document:
                values[name] = reader(document[name], f"{place}.{name}")
            elif required:
                raise UnexpectedAnswer(f"{place}: expected a member {name!r}, got {sorted(document)}")
        return kind(raw=document, **values)

    return from_document


def _reader(hint: Any) -> Reader:
    if is_dataclass(hint):
        return _record(hint)  # type: ignore[arg-type]  # every dataclass among the answers is a Record
    if hint is datetime:
        return _instant
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return _sequence(_reader(arguments[0]))
    if origin is dict:
        return _mapping(_reader(arguments[1]))
    if origin in (Union, UnionType):
        return _optional(_reader(next(part for part in arguments if part is not type(None))))
    return _as_is(hint) if hint in (str, int, bool) else lambda value, place: value


def _as_is(hint: type) -> Reader:
    def exact(value: Any, place: str) -> Any:
        if type(value) is not hint:
            raise UnexpectedAnswer(f"{place}: expected {hint.__name__}, got {value!r}")
        return value

    return exact


def _instant(value: Any, place: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise UnexpectedAnswer(f"{place}: expected an RFC 3339 instant, got {value!r}") from None
    if instant.tzinfo is None:
        raise UnexpectedAnswer(f"{place}: expected an instant with its offset, got {value!r}")
    return instant


def _sequence(item: Reader) -> Reader:
    def items(value: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise UnexpectedAnswer(f"{place}: expected an array, got {value!r}")
        return tuple(item(one, f"{place}[{index}]") for index, one in enumerate(value))

    return items


def _mapping(item: Reader) -> Reader:
    def members(value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise UnexpectedAnswer(f"{place}: expected an object, got {value!r}")
        return {key: item(one, f"{place}.{key}") for key, one in value.items()}

    return members


def _optional(item: Reader) -> Reader:
    return lambda value, place: None if value is None else item(value, place)
