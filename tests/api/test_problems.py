"""Every refusal is a problem: RFC 9457, a stable code, the caller's language, and a way out."""

from __future__ import annotations

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api.deps import Writing
from api.route import YishiRoute
from api.schemas.base import Instant, LocalText, Request, Text
from voting.errors import IllegalMove

pytestmark = pytest.mark.anyio


class Choice(Request):
    label: Text
    seats: int = 1


class Proposal(Request):
    question: LocalText
    choices: list[Choice]
    opens_at: Instant | None = None


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_alone


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1/examples", route_class=YishiRoute)

    @router.post("", status_code=201)
    def propose(proposal: Proposal, session: Writing) -> Proposal:
        return proposal

    @router.post("/move")
    def move(session: Writing) -> None:
        raise IllegalMove("contest_state", allowed=["close"], blocked={"open": "authentication_required"})

    @router.post("/fail")
    def fail(session: Writing) -> None:
        raise RuntimeError("the secret is xyzzy")

    return router


@pytest.fixture
def client(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    app.include_router(routes())
    return client


PROPOSAL = {"question": {"en": "Which layout?"}, "choices": [{"label": "A"}]}


async def test_a_good_request_passes(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/examples", json=PROPOSAL)
    assert answer.status_code == 201


async def test_an_unknown_path_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "route_not_found"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.put("/v1/examples", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("accept", "title"), [("zh-CN,zh;q=0.9", "请求无效"), ("fr, en;q=0.5", "The request is not valid")]
)
async def test_a_problem_speaks_the_callers_language(client: httpx.AsyncClient, accept: str, title: str) -> None:
    answer = await client.post("/v1/examples", json={}, headers={"Accept-Language": accept})
    assert answer.json()["title"] == title


async def first_error(client: httpx.AsyncClient, body: object) -> dict[str, object]:
    answer = await client.post("/v1/examples", json=body)
    assert answer.status_code == 422, answer.text
    found: dict[str, object] = answer.json()["errors"][0]
    return found


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"qestion": {}}, "/qestion", "unknown_member_did_you_mean"),
        ({"zzz": {}}, "/zzz", "unknown_member"),
        ({"choices": [{"label": "A", "lable": 1}]}, "/choices/0/lable", "unknown_member_did_you_mean"),
        ({"choices": [{}]}, "/choices/0/label", "missing_member"),
        ({"choices": "A"}, "/choices", "wrong_type"),
        ({"question": "A"}, "/question", "text_by_locale"),
        ({"question": ["A"]}, "/question", "wrong_type"),
        ({"choices": [{"label": {"en": "A", "zh-CN": "甲"}}]}, "/choices/0/label", "text_in_one_language"),
        ({"choices": [{"label": {"no locale": "A"}}]}, "/choices/0/label", "wrong_type"),
        ({"choices": [{"label": {}}]}, "/choices/0/label", "wrong_type"),
        ({"choices": [{"label": "A", "seats": "1"}]}, "/choices/0/seats", "wrong_type"),
        ({"choices": [{"label": "A", "seats": True}]}, "/choices/0/seats", "wrong_type"),
        ({"choices": [{"label": "A", "seats": 1.0}]}, "/choices/0/seats", "wrong_type"),
        ({"choices": [{"label": "A" * 201}]}, "/choices/0/label", "too_long"),
        ({"question": {}}, "/question", "too_short"),
        ({"opens_at": "2026-03-01T08:00:00"}, "/opens_at", "not_a_time"),
        ({"opens_at": 1_770_000_000}, "/opens_at", "not_a_time"),
        ({"opens_at": "9999-12-31T23:59:59-12:00"}, "/opens_at", "not_a_time"),
    ],
)
async def test_a_fault_has_pointer_code_and_detail(
    client: httpx.AsyncClient, change: dict[str, object], pointer: str, code: str
) -> None:
    found = await first_error(client, PROPOSAL | change)
    assert (found["pointer"], found["code"]) == (pointer, code)
    assert found["detail"]
    assert found["fix"]


async def test_an_unknown_member_is_met_with_a_guess(client: httpx.AsyncClient) -> None:
    found = await first_error(client, PROPOSAL | {"qestion": {}})
    assert "question" in str(found["fix"])


async def test_a_query_fault_says_that_it_is_in_the_query(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/examples?dry_run=perhaps", json=PROPOSAL)
    assert answer.json()["errors"][0]["in"] == "query"
    assert answer.json()["errors"][0]["pointer"] == "/dry_run"


async def test_an_illegal_move_lists_what_is_allowed_and_why_the_rest_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/examples/move")
    assert answer.status_code == 409
    assert answer.json()["allowed_actions"] == ["close"]
    assert answer.json()["blocked_actions"][0]["action"] == "open"
    assert answer.json()["blocked_actions"][0]["detail"]


async def test_a_fault_of_the_service_is_a_problem_that_tells_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/examples/fail")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "xyzzy" not in answer.text


async def test_a_token_that_proves_nothing_is_a_401_even_where_none_is_needed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_every_problem_code_is_explained_at_its_type(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/v1/nothing")).json()
    explained = await client.get(problem["type"])
    assert explained.status_code == 200
    assert set(explained.json()["sentences"]) == {"en", "zh-CN"}


async def test_an_unknown_code_is_a_problem_of_its_own(client: httpx.AsyncClient) -> None:
    assert (await client.get("/problems/nonsense")).json()["code"] == "problem_not_found"


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [("dry-run=true", "/dry-run", "unknown_member_did_you_mean"), ("%E5%81%9C=1", "/停", "unknown_member")],
)
async def test_an_unknown_query_parameter_is_refused(
    client: httpx.AsyncClient, query: str, pointer: str, code: str
) -> None:
    answer = await client.post(f"/v1/communities?{query}", json={})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["in"], error["code"]) == (422, pointer, "query", code)
