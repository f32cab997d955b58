"""Requests made from the description, fitting and unfitting: every answer is one the description promises, and none is a 500.

Deterministic: the examples follow from the description alone. Each operation is asked with the ids of the settled world, so
that requests get past the first look-up, and with ids made up.

`make check` sends what fits to PostgreSQL, which is the stricter about values and statements, and what does not fit to SQLite;
`make prove` sends everything to both.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import ROUTERS
from tests.api.authorisation import BRIEFLY, CONTEST_OF, IDS, described, rows
from tests.api.conftest import Service
from tests.api.test_authorisation_matrix import bearers, settle_service
from tests.databases import swept_on

DESCRIBED = {route.path for router in ROUTERS for route in router.routes if getattr(route, "include_in_schema", False)}
OPERATIONS = [row for row in rows() if row.split()[1] in DESCRIBED]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}
WRITES = [row for row in OPERATIONS if not row.startswith("GET")]


class Fuzzed:
    """A service with a settled world, and its description as generators."""

    def __init__(self, service: Service) -> None:
        settle_service(service.app)
        self.service = service
        self.schema = schemathesis.openapi.from_dict(service.app.openapi())
        self.bearer = bearers(service.app)["admin"]

    def ask(self, case: Any) -> httpx.Response:
        """Send a generated request."""
        made = case.as_transport_kwargs(base_url="http://t")
        made.pop("cookies", None)
        data = made.pop("data", None)
        if isinstance(data, str | bytes):
            made["content"] = data
        elif data is not None:
            made["data"] = data
        if made.get("files"):
            made["files"] = [(name, sendable(file)) for name, file in made["files"]]
        made["headers"] = {name: value.encode() for name, value in made["headers"].items()} | self.bearer
        answer = self.service.request(made.pop("method"), made.pop("url"), **made)
        answer.request.read()
        return answer


def sendable(file: Any) -> Any:
    """A part of a form as httpx sends it: whatever is no file is sent as its text."""
    if isinstance(file, tuple):
        return (file[0], sendable(file[1]), *file[2:])
    return file if isinstance(file, str | bytes) or hasattr(file, "read") else str(file)


@pytest.fixture(scope="module")
def fuzzed(service: Service) -> Fuzzed:
    return Fuzzed(service)


def hurry(row: str, query: dict[str, Any]) -> None:
    """Ask for what would take its time with the least of it; a wrong value stays wrong."""
    if row in BRIEFLY:
        query.setdefault("seconds", 0)
    for name in {"wait", "seconds"} & set(query):
        if str(query[name]).isdigit() and int(query[name]) <= 600:
            query[name] = 0


@swept_on("postgresql")
@pytest.mark.parametrize("row", OPERATIONS)
def test_what_fits_is_answered_as_described(fuzzed: Fuzzed, row: str) -> None:
    check(fuzzed, row, GenerationMode.POSITIVE)


@swept_on("sqlite")
@pytest.mark.parametrize("row", WRITES)
def test_what_does_not_fit_is_answered_as_described(fuzzed: Fuzzed, row: str) -> None:
    check(fuzzed, row, GenerationMode.NEGATIVE)


def check(fuzzed: Fuzzed, row: str, mode: GenerationMode) -> None:
    """Ask the row with requests of this mode; every answer must be as described."""
    method, path = row.split()
    operation = fuzzed.schema[described(path)][method.lower()]
    known = IDS | ({"contest_id": CONTEST_OF[row]} if row in CONTEST_OF else {})

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    def answers(case: Any) -> None:
        case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
        if "If-Match" in case.headers:
            case.headers["If-Match"] = "*"
        case.query = case.query or {}
        hurry(row, case.query)
        case.validate_response(fuzzed.ask(case), checks=CHECKS)

    answers()
