"""What the operator sees, and what nobody sees: no value of a request, no address, nothing at all of a ballot."""

from __future__ import annotations

import logging

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError
from structlog.testing import LogCapture

from api.route import YishiRoute
from api.schemas.base import Request

pytestmark = pytest.mark.anyio
SECRET = "the parking on the east side"


class Wish(Request):
    wish: str


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1/wishes", route_class=YishiRoute)

    @router.post("")
    def wish(body: Wish) -> str:
        raise RuntimeError("broken")

    @router.post("/{contest_id}/ballots")
    async def cast(contest_id: str, body: Wish) -> str:
        if body.wish == SECRET:
            raise RuntimeError(f"cannot count {body.wish}")
        return "cast"

    return router


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_alone


@pytest.fixture
def lines(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Every line the service logs."""
    captured = LogCapture()
    every = structlog.make_filtering_bound_logger(logging.INFO)
    log = structlog.wrap_logger(structlog.PrintLogger(), processors=[captured], wrapper_class=every)
    monkeypatch.setattr(app.state.meter, "_log", log)
    return captured.entries  # type: ignore[return-value]  # entries are dictionaries of values


@pytest.fixture
def client(app: FastAPI, client: httpx.AsyncClient) -> httpx.AsyncClient:
    app.include_router(routes())
    return client


async def test_a_request_leaves_one_line_without_address_or_values(
    client: httpx.AsyncClient, lines: list[dict[str, object]]
) -> None:
    await client.get("/problems/nonsense?secret=1", headers={"User-Agent": "tell-tale"})
    [line] = lines
    assert line["route"] == "/problems/{code}"
    assert line["status"] == 422
    assert not {"127.0.0.1", "tell-tale", "nonsense", "secret"} & set(str(line).replace("'", " ").split())


async def test_a_cast_ballot_leaves_no_line(client: httpx.AsyncClient, lines: list[dict[str, object]]) -> None:
    answer = await client.post("/v1/wishes/con_1/ballots", json={"wish": "something"})
    assert answer.status_code == 200
    assert lines == []


async def test_a_fault_of_a_ballot_is_logged_without_what_was_chosen(
    client: httpx.AsyncClient, lines: list[dict[str, object]]
) -> None:
    answer = await client.post("/v1/wishes/con_1/ballots", json={"wish": SECRET})
    assert answer.status_code == 500
    [line] = lines
    assert "RuntimeError" in str(line["exception"])
    assert SECRET not in str(line)
    assert "con_1" not in str(line)


async def test_a_fault_is_logged_with_its_cause_and_id(
    client: httpx.AsyncClient, lines: list[dict[str, object]]
) -> None:
    answer = await client.post("/v1/wishes", json={"wish": SECRET}, headers={"X-Request-Id": "from-the-proxy"})
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "from-the-proxy"
    fault = lines[0]
    assert (fault["event"], fault["request_id"]) == ("fault", "from-the-proxy")
    assert "broken" in str(fault["exception"])
    assert SECRET not in str(lines)


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space", "line\tbreak"])
async def test_a_request_id_that_could_spoil_a_log_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/v1", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] != given


async def test_the_figures_count_by_route_and_never_by_thing(client: httpx.AsyncClient) -> None:
    await client.post("/v1/wishes/con_1/ballots", json={"wish": "something"})
    await client.get("/nothing/here")
    figures = (await client.get("/metrics")).text
    assert (
        'yishi_http_requests_total{method="POST",route="/v1/wishes/{contest_id}/ballots",status="200"} 1.0' in figures
    )
    assert 'route="unmatched"' in figures
    assert "con_1" not in figures
    assert "nothing" not in figures


async def test_the_process_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_a_stopping_process_is_alive_and_not_ready(app: FastAPI, client: httpx.AsyncClient) -> None:
    app.state.services.stopping = True
    assert (await client.get("/livez")).status_code == 200
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "stopping")


async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    app.state.services.engine.dispose()
    app.state.services.engine.pool._creator = _away
    key = "key_" + "0" * 26 + "." + "s" * 43
    for path, headers in (("/readyz", {}), ("/v1/me", {"Authorization": f"Bearer {key}"})):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable"), answer.text
        assert int(answer.headers["retry-after"]) == answer.json()["retry_after"]


def _away(*_: object) -> None:
    raise OperationalError("connect", {}, ConnectionRefusedError("away"))
