"""Every GET keeps the conventions, whatever it reads: etag in header and body, 304, cursors, language.

`make check` reads on SQLite, `make prove` on both: the conventions are kept above the databases.
"""

from __future__ import annotations

import httpx
import pytest

from tests.api.authorisation import BRIEFLY, address, rows
from tests.api.conftest import Service
from tests.api.test_authorisation_matrix import bearers, settle_service
from tests.databases import swept_on

pytestmark = swept_on("sqlite")
PLAIN = {"/livez", "/readyz", "/metrics"}
"""For operators: current at every asking."""
FIXED = {"/docs", "/openapi.json", "/v1/jwks", "/.well-known/jwks.json"}
"""Their form is somebody else's."""
FOR_EVER = {"GET /v1/logs/{log_id}/tile/{path:path}"}
"""Never changes under its name."""
OWN = {"GET /v1/contests/{contest_id}/open-ballots/me", "GET /v1/contests/{contest_id}/my-record"}
"""What only the person concerned may read."""
READS = [
    row
    for row in rows()
    if row.startswith("GET") and 200 in rows()[row] and row.split()[1] not in PLAIN and row not in BRIEFLY
]
HEADS = [row for row in rows() if row.startswith("GET")]
PASSING = {"date", "x-request-id"}


class Reader:
    """An administrator of the settled world, and a resident for what is theirs alone."""

    def __init__(self, service: Service) -> None:
        settle_service(service.app)
        self.service = service
        self.bearers = bearers(service.app)


@pytest.fixture(scope="module")
def reader(service: Service) -> Reader:
    return Reader(service)


@pytest.mark.parametrize("row", READS)
def test_a_read_keeps_the_conventions(reader: Reader, row: str) -> None:
    bearer = reader.bearers["resident" if row in OWN else "admin"]
    answer = reader.service.request("GET", address(row), headers=bearer)
    assert answer.status_code == 200, answer.text
    etag = answer.headers["etag"]
    assert etag.startswith('"')
    if row not in FOR_EVER:
        assert "no-cache" in answer.headers["cache-control"]
        assert {"Accept-Language", "Authorization"} <= set(answer.headers["vary"].split(", "))
    if answer.headers["content-type"] == "application/json" and row.split()[1] not in FIXED:
        assert answer.json()["etag"] == etag
        assert_natural(list(answer.json()))
        if "items" in answer.json():
            assert "next_cursor" in answer.json()
    again = reader.service.request("GET", address(row), headers=bearer | {"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


def assert_natural(members: list[str]) -> None:
    """A thing says first which it is (the caller also of what kind), and last what may be done with it and its etag."""
    assert members[-1] == "etag"
    assert "id" not in members[2:]
    assert "allowed_actions" not in members[:-2]


@pytest.mark.parametrize("row", HEADS)
def test_head_is_answered_like_get_without_a_body(reader: Reader, row: str) -> None:
    bearer = reader.bearers["resident" if row in OWN else "admin"]
    get = reader.service.request("GET", address(row), headers=bearer)
    head = reader.service.request("HEAD", address(row), headers=bearer)
    assert (head.status_code, head.content) == (get.status_code, b"")
    if row != "GET /metrics":
        assert lasting(head) == lasting(get)
    if "etag" in get.headers:
        again = reader.service.request("HEAD", address(row), headers=bearer | {"If-None-Match": get.headers["etag"]})
        assert (again.status_code, again.headers["etag"]) == (304, get.headers["etag"])


def lasting(answer: httpx.Response) -> dict[str, str]:
    """The headers that two answers to the same request share."""
    return {name: value for name, value in answer.headers.items() if name not in PASSING}


def test_head_where_there_is_no_get_is_a_405(reader: Reader) -> None:
    answer = reader.service.request("HEAD", "/v1/tokens")
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (405, b"", "POST")


def test_a_405_names_every_method_of_the_path(reader: Reader) -> None:
    answer = reader.service.request("DELETE", "/v1/contests/con_open")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, PATCH")


def test_an_item_of_a_list_claims_no_etag(reader: Reader) -> None:
    listed = reader.service.request("GET", "/v1/communities/com_1/persons", headers=reader.bearers["admin"]).json()
    assert listed["items"]
    assert not any("etag" in item for item in listed["items"])
    assert all(item["allowed_actions"] for item in listed["items"])
