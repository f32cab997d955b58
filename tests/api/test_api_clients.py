"""API clients over HTTP: a secret that is shown once, and keys that follow each other."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from tests.api.settled import as_person, settle

pytestmark = pytest.mark.anyio
CLIENTS = "/v1/communities/com_1/api-clients"
APP = {"name": "物业小程序", "scopes": ["roles:read"], "roles": ["committee_officer"]}


@pytest.fixture
def admin(app: FastAPI) -> dict[str, str]:
    settle(app)
    return as_person(app, "per_admin")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_a_stranger_makes_no_client(client: httpx.AsyncClient) -> None:
    assert (await client.post(CLIENTS, json=APP)).status_code == 401


async def test_the_admin_of_another_community_finds_no_client_here(
    app: FastAPI, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    made = (await client.post(CLIENTS, json=APP, headers=admin)).json()["id"]
    far = as_person(app, "per_far", "com_2")
    assert (await client.post(CLIENTS, json=APP, headers=far)).status_code == 404
    for method, path in (("GET", ""), ("POST", "/rotate"), ("POST", "/revoke")):
        assert (await client.request(method, f"/v1/api-clients/{made}{path}", headers=far)).status_code == 404


async def test_a_key_calls_the_service_within_its_scopes(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = await client.post(CLIENTS, json=APP, headers=admin)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    key = bearer(made.json()["key"])
    assert (await client.get("/v1/communities/com_1/roles", headers=key)).status_code == 200
    refused = await client.get(CLIENTS, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_the_secret_is_in_no_later_answer(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = (await client.post(CLIENTS, json=APP, headers=admin)).json()
    secret = made["key"].partition(".")[2]
    for path in (CLIENTS, f"/v1/api-clients/{made['id']}"):
        assert secret not in (await client.get(path, headers=admin)).text


async def test_a_rotation_keeps_the_old_key_until_it_is_revoked(
    client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    made = (await client.post(CLIENTS, json=APP, headers=admin)).json()
    rotated = (await client.post(f"/v1/api-clients/{made['id']}/rotate", headers=admin)).json()
    for key in (made["key"], rotated["key"]):
        assert (await client.get("/v1/me", headers=bearer(key))).status_code == 200
    third = await client.post(f"/v1/api-clients/{made['id']}/rotate", headers=admin)
    assert (third.status_code, third.json()["code"]) == (409, "two_live_keys")
    old = made["keys"][0]["id"]
    await client.post(f"/v1/api-clients/{made['id']}/revoke", json={"key_id": old}, headers=admin)
    assert (await client.get("/v1/me", headers=bearer(made["key"]))).status_code == 401
    assert (await client.get("/v1/me", headers=bearer(rotated["key"]))).status_code == 200


async def test_a_revoked_client_is_nobody(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    made = (await client.post(CLIENTS, json=APP, headers=admin)).json()
    revoked = await client.post(f"/v1/api-clients/{made['id']}/revoke", headers=admin)
    assert revoked.json()["revoked_at"]
    refused = await client.get("/v1/me", headers=bearer(made["key"]))
    assert (refused.status_code, refused.json()["code"]) == (401, "client_key_invalid")


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, APP | {"scopes": ["x"]}, APP | {"scopes": "roles:read"}, APP | {"roles": ["king"]}]
)
async def test_a_client_of_wrong_values_is_not_made(
    client: httpx.AsyncClient, admin: dict[str, str], body: dict[str, object]
) -> None:
    assert (await client.post(CLIENTS, json=body, headers=admin)).status_code == 422
    assert (await client.get(CLIENTS, headers=admin)).json()["items"] == []
