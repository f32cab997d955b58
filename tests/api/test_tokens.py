"""Tokens over HTTP: a code works once, a refresh token works once, and a stolen one ends its family for good."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jose import jwt

from tests.api.settled import as_person, printed, settle

pytestmark = pytest.mark.anyio


@pytest.fixture
def codes(app: FastAPI) -> dict[str, str]:
    settle(app)
    return printed(app)


async def redeemed(client: httpx.AsyncClient, code: str) -> dict[str, Any]:
    answer = await client.post("/v1/tokens", json={"grant_type": "code", "code": code})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def refreshed(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v1/tokens", json={"grant_type": "refresh_token", "refresh_token": token})


async def test_a_code_gives_the_tokens_of_its_person(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    pair = await redeemed(client, codes["per_1"])
    me = await client.get("/v1/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert (me.json()["id"], pair["person_id"], pair["household_id"]) == ("per_1", "per_1", "hsh_1")


async def test_a_code_works_once(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    await redeemed(client, codes["per_1"])
    again = await client.post("/v1/tokens", json={"grant_type": "code", "code": codes["per_1"]})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "code_used")


async def test_tokens_are_never_kept_by_a_cache(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    answer = await client.post("/v1/tokens", json={"grant_type": "code", "code": codes["per_1"]})
    assert answer.headers["cache-control"] == "no-store"


async def test_a_dry_run_spends_no_code(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    body = {"grant_type": "code", "code": codes["per_1"]}
    assert (await client.post("/v1/tokens?dry_run=true", json=body)).status_code == 200
    await redeemed(client, codes["per_1"])


async def test_a_dry_run_gives_no_token_away(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    refresh = (await redeemed(client, codes["per_2"]))["refresh_token"]
    tried = [
        await client.post("/v1/tokens?dry_run=true", json={"grant_type": "code", "code": codes["per_1"]}),
        await client.post("/v1/tokens?dry_run=true", json={"grant_type": "refresh_token", "refresh_token": refresh}),
    ]
    batch = await client.post("/v1/tokens/batch?dry_run=true", json={"codes": [codes["per_1"]]})
    pairs = [answer.json() for answer in tried] + batch.json()["items"]
    assert [pair["person_id"] for pair in pairs] == ["per_1", "per_2", "per_1"]
    assert {(pair["access_token"], pair["refresh_token"]) for pair in pairs} == {("", "")}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"grant_type": "cod", "code": "secret"}, "/grant_type", "not_one_of_did_you_mean"),
        ({"grant_type": 5, "code": "secret"}, "/grant_type", "not_one_of"),
        ({"code": "secret"}, "/grant_type", "missing_member"),
        ({"grant_type": "code"}, "/code", "missing_member"),
        ({"grant_type": "code", "code": 5}, "/code", "wrong_type"),
        ({"grant_type": "code", "code": "secret", "cod": 1}, "/cod", "unknown_member_did_you_mean"),
        (["secret"], "", "wrong_type"),
    ],
)
async def test_a_wrong_grant_is_named_where_it_is_wrong_and_not_shown(
    client: httpx.AsyncClient, body: Any, pointer: str, code: str
) -> None:
    answer = await client.post("/v1/tokens", json=body)
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"grant_type": "code", "code": "0000-0000-0000"},
        {"grant_type": "code", "code": ""},
        {"grant_type": "code"},
        {"grant_type": "password", "username": "a", "password": "b"},
        {"code": "0000-0000-0000"},
        {"grant_type": "code", "code": "0000-0000-0000", "refresh_token": "x"},
        [],
    ],
)
async def test_what_is_no_grant_is_refused(client: httpx.AsyncClient, codes: dict[str, str], body: Any) -> None:
    answer = await client.post("/v1/tokens", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_batch_answers_each_code_in_its_place(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    sent = [codes["per_2"], "0000-0000-0000", codes["per_1"], codes["per_2"]]
    items = (await client.post("/v1/tokens/batch", json={"codes": sent})).json()["items"]
    assert [item.get("person_id") or item["code"] for item in items] == ["per_2", "code_unknown", "per_1", "code_used"]
    assert all(item["detail"] for item in items if "code" in item)


@pytest.mark.parametrize("codes_sent", [[], ["x"] * 501, "x", [1], None])
async def test_a_batch_of_another_size_or_form_is_refused(client: httpx.AsyncClient, codes_sent: Any) -> None:
    assert (await client.post("/v1/tokens/batch", json={"codes": codes_sent})).status_code == 422


async def test_a_refresh_token_gives_the_next_pair(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    pair = await redeemed(client, codes["per_1"])
    following = await refreshed(client, pair["refresh_token"])
    assert (following.status_code, following.json()["person_id"]) == (200, "per_1")


async def test_a_reused_refresh_token_ends_its_family_durably(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    first = (await redeemed(client, codes["per_1"]))["refresh_token"]
    second = (await refreshed(client, first)).json()["refresh_token"]
    third = (await refreshed(client, second)).json()["refresh_token"]
    reused = await refreshed(client, first)
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_reused")
    after = await refreshed(client, third)
    assert (after.status_code, after.json()["code"]) == (401, "refresh_invalid")


async def test_who_leaves_a_device_cannot_refresh_there(client: httpx.AsyncClient, codes: dict[str, str]) -> None:
    pair = await redeemed(client, codes["per_1"])
    for _ in range(2):
        left = await client.post("/v1/tokens/revoke", json={"refresh_token": pair["refresh_token"]})
        assert (left.status_code, left.content) == (204, b"")
    assert (await refreshed(client, pair["refresh_token"])).status_code == 401


@pytest.mark.parametrize("path", ["/v1/jwks", "/.well-known/jwks.json"])
async def test_anybody_verifies_our_tokens_with_the_published_keys(
    app: FastAPI, client: httpx.AsyncClient, path: str
) -> None:
    keys = (await client.get(path)).json()
    token = as_person(app, "per_1")["Authorization"].removeprefix("Bearer ")
    assert jwt.decode(token, keys, algorithms=["ES256"], audience="yishi")["sub"] == "per_1"


async def test_an_unfit_bearer_is_refused_even_where_none_is_needed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/jwks", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
