"""Etags, pages, languages: what a reader gets without asking and a writer must say."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api import paging
from api.deps import Conditional, IfMatch, Page
from api.localisation import negotiate
from api.route import YishiRoute
from api.schemas.base import ListPage, Representation
from voting.errors import Invalid

pytestmark = pytest.mark.anyio


class Thing(Representation):
    version: int
    name: str


class Shelf:
    version = 3
    name = "架"


SHELF = Shelf()


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_alone


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1/things", route_class=YishiRoute)

    @router.get("/one")
    def one(conditional: Conditional) -> Thing:
        return conditional.answer(Thing(version=SHELF.version, name=SHELF.name))

    @router.patch("/one")
    def edit(conditional: Conditional, if_match: IfMatch = None) -> Thing:
        conditional.expects(SHELF.version)
        return conditional.answer(Thing(version=SHELF.version + 1, name=SHELF.name))

    @router.get("/plain")
    def plain() -> str:
        return "no etag of its own"

    @router.get("")
    def many(page: Page, conditional: Conditional, prefix: str = "") -> ListPage[str]:
        names = [f"{prefix}{n:03}" for n in range(25)]
        rest = [name for name in names if page.after_id is None or name > page.after_id]
        return conditional.answer(page.answer(rest[: page.fetch], lambda name: (name,), lambda name: name))

    return router


@pytest.fixture
def client(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    app.include_router(routes())
    return client


async def test_a_representation_carries_its_etag_in_header_and_body(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/things/one")
    assert answer.json()["etag"] == answer.headers["etag"]
    assert answer.headers["etag"].startswith('"3.')


async def test_every_get_has_an_etag(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/things/plain")).headers["etag"]


@pytest.mark.parametrize("path", ["/v1/things/one", "/v1/things/plain", "/v1/things"])
async def test_what_the_caller_has_already_is_a_304_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_an_edit_without_if_match_is_a_428(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/v1/things/one")
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


async def test_an_edit_of_an_older_version_is_a_412(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/v1/things/one", headers={"If-Match": '"2.abc"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")


@pytest.mark.parametrize("tag", ['"3.anything"', '"1.x", "3.y"', "*"])
async def test_an_edit_of_the_current_version_passes(client: httpx.AsyncClient, tag: str) -> None:
    assert (await client.patch("/v1/things/one", headers={"If-Match": tag})).status_code == 200


async def test_a_post_that_says_patch_is_one(client: httpx.AsyncClient) -> None:
    headers = {"X-HTTP-Method-Override": "PATCH", "If-Match": "*"}
    assert (await client.post("/v1/things/one", headers=headers)).status_code == 200


@pytest.mark.parametrize(("method", "said"), [("POST", "DELETE"), ("GET", "PATCH"), ("POST", "")])
async def test_no_other_method_can_be_overridden(client: httpx.AsyncClient, method: str, said: str) -> None:
    answer = await client.request(method, "/v1/things/one", headers={"X-HTTP-Method-Override": said})
    assert (answer.status_code, answer.json()["code"]) == (400, "method_override_unsupported")


async def test_pages_follow_each_other_without_gap_or_repetition(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    answer = await client.get("/v1/things", params={"limit": 10, "prefix": "x"})
    seen += answer.json()["items"]
    while "next" in answer.links:
        assert answer.json()["next_cursor"]
        answer = await client.get(answer.links["next"]["url"])
        seen += answer.json()["items"]
    assert seen == [f"x{n:03}" for n in range(25)]
    assert answer.json()["next_cursor"] is None


async def test_the_cursor_of_another_list_is_refused(client: httpx.AsyncClient) -> None:
    cursor = (await client.get("/v1/things", params={"limit": 10, "prefix": "x"})).json()["next_cursor"]
    answer = await client.get("/v1/things", params={"limit": 10, "prefix": "y", "cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "====", "Ã©", "A" * 600, "eyJhIjoxfQ"])
async def test_a_cursor_that_nobody_made_is_a_problem(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/v1/things", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["in"]) == (422, "query")


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", "9" * 40])
async def test_a_page_size_out_of_bounds_is_a_problem(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/v1/things", params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/limit")


def test_a_changed_byte_of_a_cursor_is_noticed() -> None:
    cursor = paging.encode(("b", 7), "/v1/x?")
    assert paging.decode(cursor, "/v1/x?") == ("b", 7)
    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(Invalid):
            paging.decode(cursor[:place] + other + cursor[place + 1 :], "/v1/x?")


@pytest.mark.parametrize("key", [(), (None,), (True,), (1.5,), ([1],), ("a\x00",), ("\ud800",), (2**63,), (1,) * 5])
def test_a_key_that_no_row_has_is_refused(key: Any) -> None:
    listed = "/v1/x?"
    written = json.dumps(key).encode()
    cursor = urlsafe_b64encode(paging._fingerprint(listed, written) + written).decode()
    with pytest.raises(Invalid):
        paging.decode(cursor, listed)


@pytest.mark.parametrize(
    ("accept", "locale"),
    [
        ("", "en"),
        ("zh", "zh-CN"),
        ("zh-Hant-TW", "zh-CN"),
        ("en-GB,zh;q=0.9", "en"),
        ("en;q=0.5,zh-CN;q=0.8", "zh-CN"),
        ("fr,*;q=0.1", "en"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense,en;q=0.1", "en"),
        (",;;=,", "en"),
    ],
)
def test_the_language_of_highest_quality_is_spoken(accept: str, locale: str) -> None:
    assert negotiate(accept) == locale
