"""What all bodies share. Requests are strict and know their members; representations carry their etag in the body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError

T = TypeVar("T")
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_STRICT = {"int", "bool", "float"}


def _put_last(schema: Any, names: Sequence[str]) -> None:
    """Move fields of a model to the end of it, in the order of the names."""
    while "fields" not in schema:
        schema = schema["schema"]
    for name in names:
        if name in schema["fields"]:
            schema["fields"][name] = schema["fields"].pop(name)


def _make_strict(schema: Any) -> None:
    if isinstance(schema, dict):
        kind = schema.get("type")
        if isinstance(kind, str) and kind in _STRICT:  # A model may have a member of the name `type`.
            schema["strict"] = True
        for value in list(schema.values()):
            _make_strict(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            _make_strict(value)


class Request(BaseModel):
    """A body that is sent to us: unknown members are refused, `"5"` is no number and `1` is no truth.

    Texts arrive here already in NFC, without NUL and without unpaired surrogates (`api.strict_json`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema with every number and truth value strict."""
        schema = handler(source)
        _make_strict(schema)
        return schema


def _instant(value: Any) -> datetime:
    """Text of RFC 3339 with an offset, as UTC."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if found.tzinfo is not None and _EARLIEST <= found < _LATEST:
            return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise PydanticCustomError("not_a_time", "expected an RFC 3339 instant with its offset")


def _written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[datetime, BeforeValidator(_instant), PlainSerializer(_written, when_used="json")]
"""An instant: RFC 3339 with an offset in a request, UTC with `Z` in an answer."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""One line: a name, a label."""

LongText = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
"""A description."""

LOCALE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Locale = Annotated[str, StringConstraints(pattern=LOCALE, max_length=35)]
"""A language tag (BCP 47)."""

LocalText = Annotated[
    dict[Locale, LongText], Field(min_length=1, max_length=20, examples=[{"zh-CN": "停车改造", "en": "Parking"}])
]
"""The same text in several languages, keyed by locale."""


class AllowedAction(BaseModel):
    """One thing the caller might do next, and whether they may now."""

    action: str = Field(examples=["open"])
    method: str = Field(examples=["POST"])
    href: str = Field(examples=["/v1/contests/con_01jv/open"])
    allowed: bool
    reason: str | None = Field(None, description="Why not, as a code of /problems")


def _is_empty(value: Any) -> bool:
    return not value


class Representation(BaseModel):
    """A resource as it is answered: what it is first, then what may be done with it, then its etag."""

    model_config = ConfigDict(from_attributes=True)

    etag: str = Field(
        "",
        exclude_if=_is_empty,
        description="The strong etag of this representation; send it back as If-Match. An item of a list has none",
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema with what every resource has behind what is its own."""
        schema = handler(source)
        _put_last(schema, ("allowed_actions", "etag"))
        return schema


class Actionable(Representation):
    """A resource that lists what THIS caller may do with it."""

    allowed_actions: list[AllowedAction] = Field(
        default_factory=list,
        exclude_if=_is_empty,
        description="What this caller may do, and why not the rest. Absent where it has not been looked at: read the resource",
    )


class ListPage(Representation, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(None, description="Send it back as `cursor`; absent on the last page")
