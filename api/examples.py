"""Examples for the description of the interface, made from the examples of the single members.

A schema gives the examples of its members; this puts them together, so that every body and every answer shows a whole one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BY_FORMAT = {
    "date-time": "2026-03-01T08:00:00Z",
    "date": "2026-03-01",
    "uri": "https://example.org/",
    "binary": "…",
}
_BY_TYPE: Mapping[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": False, "null": None}
_DEEPEST = 8


def example(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int = 0) -> Any:
    """One value that fits the schema; `components` resolves its references."""
    if depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return example(components[schema["$ref"].rpartition("/")[2]], components, depth + 1)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    for fixed in ("example", "const", "default"):
        if schema.get(fixed) is not None:
            return schema[fixed]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return example(schema[choice][0], components, depth + 1)
    return _of_type(schema, components, depth)


def _of_type(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        members = schema.get("properties", {})
        return {name: example(member, components, depth + 1) for name, member in members.items()}
    if kind == "array":
        items = schema.get("items", {})
        return [example(items, components, depth + 1)] if items else []
    if kind == "string" and schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    return _BY_TYPE.get(str(kind))
