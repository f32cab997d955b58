"""Nothing that is sent can hurt: bodies are bounded, JSON is read strictly, callers are counted, browsers are sorted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api.app import create_app
from api.limits import RateLimit, address_of
from api.route import YishiRoute
from api.schemas.base import Request
from voting.community.tables import Community
from voting.errors import TooMany
from voting.settings import Settings
from voting.store import transact

NOW = datetime(2026, 3, 1, tzinfo=UTC)
JSON = {"Content-Type": "application/json"}


class Note(Request):
    text: str
    more: list[object] | None = None


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_alone


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1/notes", route_class=YishiRoute)

    @router.post("")
    def note(body: Note) -> str:
        return body.text

    @router.get("")
    def read() -> str:
        return "read"

    return router


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings.model_copy(update={"rate_per_minute": 5, "max_body_bytes": 2000}))
    made.include_router(routes())
    async with made.router.lifespan_context(made):
        yield made


async def refused(client: httpx.AsyncClient, body: bytes, headers: dict[str, str] = JSON) -> tuple[int, str]:
    answer = await client.post("/v1/notes", content=body, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found = answer.json()
    return answer.status_code, found["errors"][0]["code"] if found["errors"] else found["code"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "missing_body"),
        (b"{", 400, "malformed_json"),
        (b'{"text": NaN}', 422, "number_out_of_range"),
        (b'{"text": 1e999}', 422, "number_out_of_range"),
        (b'{"text": 9007199254740992}', 422, "number_out_of_range"),
        (b'{"text": ' + b"9" * 1500 + b"}", 422, "number_out_of_range"),
        (b'{"text": "\xff"}', 400, "malformed_encoding"),
        (b'{"text": "\xed\xa0\x80"}', 400, "malformed_encoding"),
        (b'{"text": "a\\u0000b"}', 422, "forbidden_character"),
        (b'{"text": ["a' + "\u0301\u0316".encode() * 400 + b'"]}', 422, "text_too_many_marks"),
        (b'{"text": "\\ud800"}', 422, "forbidden_character"),
        (b'{"text": "a\x00b"}', 400, "malformed_json"),
        (b'{"text": "a", "text": "b"}', 422, "duplicate_member"),
        (b'{"caf\xc3\xa9": 1, "cafe\xcc\x81": 2}', 422, "duplicate_member"),
        (b'{"text": "a", "more": ' + b"[" * 900 + b"]" * 900 + b"}", 422, "too_deep"),
        (b"[" * 1999, 422, "too_deep"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b'"text"', 422, "wrong_type"),
        (b"x" * 2001, 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_not_what_it_should_be_is_a_problem(
    client: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    assert await refused(client, body) == (status, code)


@pytest.mark.anyio
async def test_a_pair_of_surrogates_is_a_character(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/notes", content=b'{"text": "\\ud83d\\ude97"}', headers=JSON)
    assert answer.json() == "🚗"


@pytest.mark.anyio
async def test_texts_are_taken_in_nfc(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/notes", content='{"text": "cafe\u0301"}'.encode(), headers=JSON)
    assert answer.json() == "caf\u00e9"


@pytest.mark.anyio
async def test_brackets_inside_a_text_are_not_depth(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/notes", json={"text": '\\"[[' * 100})
    assert answer.status_code == 200


@pytest.mark.anyio
async def test_a_body_without_a_length_is_bounded_too(client: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 500
            yield b"x" * 500

    answer = await client.post("/v1/notes", content=endless(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert sent < 5000


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["text/plain", "", "application/jsonx", "multipart/form-data"])
async def test_another_media_type_is_a_415(client: httpx.AsyncClient, kind: str) -> None:
    assert await refused(client, b"{}", {"Content-Type": kind}) == (415, "unsupported_media_type")


@pytest.mark.anyio
async def test_a_coded_body_is_a_415(client: httpx.AsyncClient) -> None:
    assert await refused(client, b"{}", JSON | {"Content-Encoding": "gzip"}) == (415, "unsupported_encoding")


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/v1/%00", "/v1/notes?x=%00", "/problems/a%00b"])
async def test_a_nul_in_an_address_is_a_404(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.anyio
async def test_a_caller_is_told_what_is_left_and_then_when_to_come_back(client: httpx.AsyncClient) -> None:
    answers = [await client.get("/v1/notes") for _ in range(6)]
    assert answers[0].headers["ratelimit"].startswith('"caller";r=4;t=')
    assert answers[0].headers["ratelimit-policy"] == '"caller";q=5;w=60'
    refusal = answers[-1]
    assert (refusal.status_code, refusal.json()["code"]) == (429, "rate_exceeded")
    assert int(refusal.headers["retry-after"]) == refusal.json()["retry_after"] > 0


@pytest.mark.anyio
async def test_a_caller_with_a_token_is_not_counted_with_the_strangers_of_its_address(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    for _ in range(6):
        await client.get("/v1/notes")
    token = app.state.services.issuer.issue_access("per_1", "com_1", app.state.services.clock())
    answer = await client.get("/v1/notes", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.anyio
async def test_tokens_that_prove_nothing_use_up_the_quota_of_their_address(client: httpx.AsyncClient) -> None:
    statuses = [
        (await client.get("/v1/notes", headers={"Authorization": f"Bearer x{n}"})).status_code for n in range(6)
    ]
    assert statuses == [401] * 5 + [429]


def test_the_window_slides() -> None:
    limit = RateLimit(60)
    for _ in range(60):
        limit.hit("a", 59.0)
    with pytest.raises(TooMany):
        limit.hit("a", 60.0)
    limit.hit("a", 90.0)
    assert limit.hit("b", 90.0)


def test_what_is_two_minutes_old_is_forgotten() -> None:
    limit = RateLimit(1)
    limit.hit("a", 0.0)
    assert limit.hit("a", 120.0)


def test_a_stranger_of_ipv6_is_counted_by_the_network_it_commands() -> None:
    assert address_of(("2001:db8:1:2:3::4", 1)) == address_of(("2001:db8:1:2:ffff::1", 1))
    assert address_of(("2001:db8:1:3::4", 1)) != address_of(("2001:db8:1:2::4", 1))


def a_community(identifier: str, origin: str) -> Community:
    return Community(id=identifier, name={"en": "B"}, time_zone="Asia/Shanghai", origins=[origin], created_at=NOW)


@pytest.fixture
def communities(app: FastAPI) -> None:
    engine = app.state.services.engine
    transact(
        engine,
        lambda s: s.add_all([a_community("com_1", "https://one.example"), a_community("com_2", "https://two.example")]),
    )


PREFLIGHT = {"Access-Control-Request-Method": "GET"}


@pytest.mark.anyio
@pytest.mark.usefixtures("communities")
@pytest.mark.parametrize(
    ("path", "origin", "allowed"),
    [
        ("/v1/communities/com_1", "https://one.example", True),
        ("/v1/communities/com_1", "https://two.example", False),
        ("/v1/communities/com_3", "https://one.example", False),
        ("/v1/notes", "https://two.example", True),
        ("/v1/notes", "https://evil.example", False),
        ("/v1/notes", "null", False),
    ],
)
async def test_a_browser_may_call_from_the_origins_of_the_community(
    client: httpx.AsyncClient, path: str, origin: str, allowed: bool
) -> None:
    before = await client.options(path, headers=PREFLIGHT | {"Origin": origin})
    answer = await client.get(path, headers={"Origin": origin})
    assert before.status_code == (204 if allowed else 403)
    for found in (before, answer):
        assert found.headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert "access-control-allow-credentials" not in found.headers


@pytest.mark.anyio
@pytest.mark.usefixtures("communities")
async def test_a_browser_can_read_a_problem_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nothing", headers={"Origin": "https://one.example"})
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == "https://one.example"
