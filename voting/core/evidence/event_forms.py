"""How the members of a log's events are written in canonical JSON and read back: one form for each kind of value.

A form writes a Python value as JSON and reads JSON of exactly that form, or raises Invalid at the member's pointer. Events
are frozen dataclasses whose fields name their form (`root: Annotated[bytes, HASH]`); one that may be absent defaults to None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, get_type_hints

from voting.core.evidence import notes
from voting.errors import Invalid, YishiError

_HEX = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SEED = re.compile(r"[0-9]{20,1000}")
_FRACTION = re.compile(r"(0|[1-9][0-9]*)/[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of value is written and read. `read` takes the value and its pointer."""

    write: Callable[[Any], Any]
    read: Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of a record: its name, its form and whether it may be absent."""

    name: str
    form: Form
    optional: bool


_KNOWN: dict[type[Any], tuple[_Member, ...]] = {}


def _members(kind: type[Any]) -> tuple[_Member, ...]:
    if kind not in _KNOWN:
        hints = get_type_hints(kind, include_extras=True)
        _KNOWN[kind] = tuple(
            _Member(one.name, hints[one.name].__metadata__[0], one.default is not MISSING) for one in fields(kind)
        )
    return _KNOWN[kind]


def written(record: Any) -> dict[str, Any]:
    """The members of a record. Absent members are left out."""
    values = ((one, getattr(record, one.name)) for one in _members(type(record)))
    return {one.name: one.form.write(value) for one, value in values if value is not None}


def read(kind: type[Any], value: Any, pointer: str = "") -> Any:
    """A record of this dataclass. Raises Invalid `event_malformed` for a missing, unknown or malformed member."""
    if not isinstance(value, Mapping):
        raise malformed(pointer, "an object")
    known = {one.name: one for one in _members(kind)}
    for name in value:
        if name not in known:
            raise malformed(f"{pointer}/{name}", "no such member")
    found = {}
    for name, one in known.items():
        if name in value:
            found[name] = one.form.read(value[name], f"{pointer}/{name}")
        elif not one.optional:
            raise malformed(f"{pointer}/{name}", "a member of this name")
    return kind(**found)


def malformed(pointer: str, expected: str) -> Invalid:
    """The refusal of a member."""
    return Invalid.at(pointer, "event_malformed", expected=expected)


def _same(value: Any) -> Any:
    return value


def _checked(kind: type, holds: Callable[[Any], bool], expected: str) -> Form:
    def take(value: Any, pointer: str) -> Any:
        if type(value) is not kind or not holds(value):
            raise malformed(pointer, expected)
        return value

    return Form(_same, take)


def one_of(*values: str) -> Form:
    """One of these words."""
    return _checked(str, values.__contains__, f"one of {', '.join(values)}")


def record(kind: type[Any]) -> Form:
    """A nested record."""
    return Form(written, lambda value, pointer: read(kind, value, pointer))


def several(form: Form) -> Form:
    """A list, kept as a tuple."""

    def take(value: Any, pointer: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise malformed(pointer, "a list")
        return tuple(form.read(item, f"{pointer}/{place}") for place, item in enumerate(value))

    return Form(lambda values: [form.write(value) for value in values], take)


def _read_hash(value: Any, pointer: str) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise malformed(pointer, "64 lower-case hexadecimal digits")
    return bytes.fromhex(value)


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC, whole seconds (the fraction is dropped), `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_instant(value: Any, pointer: str) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            pass
    raise malformed(pointer, "an instant YYYY-MM-DDThh:mm:ssZ")


def _read_fraction(value: Any, pointer: str) -> Fraction:
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        found = Fraction(value)
        if _write_fraction(found) == value:
            return found
    raise malformed(pointer, "a fraction p/q in lowest terms")


def _write_fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _read_note(value: Any, pointer: str) -> bytes:
    try:
        return notes.parse(value.encode()).data
    except (YishiError, AttributeError) as error:
        raise malformed(pointer, "a signed note") from error


def _read_key(value: Any, pointer: str) -> str:
    try:
        if notes.parse_key(value).kind == notes.ED25519:
            return str(value)
    except (YishiError, AttributeError) as error:
        raise malformed(pointer, "a verifier key") from error
    raise malformed(pointer, "a verifier key of type 0x01")


def _is_local(value: dict[str, Any]) -> bool:
    texts = all(isinstance(text, str) and text for text in value.values())
    return bool(value) and texts and all(map(_LOCALE.fullmatch, value))


TEXT = _checked(str, bool, "a text")
SEED = _checked(str, lambda value: bool(_SEED.fullmatch(value)), "at least twenty digits")
COUNT = _checked(int, lambda value: value >= 0, "an integer from 0")
POSITIVE = _checked(int, lambda value: value >= 1, "an integer from 1")
TRUTH = _checked(bool, lambda value: True, "true or false")
DOCUMENT = _checked(dict, lambda value: True, "an object")
LOCAL = _checked(dict, _is_local, "texts by locale")
HASH = Form(bytes.hex, _read_hash)
INSTANT = Form(instant_text, _read_instant)
FRACTION = Form(_write_fraction, _read_fraction)
NOTE = Form(bytes.decode, _read_note)
KEY = Form(_same, _read_key)
