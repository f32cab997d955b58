"""Keyset paging: a cursor names the last row seen, never an offset.

A cursor is opaque to callers. It holds the last row's key and a fingerprint of the list (path and filters), so that a
cursor of another list, or one that was changed, is refused instead of being read as something else. It grants nothing:
the list itself decides what the caller may see.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.schemas.base import ListPage
from api.services import Services
from api.validation import LocatedFault
from voting.errors import Invalid

Key = tuple[str | int, ...]
R = TypeVar("R")
T = TypeVar("T")

_PRINT = 12
_LONGEST = 600
_MOST_MEMBERS = 4
_NO_FILTERS = frozenset({"cursor", "limit", "dry_run", "wait", "etag"})


def _fingerprint(listed: str, key: bytes) -> bytes:
    return hashlib.sha256(listed.encode() + b"\n" + key).digest()[:_PRINT]


def encode(key: Key, listed: str) -> str:
    """The cursor after a row of that key in that list."""
    written = json.dumps(key, ensure_ascii=False, separators=(",", ":")).encode()
    return urlsafe_b64encode(_fingerprint(listed, written) + written).decode().rstrip("=")


def decode(cursor: str, listed: str) -> Key:
    """The key in a cursor of that list. Raises Invalid `cursor_invalid`."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        key = json.loads(raw[_PRINT:])
    except ValueError as error:
        raise _refused() from error
    if raw[:_PRINT] != _fingerprint(listed, raw[_PRINT:]) or not isinstance(key, list):
        raise _refused()
    if not 0 < len(key) <= _MOST_MEMBERS or not all(map(_is_storable, key)):
        raise _refused()
    return tuple(key)


def _is_storable(member: object) -> bool:
    """Whether a database can compare with it. Anybody may make up a cursor: its fingerprint is no secret."""
    if isinstance(member, str):
        return "\x00" not in member and not any("\ud800" <= char <= "\udfff" for char in member)
    return type(member) is int and -(2**63) <= member < 2**63


def _refused() -> Invalid:
    return Invalid([LocatedFault("/cursor", "cursor_invalid", {}, "query")])


class Paging:
    """Where a page begins and how long it is.

    A route asks its service for `fetch` rows after `after`; the row beyond `limit` only tells that there is a next page.
    """

    def __init__(self, request: Request, response: Response, cursor: str | None, limit: int) -> None:
        self._path = request.url.path
        self._filters = [(k, v) for k, v in parse_qsl(request.url.query) if k not in _NO_FILTERS]
        self._response = response
        self._listed = f"{self._path}?{urlencode(sorted(self._filters))}"
        self.limit = limit
        self.after: Key | None = decode(cursor, self._listed) if cursor else None

    @property
    def after_id(self) -> str | None:
        """The key of a list that is sorted by id alone."""
        return None if self.after is None else str(self.after[0])

    @property
    def after_number(self) -> int | None:
        """The key of a list that is sorted by a number alone. Raises Invalid `cursor_invalid`."""
        found: tuple[int] | None = self.after_as(int)
        return None if found is None else found[0]

    def after_as(self, *kinds: type) -> Any:
        """The key, with members of exactly these types. Raises Invalid `cursor_invalid`."""
        if self.after is not None and tuple(map(type, self.after)) != kinds:
            raise _refused()
        return self.after

    @property
    def fetch(self) -> int:
        """How many rows to ask for: one more than the page holds."""
        return self.limit + 1

    def answer(self, rows: Sequence[R], key: Callable[[R], Key], present: Callable[[R], T]) -> ListPage[T]:
        """The page of these rows, with `next_cursor` and the Link header when more follow."""
        shown = rows[: self.limit]
        page = ListPage[T](items=[present(row) for row in shown])
        if len(rows) > self.limit:
            page.next_cursor = encode(key(shown[-1]), self._listed)
            query = urlencode([*self._filters, ("limit", self.limit), ("cursor", page.next_cursor)])
            self._response.headers["link"] = f'<{self._path}?{query}>; rel="next"'
        return page


async def _paging(
    request: Request,
    response: Response,
    cursor: Annotated[str | None, Query(max_length=_LONGEST, description="`next_cursor` of the page before")] = None,
    limit: Annotated[int | None, Query(ge=1, le=1000, description="Items of one page")] = None,
) -> Paging:
    settings = request.app.state.services.settings
    assert isinstance(request.app.state.services, Services)
    return Paging(request, response, cursor, min(limit or settings.page_size, settings.max_page_size))


Page = Annotated[Paging, Depends(_paging)]
"""The page the caller wants: `page.answer(service(…, after=page.after_id, limit=page.fetch), key, present)`."""
