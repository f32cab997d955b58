"""Nothing that can be sent gives a 500 or loses anything: every write route is sent every kind of bad input.

The good requests of the authorisation matrix are spoiled in one way after another. Every answer must be a problem with code,
detail, fix and, for wrong values, pointers; afterwards every table holds what it held before.

`make check` sends what is refused before storage to SQLite, and what may get as far as a statement to PostgreSQL, which is the
stricter; `make prove` sends the latter to both.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, literal, select, union_all

from tests.api.authorisation import BODIES, address, rows
from tests.api.conftest import Service
from tests.api.test_authorisation_matrix import bearers, settle_service
from tests.databases import swept_on
from voting.schema import metadata
from voting.store import reader

WRITES = [row for row in rows() if not row.startswith("GET")]
JSON = {"Content-Type": "application/json"}
FILES = {
    "POST /v1/communities/{community_id}/register/import": "text/csv",
    "POST /v1/contests/{contest_id}/deliveries/import": "text/csv",
    "POST /v1/proposals/{proposal_id}/attachments": "image/png",
}
"""What takes a file instead of JSON, and of which kind."""
WITH_JSON = [row for row in WRITES if row not in FILES]
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**53 - 1, 2**31, "", "x" * 100_000, "é" * 5000, "'; DROP TABLE person; --", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z", "\u202e%s{0}{x}", [], [None], ["x"] * 3000, [[[[[[1]]]]]], {}, {"": ""}, {"zh-CN": "\u0301"},
)  # fmt: skip

COUNTS = union_all(*(select(literal(table.name), func.count()).select_from(table) for table in metadata.sorted_tables))

HEADERS = (
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer " + "x" * 9000},
    {"Authorization": "Bearer a.b.c"},
    {"Authorization": b"Bearer \xff\xfe"},
    {"Accept-Language": ";q=,;;q=9e999"},
    {"If-Match": '"' * 3000},
    {"If-Match": b"\xff"},
    {"X-Request-Id": "a\tb" * 50},
    {"Idempotency-Key": "x"},
    {"Origin": b"\xff"},
    {"X-HTTP-Method-Override": "TRACE"},
    {"Content-Encoding": "gzip"},
    {"Content-Length": "-5"},
)
READ_BEFORE_STORAGE = pytest.mark.parametrize("service", ["sqlite"], indirect=True)
"""What is refused before anything is looked up is sent to one of the two databases."""
QUERIES = ("dry_run=2", "dry_run=", "dry_run=true&dry_run=x", "%00", "dry_run=%ff", "a" * 5000, "&&&===")
STRANGE_IDS = ("x" * 3000, "%00", "%ff%fe", "per_%F0%9F%9A%97", "' OR 1=1 --", "con_open%0a", "{x}")


class World:
    """A service with a settled community, and whoever may write in it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        settle_service(service.app)
        callers = bearers(service.app)
        self.admin, self.voter = callers["admin"], callers["resident"]
        self.wrong: list[str] = []

    def counts(self) -> dict[str, int]:
        """Table → rows."""
        with reader(self.service.engine) as session:
            return dict(session.execute(COUNTS).all())

    def send(
        self, row: str, content: bytes | None, *, query: str = "", path: str = "", headers: dict[Any, Any] = JSON
    ) -> httpx.Response:
        """Send one request as whoever may, and note what is wrong with the answer."""
        caller = self.voter if row.endswith("/ballots") else self.admin
        method = row.split()[0]
        url = (path or address(row)) + (f"?{query}" if query else "")
        sent = {"If-Match": "*"} | caller | headers
        answer = self.service.request(method, url, content=content, headers=sent)
        fault = fault_of(answer)
        if fault:
            self.wrong.append(f"{row} {query[:20]} {(content or b'')[:120]!r}: {fault}")
        return answer


def fault_of(answer: httpx.Response) -> str | None:
    """What is wrong with an answer, if anything."""
    if answer.status_code < 400:
        return None
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.headers["content-type"] != "application/problem+json":
        return f"no problem but {answer.headers['content-type']}"
    problem = answer.json()
    if not (problem["code"] and problem["title"] and problem["detail"] and problem["status"] == answer.status_code):
        return f"an incomplete problem {problem}"
    if "{" in problem["detail"] + problem["fix"] and "{x}" not in problem["detail"]:
        return f"a fact is missing in {problem['detail']} {problem['fix']}"
    for error in problem["errors"]:
        if not (error["code"] and error["detail"]) or (error["pointer"] and not error["pointer"].startswith("/")):
            return f"an incomplete error {error}"
    return None


@pytest.fixture(scope="module")
def world(service: Service) -> World:
    return World(service)


@pytest.fixture(autouse=True)
def nothing_is_lost(world: World) -> Iterator[None]:
    """Whatever a test of this file sends leaves every table as it was, and every answer was right."""
    before = world.counts()
    world.wrong.clear()
    yield
    assert world.wrong == [], "\n".join(world.wrong[:20])
    assert world.counts() == before


def good(row: str) -> Any:
    """The body of the matrix, to spoil."""
    return copy.deepcopy(BODIES.get(row, {}))


def encoded(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def refused(world: World, row: str, content: bytes, *codes: str, **options: Any) -> None:
    """Send it and note when it was not refused, or for another reason."""
    answer = world.send(row, content, **options)
    if answer.status_code < 400:
        world.wrong.append(f"{row} {content[:80]!r} was let in with {answer.status_code}")
        return
    problem = answer.json()
    found = {problem["code"], *(error["code"] for error in problem["errors"])}
    if codes and not found & set(codes):
        world.wrong.append(f"{row} {content[:80]!r}: {found} instead of {codes}")


@READ_BEFORE_STORAGE
@pytest.mark.parametrize(
    "content", [b"{", b'{"a":', b"[1,", b'"', b"nul", b"\x00", b"{}{}", b"'a'", b"{'a': 1}", b"\xef\xbb\xbf{}"]
)
def test_broken_json(world: World, content: bytes) -> None:
    for row in WITH_JSON:
        refused(world, row, content, "malformed_json")


@READ_BEFORE_STORAGE
@pytest.mark.parametrize("content", [b"\xff", b'{"a": "\xc3"}', b'{"a\xed\xa0\x80": 1}', '{"a": 1}'.encode("utf-16")])
def test_bytes_that_are_not_utf8(world: World, content: bytes) -> None:
    for row in WITH_JSON:
        refused(world, row, content, "malformed_encoding")


@READ_BEFORE_STORAGE
def test_ten_megabytes(world: World) -> None:
    large = b'{"a": "' + b"x" * 10_000_000 + b'"}'
    for row in WITH_JSON:
        refused(world, row, large, "body_too_large")
    for row in FILES:
        refused(world, row, b"x" * 10_000_000, headers={"Content-Type": FILES[row]})


@READ_BEFORE_STORAGE
@pytest.mark.parametrize("opened", [b"[", b'{"a":', b'[{"a":'])
def test_deep_nesting(world: World, opened: bytes) -> None:
    for row in WITH_JSON:
        refused(world, row, opened * 50_000, "too_deep")


@READ_BEFORE_STORAGE
def test_nul_and_unpaired_surrogates(world: World) -> None:
    for row in WITH_JSON:
        for text in (b'"\\u0000"', b'"\\ud800"', b'"a\\udfffb"'):
            refused(world, row, b'{"a": ' + text + b"}", "forbidden_character")


@READ_BEFORE_STORAGE
def test_members_given_twice(world: World) -> None:
    for row in WITH_JSON:
        refused(world, row, b'{"a": 1, "a": 1}', "duplicate_member")


@READ_BEFORE_STORAGE
def test_numbers_nobody_can_hold(world: World) -> None:
    for row in WITH_JSON:
        for number in (b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"9007199254740992"):
            refused(world, row, b'{"a": ' + number + b"}", "number_out_of_range")


@READ_BEFORE_STORAGE
def test_other_media_types(world: World) -> None:
    for row in WITH_JSON:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"):
            refused(
                world, row, encoded(good(row) or {"a": 1}), "unsupported_media_type", headers={"Content-Type": kind}
            )


@swept_on("sqlite")
def test_unknown_members_at_every_level(world: World) -> None:
    unknown = {"unknown_member", "unknown_member_did_you_mean", "unexpected_member"}
    for row in WITH_JSON:
        for body, _ in spoiled(good(row), lambda value: value | {"zz_unknown": 1} if isinstance(value, dict) else None):
            if not is_free(body):
                refused(world, row, encoded(body), *unknown)


def is_free(body: Any) -> bool:
    """Members of `question`, `name`, `title`, `body`, `text`, `clause` and `label` are languages: any tag is a member there."""
    if any("zz_unknown" in (body.get(name) or {}) for name in ("question", "name", "title", "body", "text", "clause")):
        return True
    inner = [one for name in ("options", "parts") for one in body.get(name, ()) if isinstance(one, dict)]
    return any("zz_unknown" in one.get(name, {}) for one in inner for name in ("label", "title", "body"))


def spoiled(body: Any, change: Any) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """The body with `change` made at one place after another; None from `change` leaves the place out."""
    for path in places(body):
        made = copy.deepcopy(body)
        parent: Any = {"": made}
        steps: tuple[str | int, ...] = ("", *path)
        for step in steps[:-1]:
            parent = parent[step]
        new = change(parent[steps[-1]])
        if new is not None:
            parent[steps[-1]] = new
            yield parent[""] if not path else made, path


def places(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(body, dict):
        for name, value in body.items():
            yield from places(value, (*path, name))
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from places(value, (*path, number))


@swept_on("postgresql")
@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: repr(value)[:24])
def test_a_wrong_value_in_every_place(world: World, wrong: Any) -> None:
    for row in WITH_JSON:
        bodies = [made for made, _ in spoiled(good(row), lambda _: {"wrong": wrong})]
        for body in bodies:
            world.send(row, encoded(unwrapped(body)), query="dry_run=true")


def unwrapped(value: Any) -> Any:
    """`{"wrong": value}` stood for a value that may be None."""
    if isinstance(value, dict):
        return value["wrong"] if set(value) == {"wrong"} else {name: unwrapped(one) for name, one in value.items()}
    return [unwrapped(one) for one in value] if isinstance(value, list) else value


@swept_on("postgresql")
def test_a_member_left_out(world: World) -> None:
    for row in WITH_JSON:
        for member in good(row):
            body = good(row)
            del body[member]
            world.send(row, encoded(body), query="dry_run=true")


@READ_BEFORE_STORAGE
@pytest.mark.parametrize("headers", HEADERS, ids=lambda value: repr(value)[:40])
def test_strange_headers(world: World, headers: dict[Any, Any]) -> None:
    for row in WITH_JSON:
        world.send(row, encoded(good(row)), query="dry_run=true", headers=JSON | headers)


@swept_on("sqlite")
def test_strange_queries(world: World) -> None:
    for row in WITH_JSON:
        for query in QUERIES[:3]:
            refused(world, row, encoded(good(row)), query=query)
        for query in QUERIES[3:]:
            world.send(row, encoded(good(row)), query=f"dry_run=true&{query}")


@swept_on("postgresql")
def test_strange_ids_in_the_address(world: World) -> None:
    for row in rows():
        before, brace, after = row.split()[1].partition("{")
        for strange in STRANGE_IDS if brace else ():
            url = before + strange + after.partition("}")[2].replace("{", "").replace("}", "")
            kind = {"Content-Type": FILES[row]} if row in FILES else JSON
            answer = world.send(row, encoded(good(row)), path=url, query="dry_run=true", headers=kind)
            if answer.status_code not in {200, 401, 403, 404, 409, 422}:
                world.wrong.append(f"{row} {strange[:20]}: {answer.status_code}")


@swept_on("postgresql")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"a,b,c\n1,2,3\n",
        b"PK\x03\x04garbage",
        b'"' * 5000,
        b",\n" * 5000,
        "楼栋".encode("gb18030"),
    ],
)
@pytest.mark.parametrize(
    "kind", ["text/csv", "application/octet-stream", "multipart/form-data; boundary=x", "multipart/form-data"]
)
def test_files_that_are_no_table(world: World, content: bytes, kind: str) -> None:
    for row in FILES:
        refused(world, row, content, headers={"Content-Type": kind})
