"""Roles over HTTP: given, listed, read and ended."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from tests.api.settled import as_person, settle

pytestmark = pytest.mark.anyio
ROLES = "/v1/communities/com_1/roles"
TELLER = {"holder_id": "per_1", "role": "teller", "scope_kind": "contest", "scope_id": "con_1"}


@pytest.fixture
def admin(app: FastAPI) -> dict[str, str]:
    settle(app)
    return as_person(app, "per_admin")


async def test_a_stranger_gives_no_role(client: httpx.AsyncClient) -> None:
    assert (await client.post(ROLES, json=TELLER)).status_code == 401


async def test_the_admin_of_another_community_finds_nothing_here(
    app: FastAPI, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    far = as_person(app, "per_far", "com_2")
    assert (await client.post(ROLES, json=TELLER, headers=far)).status_code == 404
    assert (await client.get(ROLES, headers=far)).status_code == 404
    assert (await client.post("/v1/roles/rle_aud/end", headers=far)).status_code == 404


async def test_a_role_is_given_and_works_at_once(
    app: FastAPI, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    given = await client.post(ROLES, json=TELLER, headers=admin)
    assert given.status_code == 201
    assert given.json()["allowed_actions"][0] == {
        "action": "end",
        "method": "POST",
        "href": f"/v1/roles/{given.json()['id']}/end",
        "allowed": True,
        "reason": None,
    }
    me = (await client.get("/v1/me", headers=as_person(app, "per_1"))).json()
    assert [(role["role"], role["scope_id"]) for role in me["roles"]] == [("teller", "con_1")]


async def test_a_role_over_the_community_needs_no_scope_id(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    body = {"holder_id": "per_1", "role": "social_worker"}
    assert (await client.post(ROLES, json=body, headers=admin)).json()["scope_id"] == "com_1"


async def test_a_role_that_does_not_exist_is_pointed_at(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    answer = await client.post(ROLES, json=TELLER | {"role": "king"}, headers=admin)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/role", "role_unknown")]


async def test_roles_are_listed_page_by_page(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    await client.post(ROLES, json=TELLER, headers=admin)
    seen, address = [], f"{ROLES}?limit=1"
    for _ in range(3):
        page = (await client.get(address, headers=admin)).json()
        seen += [item["id"] for item in page["items"]]
        address = f"{ROLES}?limit=1&cursor={page['next_cursor']}"
    assert len(set(seen)) == 3
    assert page["next_cursor"] is None


async def test_the_roles_of_one_holder_are_listed_alone(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    await client.post(ROLES, json=TELLER, headers=admin)
    page = (await client.get(f"{ROLES}?holder_id=per_1", headers=admin)).json()
    assert [item["role"] for item in page["items"]] == ["teller"]


async def test_a_role_ends_with_a_reason_and_no_longer_works(
    app: FastAPI, client: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    role = (await client.post(ROLES, json=TELLER, headers=admin)).json()["id"]
    ended = await client.post(f"/v1/roles/{role}/end", json={"reason": "搬离"}, headers=admin)
    assert ended.json()["ends_at"]
    assert (await client.get("/v1/me", headers=as_person(app, "per_1"))).json()["roles"] == []
    assert (await client.post(f"/v1/roles/{role}/end", headers=admin)).status_code == 409


async def test_the_last_admin_is_told_to_find_another_first(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    answer = await client.post("/v1/roles/rle_admin/end", headers=admin | {"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    assert "管理员" in answer.json()["fix"]
