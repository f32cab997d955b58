"""Conditional requests. Source: RFC 9110 §8.8 (etags), §13 (conditions).

Every GET carries a strong etag. A versioned resource's is `"<version>.<hash>"`: the hash covers the representation (and so
the caller's language and allowed actions), the version alone is compared by If-Match.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import Annotated, TypeVar

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.exchange import Exchange, exchange_of
from api.schemas.base import Representation
from voting.errors import PreconditionRequired, StalePrecondition

M = TypeVar("M", bound=Representation)
_MOST_TAGS = 32


def digest(content: bytes) -> str:
    """90 bits of SHA-256 as 15 characters."""
    return urlsafe_b64encode(hashlib.sha256(content).digest()[:12]).decode()[:15]


def conditional(response: Response, exchange: Exchange) -> Response:
    """Give a successful answer its etag; answer 304 without a body when the caller has it already."""
    if response.status_code != 200 or not hasattr(response, "body"):
        return response
    tag = response.headers.get("etag")
    if tag is None:
        tag = response.headers["etag"] = f'"{digest(bytes(response.body))}"'
    response.headers.setdefault("cache-control", "private, no-cache")
    response.headers.setdefault("vary", "Accept-Language, Authorization, Origin")
    if tag != exchange.known and not _matches(exchange.header(b"if-none-match"), tag):
        return response
    kept = {name: value for name, value in response.headers.items() if name not in {"content-length", "content-type"}}
    return Response(status_code=304, headers=kept)


def is_current(exchange: Exchange, tag: str) -> bool:
    """Whether the caller says that it has the representation of this tag."""
    return _matches(exchange.header(b"if-none-match"), tag)


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")[:_MOST_TAGS]]


def _matches(if_none_match: str, tag: str) -> bool:
    """Weak comparison (RFC 9110 §13.1.2): a proxy that compressed the answer may have weakened the tag."""
    return any(given == "*" or given.removeprefix("W/") == tag for given in _tags(if_none_match))


def stamp(model: Representation, version: int | None) -> str:
    """Write the etag of a representation into it, and return it. With a version it is usable as If-Match."""
    hashed = digest(_canonical(model))
    model.etag = f'"{hashed}"' if version is None else f'"{version}.{hashed}"'
    return model.etag


class Conditions:
    """The conditions of one request, and the etag of its answer."""

    def __init__(self, request: Request, response: Response) -> None:
        self._if_match = exchange_of(request.scope).header(b"if-match")
        self._response = response

    def answer(self, model: M, version: int | None = None) -> M:
        """Set the etag in the body and in the header. `version` (or the model's own) makes it usable as If-Match."""
        if version is None:
            version = getattr(model, "version", None)
        self._response.headers["etag"] = stamp(model, version)
        return model

    def expects(self, version: int) -> None:
        """Refuse an edit that does not say it edits this version: 428 without If-Match, 412 when it names another."""
        if not self._if_match:
            raise PreconditionRequired("precondition_required")
        if not any(tag == "*" or tag.strip('"').partition(".")[0] == str(version) for tag in _tags(self._if_match)):
            raise StalePrecondition("precondition_failed")


def _canonical(model: BaseModel) -> bytes:
    return model.model_dump_json(exclude={"etag"}).encode()


async def _conditions(request: Request, response: Response) -> Conditions:
    return Conditions(request, response)


Conditional = Annotated[Conditions, Depends(_conditions)]
"""For a GET: `conditional.answer(model)`. For an edit: `conditional.expects(version)` first, and declare `IfMatch`."""

IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The etag that was read; required", examples=['"3.kO2y"'])
]
"""Documents the header of an edit; `Conditional` reads it."""
