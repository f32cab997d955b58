"""The description of the interface is complete, true and asks nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api import openapi
from api.app import create_app
from api.openapi import TAGS
from api.reference import page
from api.route import WITH_BODY, YishiRoute
from voting.phrases import LOCALES, table
from voting.settings import Settings

ROOT = Path(__file__).parents[2]
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture
def database_url(sqlite_alone: str) -> str:
    """Nothing here depends on the database."""
    return sqlite_alone


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application, not started."""
    folder = tmp_path_factory.mktemp("description")
    return create_app(Settings(database_url=f"sqlite:///{folder}/x.db", key_file=folder / "key.pem"))


@pytest.fixture(scope="module")
def described(built: FastAPI) -> dict[str, Any]:
    return openapi.complete(built)


def operations(described: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def lacking(described: dict[str, Any], *members: str) -> list[str]:
    return [
        f"{method} {path}" for method, path, operation in operations(described) if not all(map(operation.get, members))
    ]


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert described["info"]["license"]["identifier"] == "Apache-2.0"


def test_every_operation_has_a_name_a_summary_and_a_tag(described: dict[str, Any]) -> None:
    assert lacking(described, "operationId", "summary", "tags") == []


def test_operation_ids_are_snake_case_and_unique(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


def test_every_summary_is_one_short_sentence(described: dict[str, Any]) -> None:
    long = [operation["summary"] for _, _, operation in operations(described) if len(operation["summary"]) > 120]
    assert long == []


def test_every_tag_is_described_in_both_languages(described: dict[str, Any]) -> None:
    used = {tag for _, _, operation in operations(described) for tag in operation["tags"]}
    assert used <= set(TAGS), sorted(used - set(TAGS))


def test_every_success_says_what_it_answers(described: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for method, path, operation in operations(described)
        for status, answer in operation["responses"].items()
        if status.startswith("2") and status != "204" and not answer.get("content")
    ]
    assert silent == []


def test_every_json_body_and_answer_has_a_whole_example(described: dict[str, Any]) -> None:
    without = []
    for method, path, operation in operations(described):
        for place in (operation.get("requestBody", {}), *operation["responses"].values()):
            for kind, media in place.get("content", {}).items():
                if kind == "application/json" and not {"example", "examples"} & set(media):
                    without.append(f"{method} {path}")
    assert without == []


def test_every_example_fits_its_schema(described: dict[str, Any]) -> None:
    shown = {}
    for method, path, operation in operations(described):
        for place in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in place.get("content", {}).values():
                if "example" in media:
                    shown[json.dumps(media["schema"], sort_keys=True)] = (f"{method} {path}", media)
    wrong = []
    for where, media in shown.values():
        checker = jsonschema_rs.Draft202012Validator(media["schema"] | {"components": described["components"]})
        wrong += [f"{where} {e.instance_path}: {e.message[:90]}" for e in checker.iter_errors(media["example"])]
    assert len(shown) > 40
    assert wrong == []


def test_every_operation_tells_its_refusals(described: dict[str, Any]) -> None:
    short = [
        f"{method} {path}"
        for method, path, operation in operations(described)
        if path.startswith("/v1") and not {"429", "500", "503"} <= set(operation["responses"])
    ]
    assert short == []


def test_every_refusal_is_a_problem(described: dict[str, Any]) -> None:
    other = [
        f"{method} {path} {status}"
        for method, path, operation in operations(described)
        for status, answer in operation["responses"].items()
        if status.startswith(("4", "5")) and set(answer["content"]) != {"application/problem+json"}
    ]
    assert other == []


def test_every_write_takes_a_dry_run(described: dict[str, Any]) -> None:
    without = [
        f"{method} {path}"
        for method, path, operation in operations(described)
        if method.upper() in WITH_BODY and "dry_run" not in {one["name"] for one in operation.get("parameters", ())}
    ]
    assert without == []


def test_every_edit_wants_if_match(described: dict[str, Any]) -> None:
    without = [
        f"{method} {path}"
        for method, path, operation in operations(described)
        if method == "patch" and "if-match" not in {one["name"].lower() for one in operation.get("parameters", ())}
    ]
    assert without == []


def test_every_parameter_has_an_example(described: dict[str, Any]) -> None:
    without = [
        f"{method} {path} {one['name']}"
        for method, path, operation in operations(described)
        for one in operation.get("parameters", ())
        if "example" not in one and "examples" not in one
    ]
    assert without == []


def test_no_reference_leads_nowhere(described: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(described)))
    assert named <= set(described["components"]["schemas"])


def test_every_route_of_the_interface_is_one_of_ours(built: FastAPI) -> None:
    strange = [
        r.path
        for r in built.routes
        if isinstance(r, APIRoute) and r.path.startswith("/v1") and not isinstance(r, YishiRoute)
    ]
    assert strange == []


def test_every_route_declares_what_it_answers(built: FastAPI) -> None:
    """An undeclared answer is serialised five times slower and described as anything."""
    undeclared = [
        route.path
        for route in built.routes
        if isinstance(route, APIRoute)
        and route.include_in_schema
        and route.response_model is None
        and not any("content" in answer for answer in route.responses.values())
        and route.status_code != 204
    ]
    assert undeclared == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_reference_page_asks_nobody_else(described: dict[str, Any], locale: str) -> None:
    shown = page(described, locale)
    fetched = re.findall(r"(?:src|href|action|url)\s*[=(]\s*[\"']?([^\"'>)\s]+)", shown)
    assert fetched
    assert all(address.startswith(("/", "?")) and not address.startswith("//") for address in fetched)
    assert "<script" not in shown
    assert "@import" not in shown


def test_the_reference_page_shows_every_operation(described: dict[str, Any]) -> None:
    shown = page(described, "en")
    assert all(f'id="{operation["operationId"]}"' in shown for _, _, operation in operations(described))


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/problems", "/v1"])
async def test_the_descriptions_are_served_with_an_etag(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.anyio
async def test_the_reference_page_speaks_the_language_that_is_asked_for(client: httpx.AsyncClient) -> None:
    assert 'lang="zh-CN"' in (await client.get("/docs", headers={"Accept-Language": "zh"})).text
    assert 'lang="en"' in (await client.get("/docs?lang=en", headers={"Accept-Language": "zh"})).text
    assert (await client.get("/docs")).headers["content-security-policy"].startswith("default-src 'none'")


CODES = re.compile(
    r"""(?:Unauthenticated|Forbidden|NotFound|IllegalMove|Conflict|PreconditionRequired|StalePrecondition|TooLarge|TooMany"""
    r"""|Unavailable|Malformed|MethodNotAllowed|UnsupportedMedia|Failure|Decision)\(\s*(?:False,\s*)?["']([a-z_]+)["']"""
    r"""|(?:Fault|Invalid\.at|LocatedFault)\([^,()]*(?:\([^()]*\))?[^,()]*,\s*["']([a-z_]+)["']"""
    r"""|PydanticCustomError\(\s*["']([a-z_]+)["']"""
)


def test_every_code_that_is_raised_has_its_sentences() -> None:
    raised = {
        code
        for folder in ("api", "voting")
        for path in (ROOT / folder).rglob("*.py")
        for found in CODES.findall(path.read_text(encoding="utf-8"))
        for code in found
        if code
    }
    assert len(raised) > 40
    assert sorted(raised - set(table())) == []


def test_every_sentence_is_whole_in_both_languages() -> None:
    broken = [
        f"{code} {locale}"
        for code, entry in table().items()
        for locale in LOCALES
        if not (entry.get(locale, {}).get("title") and entry[locale].get("detail")) or "fix" not in entry[locale]
    ]
    assert broken == []


def test_chinese_uses_no_fact_that_english_does_not_know() -> None:
    names = re.compile(r"\{(\w+)\}")
    strange = [
        code
        for code, entry in table().items()
        if not set(names.findall("".join(entry["zh-CN"].values()))) <= set(names.findall("".join(entry["en"].values())))
    ]
    assert strange == []


def test_no_code_is_told_in_two_files() -> None:
    seen: dict[str, str] = {}
    twice = []
    for path in sorted((ROOT / "voting" / "phrases").glob("*.json")):
        for code in json.loads(path.read_text(encoding="utf-8")):
            if code in seen:
                twice.append(f"{code}: {seen[code]} and {path.name}")
            seen[code] = path.name
    assert twice == []
