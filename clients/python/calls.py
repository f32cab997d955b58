"""One call of the service, without a network: what to send, and what to make of the answer.

Every method of the clients is a function that returns a `Call`; `exchange` is the conversation that follows (send, read,
wait, send again) as a generator. The clients only carry it out, one with blocking calls and one with `await`, so that
neither holds a rule that the other lacks.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from clients.python.errors import NoAnswer, UnexpectedAnswer, YishiClientError, problem
from clients.python.records import Record, read
from clients.python.retries import Retries

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx: the status, the headers (names in lower case) and the body."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def document(self) -> Any:
        """The body as JSON; None when it is empty."""
        if not self.content:
            return None
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise UnexpectedAnswer(f"expected JSON with status {self.status}, got {self.content[:80]!r}") from error


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """What to send, and how to read a 2xx."""

    method: str
    path: str
    parse: Callable[[Answer], T]
    query: Mapping[str, str | int | bool] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    creates: bool = False
    """A POST that makes something: it is sent with an Idempotency-Key, the same one every time."""
    idempotent: bool = False
    """A POST that cannot act twice by its own content."""
    patience: int = 0
    """Seconds that the answer may take beyond what others may."""

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice acts once."""
        return self.method in ("GET", "HEAD") or self.creates or self.idempotent


@dataclass(frozen=True, slots=True)
class Send:
    """Send this; resume with an `Answer`, or with the `NoAnswer` that came instead."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    patience: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds; resume with None."""

    seconds: float


Step = Send | Wait
Outcome = Answer | NoAnswer | None
Conversation = Generator[Step, Outcome, T]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls which service, in which language, and how patiently."""

    base_url: str
    token: str | None = None
    locale: str = "en"
    retries: Retries = field(default_factory=Retries)

    def request(self, call: Call[Any]) -> Send:
        """The call as a request; a new Idempotency-Key for each call that creates."""
        content = call.content if call.json is None else json.dumps(call.json, ensure_ascii=False).encode()
        headers = {"accept": "application/json", "accept-language": self.locale, **call.headers}
        if content is not None:
            headers["content-type"] = call.content_type
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        if call.creates:
            headers.setdefault("idempotency-key", secrets.token_hex(16))
        return Send(call.method, self.base_url + call.path + _query(call.query), headers, content, call.patience)


def exchange(call: Call[T], caller: Caller) -> Conversation[T]:
    """Send, read, and where it is right wait and send the same bytes again."""
    request = caller.request(call)
    attempt = 0
    while True:
        attempt += 1
        try:
            outcome = yield request
            return call.parse(accept(outcome))
        except YishiClientError as error:
            wait = caller.retries.wait_before_retry(error, attempt, call.repeatable)
            if wait is None:
                raise
        yield Wait(wait)


def accept(answer: Outcome) -> Answer:
    """The answer, if it is a success. Raises the `Problem` it tells of, or the `NoAnswer` that came instead."""
    if isinstance(answer, NoAnswer):
        raise answer
    assert answer is not None, "a Send is resumed with its outcome"
    if answer.status < 400:
        return answer
    try:
        document = answer.document()
    except UnexpectedAnswer:
        document = {"detail": answer.content[:200].decode(errors="replace")}
    facts = document if isinstance(document, dict) else {"detail": str(document)}
    if "retry-after" in answer.headers and answer.headers["retry-after"].isdigit():
        facts = {"retry_after": int(answer.headers["retry-after"]), **facts}
    raise problem(answer.status, facts)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the cursor of the next page (None on the last)."""

    items: tuple[T, ...]
    next_cursor: str | None


def following(call: Call[Page[T]], page: Page[T]) -> Call[Page[T]] | None:
    """The call for the page after this one."""
    return None if page.next_cursor is None else replace(call, query={**call.query, "cursor": page.next_cursor})


def path(*parts: str) -> str:
    """`/v1/` and the parts, each escaped."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def one(kind: type[R]) -> Callable[[Answer], R]:
    """Reads one record."""
    return lambda answer: read(kind, answer.document())


def newer(known: R) -> Callable[[Answer], R]:
    """Reads the record that was waited for: the known one when it is still current."""
    return lambda answer: known if answer.status == 304 else read(type(known), answer.document())


def page_of(kind: type[R]) -> Callable[[Answer], Page[R]]:
    """Reads one page of records."""

    def parse(answer: Answer) -> Page[R]:
        document = answer.document()
        if not isinstance(document, dict) or not isinstance(document.get("items"), list):
            raise UnexpectedAnswer(f"expected a page with `items`, got {answer.content[:80]!r}")
        return Page(tuple(read(kind, item) for item in document["items"]), document.get("next_cursor"))

    return parse


def if_match(etag: str) -> dict[str, str]:
    """The condition that the resource is still the one that was read."""
    return {"if-match": etag if etag.startswith('"') else f'"{etag}"'}


def present(**members: Any) -> dict[str, Any]:
    """The members that were given: None means absent, the service knows no null."""
    return {name: value for name, value in members.items() if value is not None}


def _query(query: Mapping[str, str | int | bool]) -> str:
    pairs = (f"{quote(name)}={quote(_scalar(value), safe='')}" for name, value in query.items())
    text = "&".join(pairs)
    return f"?{text}" if text else ""


def _scalar(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
