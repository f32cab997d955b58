"""From the framework's validation errors to our faults: a true pointer, a stable code, and a guess for what was meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args, get_origin

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from api.schemas.base import LOCALE, Locale
from voting.errors import Fact, Fault, Invalid
from voting.near import nearest

Place = Literal["body", "query", "path", "header"]

_PLACES: Mapping[str, Place] = {
    "body": "body",
    "query": "query",
    "path": "path",
    "header": "header",
    "cookie": "header",
}
_QUOTED = re.compile(r"'([^']*)'")
_LOCALE = re.compile(LOCALE)
_MOST_FAULTS = 50
_MOST_SHOWN = 80

_TYPES = {
    "string_type": "string",
    "string_unicode": "string",
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "list_type": "array",
    "tuple_type": "array",
    "set_type": "array",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
    "mapping_type": "object",
    "none_required": "null",
}
_LONG = {"string_too_long": "max_length", "too_long": "max_length", "bytes_too_long": "max_length"}
_SHORT = {"string_too_short": "min_length", "too_short": "min_length", "bytes_too_short": "min_length"}
_TAG_FAULTS = frozenset({"union_tag_invalid", "union_tag_not_found"})
_BOUNDS = {
    "greater_than_equal": ("≥", "ge"),
    "less_than_equal": ("≤", "le"),
    "greater_than": (">", "gt"),
    "less_than": ("<", "lt"),
}


@dataclass(frozen=True, slots=True)
class LocatedFault(Fault):
    """A fault that may lie outside the body."""

    place: Place = "body"


def faults_of(error: RequestValidationError, route: Any) -> list[Fault]:
    """Every fault of a request, at most fifty."""
    return [_fault(entry, error.body, route) for entry in error.errors()[:_MOST_FAULTS]]


def _fault(entry: Mapping[str, Any], body: Any, route: Any) -> Fault:
    place = _PLACES.get(str(entry["loc"][0]), "body")
    parts = tuple(entry["loc"][1:])
    if place == "body":
        parts = tuple(_true_path(_untagged(parts, body, route), body))
        if entry["type"] in _TAG_FAULTS:
            return _tag_fault(entry, parts)
    code, facts = _said(entry, parts, route if place == "body" else None)
    return LocatedFault(_pointer(parts), code, facts, place)


def _discriminator(route: Any) -> str | None:
    """The member that says which of several bodies of a route it is."""
    field = getattr(route, "body_field", None)
    return getattr(field.field_info, "discriminator", None) if field is not None else None


def _untagged(parts: tuple[str | int, ...], body: Any, route: Any) -> tuple[str | int, ...]:
    """Without the tag that the validator puts before the members of a tagged body; a member may bear the same name."""
    named = _discriminator(route)
    tagged = named is not None and isinstance(body, Mapping) and parts[:1] == (body.get(named),)
    return parts[1:] if tagged else parts


def _tag_fault(entry: Mapping[str, Any], parts: tuple[str | int, ...]) -> LocatedFault:
    """The fault of a tag that is missing or unknown, at the tag. Nothing else of the body is shown."""
    context = entry["ctx"]
    named = context["discriminator"].strip("'")
    if entry["type"] == "union_tag_not_found":
        return LocatedFault(_pointer((*parts, named)), "missing_member", {"member": named})
    code, facts = _choice(str(context["tag"])[:_MOST_SHOWN], _QUOTED.findall(context["expected_tags"]))
    return LocatedFault(_pointer((*parts, named)), code, facts)


def _pointer(parts: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1")[:200] for part in parts)


def _true_path(parts: Sequence[str | int], body: Any) -> Iterator[str | int]:
    """Drop what the validator says of itself (the tag of a union): only what leads through the body remains."""
    for place, part in enumerate(parts):
        if isinstance(body, Mapping) and (part in body or place == len(parts) - 1):
            yield part
            body = body.get(part)
        elif isinstance(body, list) and isinstance(part, int):
            yield part
            body = body[part] if part < len(body) else None


def _said(entry: Mapping[str, Any], parts: Sequence[str | int], route: Any) -> tuple[str, dict[str, Fact]]:
    kind, context = entry["type"], entry.get("ctx", {})
    name = str(parts[-1])[:_MOST_SHOWN] if parts else ""
    if kind == "extra_forbidden":
        return _unknown(name, _members(route, parts[:-1]))
    if kind == "missing":
        return ("missing_member", {"member": name}) if parts else ("missing_body", {})
    if kind in {"literal_error", "enum"}:
        allowed = _QUOTED.findall(str(context.get("expected", "")))
        return _choice(str(entry.get("input"))[:_MOST_SHOWN], allowed)
    if kind == "dict_type" and isinstance(entry.get("input"), str) and _is_by_locale(route, parts):
        return "text_by_locale", {"member": name}
    if kind == "string_type" and _has_locales(entry.get("input")):
        return "text_in_one_language", {"member": name}
    if kind in _TYPES:
        return "wrong_type", {"expected": _TYPES[kind]}
    if kind in _LONG:
        return "too_long", {"limit": context[_LONG[kind]]}
    if kind in _SHORT:
        return "too_short", {"limit": context[_SHORT[kind]]}
    if kind in _BOUNDS:
        sign, limit = _BOUNDS[kind]
        return "out_of_bounds", {"bound": f"{sign} {context[limit]}"}
    if kind == "string_pattern_mismatch":
        return "wrong_form", {"expected": context["pattern"]}
    if kind.startswith(("datetime", "timezone", "time")):
        return "not_a_time", {}
    if kind.startswith("date"):
        return "not_a_date", {}
    return _own(kind, entry)


def _own(kind: str, entry: Mapping[str, Any]) -> tuple[str, dict[str, Fact]]:
    """Validators of our own schemas raise PydanticCustomError with a code of `voting/phrases`."""
    context = {key: value for key, value in entry.get("ctx", {}).items() if isinstance(value, str | int)}
    if kind in {"value_error", "assertion_error"} or kind.endswith(("_parsing", "_type", "_invalid")):
        return "not_allowed_value", {"reason": str(entry["msg"])[:200]}
    return kind, cast(dict[str, Fact], context)


def refuse_unknown(names: Iterable[str], known: Collection[str]) -> None:
    """Refuse query parameters that a route does not know: `?dry-run=true` would write, `?stat=open` would list everything."""
    faults = []
    for name in names:
        if name not in known:
            code, facts = _unknown(name[:_MOST_SHOWN], sorted(known))
            faults.append(LocatedFault(_pointer([name]), code, facts, "query"))
    if faults:
        raise Invalid(faults[:_MOST_FAULTS])


def _unknown(member: str, known: Sequence[str]) -> tuple[str, dict[str, Fact]]:
    guess = nearest(member, known)
    if guess is None:
        return "unknown_member", {"member": member, "known": known}
    return "unknown_member_did_you_mean", {"member": member, "nearest": guess}


def _choice(value: str, allowed: Sequence[str]) -> tuple[str, dict[str, Fact]]:
    guess = nearest(value, allowed)
    if guess is None:
        return "not_one_of", {"value": value, "allowed": allowed}
    return "not_one_of_did_you_mean", {"value": value, "allowed": allowed, "nearest": guess}


def _members(route: Any, parts: Sequence[str | int]) -> list[str]:
    """The members that the route's body knows at a path."""
    return sorted(
        {info.alias or name for model in _models_at(route, parts) for name, info in model.model_fields.items()}
    )


def _models_at(route: Any, parts: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that the route's body may have at a path."""
    field = getattr(route, "body_field", None)
    models = [] if field is None else list(_models(field.field_info.annotation))
    for part in parts:
        if isinstance(part, str):
            models = [inner for model in models for inner in _models(_annotation(model, part))]
    return models


def _is_by_locale(route: Any, parts: Sequence[str | int]) -> bool:
    """Whether a member of the route's body holds the same text in several languages."""
    named = (_annotation(model, str(parts[-1])) for model in _models_at(route, parts[:-1])) if parts else ()
    return any(_is_keyed_by_locale(annotation) for annotation in named)


def _is_keyed_by_locale(annotation: Any) -> bool:
    inner = get_args(annotation)
    if get_origin(annotation) is dict:
        return bool(inner[0] == Locale)
    return any(map(_is_keyed_by_locale, inner))


def _has_locales(value: Any) -> bool:
    """Whether a value is the same text in several languages."""
    return isinstance(value, Mapping) and bool(value) and all(_LOCALE.fullmatch(str(name)) for name in value)


def _annotation(model: type[BaseModel], member: str) -> Any:
    for name, info in model.model_fields.items():
        if member in (name, info.alias):
            return info.annotation
    return None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
