"""A community's working days and bylaws over HTTP: read by members, replaced with the etag that was read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.community.neighbours import Neighbours
from tests.roll.test_periods import OWN

pytestmark = pytest.mark.anyio

BYLAWS: dict[str, Any] = {
    "silence": {
        "clause": {"zh": "第12条", "en": "art. 12"},
        "warning": {"zh": "视为同意多数", "en": "follows the majority"},
    },
    "official_channel": [{"matter": "elections", "clause": {"zh": "条例", "en": "regulations"}, "system": "e-vote"}],
}


@pytest.fixture
def neighbours(app: FastAPI) -> Neighbours:
    return Neighbours(app)


@pytest.mark.parametrize(("name", "body"), [("calendar", OWN), ("bylaws", BYLAWS)])
async def test_what_is_laid_down_is_read_and_replaced_with_its_etag(
    client: httpx.AsyncClient, neighbours: Neighbours, name: str, body: dict[str, Any]
) -> None:
    admin, path = neighbours.officer(), f"/v1/communities/com_b/{name}"
    first = await client.get(path, headers=admin)
    assert (first.json()[name], first.json()["version"]) == (None, 0)
    assert (await client.put(path, json=body, headers=admin)).status_code == 428
    put = await client.put(path, json=body, headers=admin | {"If-Match": first.headers["etag"]})
    assert (put.status_code, put.json()["version"]) == (200, 1)
    assert {member: put.json()[name][member] for member in body} == body
    stale = await client.put(path, json=body, headers=admin | {"If-Match": first.headers["etag"]})
    assert stale.status_code == 412
    again = await client.get(path, headers=neighbours.person()[1])
    assert (again.json()[name], again.json()["allowed_actions"][0]["allowed"]) == (put.json()[name], False)
    neighbours.services.sequencer.flush("com_b")
    told = (await client.get("/v1/journal?community=com_b")).text
    assert told.count('"laid_down"') == 2, "what was done, and the state it came to"


async def test_bylaws_that_cannot_be_are_refused_with_their_places(
    client: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    body = {"silence": {"clause": {"zh": "x"}, "warning": {"zh": "x", "en": "x"}}}
    body |= {"official_channel": [{"matter": "election", "clause": {"zh": "x", "en": "x"}, "system": " "}]}  # type: ignore[dict-item]  # any JSON
    headers = {**neighbours.officer(), "If-Match": "*"}
    answer = await client.put("/v1/communities/com_b/bylaws", json=body, headers=headers)
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert answer.status_code == 422
    assert pointers == {"/silence/clause/en", "/official_channel/0/matter", "/official_channel/0/system"}
