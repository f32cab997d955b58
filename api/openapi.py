"""The description of the interface: OpenAPI 3.1, completed with what every route does without saying it.

The framework describes parameters, bodies and answers. Added here: summaries from docstrings, who must prove themselves,
the refusals every route may give, conditional and idempotent requests, and a whole example for every body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from api import deps
from api.examples import example
from api.problems import MEANING, MEDIA_TYPE
from api.route import WITH_BODY, YishiRoute
from api.schemas.problems import Problem
from api.waiting import LONGEST

TAGS: Mapping[str, str] = {
    "API clients": "Programs with a key of their own. 接入程序及其密钥。",
    "activities": "What people come together for, and what came of it. 社区活动：公告、举行、纪要。",
    "ballots": "Casting. 投票。",
    "codes": "One-time codes, printed per dwelling, that bind a person. 按户打印的一次性绑定码。",
    "comments": "What is said before a vote, in threads. 表决之前的讨论。",
    "communities": "Neighbourhoods and their clock. 小区及其时钟。",
    "contests": "Questions put to a roll, from draft to certificate. 表决事项：从起草到确认。",
    "households": "The people of a dwelling and who speaks for them. 住户与户代表。",
    "logs": "Append-only logs with their proofs, open to everyone. 只增日志及其证明，人人可读。",
    "me": "The caller. 当前用户。",
    "moderation": "Flags, cases, appeals and sanctions, by rules that are public. 举报、复核、申诉与处分，规则公开。",
    "ownerships": "Who owns which dwelling. 产权。",
    "paper": "Paper ballots: given out, keyed twice, signed, put into the box. 纸质选票：发放、双人录入、签署、入箱。",
    "persons": "People of the register. 人员。",
    "places": "Buildings, units and dwellings. 楼栋、单元与房屋。",
    "problem reports": "What residents find wrong at a place, until it is dealt with. 问题上报：从发现到办结。",
    "proposals": "What residents propose, endorse and amend. 居民提案：起草、附议、修改。",
    "register": "The register as a file, in and out. 名册的导入与导出。",
    "residencies": "Who lives where, as what. 居住关系。",
    "results": "Results and rounds, open to everyone. 结果与各轮计票，人人可读。",
    "roles": "Who may do what, where and how long. 角色与授权。",
    "rules": "Decision rules as data, and what they make of counts. 议决规则及其对计票的判断。",
    "rolls": "Who may vote: compiled, displayed, sealed. 选民名单：编制、公示、封存。",
    "tokens": "Access tokens. 访问令牌。",
    "service": "The service itself: limits, languages, problem codes. 服务本身：限制、语言、错误代码。",
    "operation": "For operators: liveness, readiness, figures. 运维：存活、就绪与指标。",
}
_DESCRIPTION = """\
Every refusal is a problem (RFC 9457) with a stable `code`, explained at `GET /problems/{code}`; its text is English or
Chinese by `Accept-Language`. Every write takes `?dry_run=true`. Every GET carries a strong etag. A client that
cannot send PATCH sends POST with `X-HTTP-Method-Override: PATCH`.

每个拒绝都是一份 problem（RFC 9457），带有稳定的 `code`，说明见 `GET /problems/{code}`；文字按 `Accept-Language` 为中文或英文。
每个写操作都接受 `?dry_run=true`。每个 GET 都带强 etag。
无法发送 PATCH 的客户端可发送带 `X-HTTP-Method-Override: PATCH` 的 POST。
"""
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An access token from POST /v1/tokens or a trusted issuer, or an API key `key_….…`",
}
_PROBLEM = {
    "type": "/problems/route_not_found",
    "title": "There is nothing at this address",
    "status": 404,
    "detail": "No resource of this service has the path /v1/x.",
    "code": "route_not_found",
    "request_id": "9f2c1f0a7d3e4b5c6a798081",
    "fix": "See /openapi.json for every path.",
    "errors": [],
}
_ALWAYS = (429, 500, 503)
_OF_BODIES = (400, 413, 415, 422)


def complete(app: FastAPI) -> dict[str, Any]:
    """The whole description, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=_DESCRIPTION,
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")[1]["$defs"]
    schemas["Problem"]["examples"] = [_PROBLEM]
    components["securitySchemes"] = {"bearer": _BEARER}
    used = set()
    for route, operation in _operations(app, made):
        _complete(route, operation, schemas)
        used.update(operation.get("tags", ()))
    made["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in sorted(used)]
    made["servers"] = [{"url": "/"}]
    app.openapi_schema = made
    return made


def _operations(app: FastAPI, made: Mapping[str, Any]) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield route, made["paths"][route.path_format][method.lower()]


def _complete(route: APIRoute, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    first, _, rest = route.description.partition("\n")
    operation["summary"] = first.rstrip(".")
    if rest.strip():
        operation["description"] = rest.strip()
    else:
        operation.pop("description", None)
    if isinstance(route, YishiRoute):
        _secure(route, operation)
        _refusals(route, operation)
        _conventions(route, operation)
    _examples(operation, schemas)


def _secure(route: YishiRoute, operation: dict[str, Any]) -> None:
    asks = {dependant.call for dependant in _dependants(route.dependant)}
    if asks & deps.ASK_WHO:
        operation["security"] = [{"bearer": []}] if 401 in route.responses else [{}, {"bearer": []}]


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _dependants(inner)


def _refusals(route: YishiRoute, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    statuses = {401, *_ALWAYS} if "security" in operation else {*_ALWAYS}
    if (route.methods or set()) & WITH_BODY:
        statuses.update(_OF_BODIES)
    if "422" in answers or operation.get("parameters"):
        statuses.update((404, 422))
    for status in sorted(statuses):
        answers[str(status)] = _refusal(status, answers.get(str(status), {}))
    operation["responses"] = dict(sorted(answers.items()))


def _refusal(status: int, said: Mapping[str, Any]) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    kept = said if MEDIA_TYPE in said.get("content", {}) else {}
    return {"description": MEANING[status], "content": content, **kept}


def _conventions(route: YishiRoute, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if "GET" in (route.methods or ()):
        parameters.append(_header("If-None-Match", "An etag the caller has: answers 304 when it is still current"))
        parameters += _patience(route)
        operation["responses"]["304"] = {"description": "What the caller has is current"}
        answered = operation["responses"].get("200", {})
        answered.setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}, "description": "Strong etag"}
    if route.creates:
        parameters.append(_header("Idempotency-Key", "8 to 128 visible characters: the same key, the same answer"))
        operation["responses"]["409"] = _refusal(409, operation["responses"].get("409", {}))
    if not parameters:
        del operation["parameters"]


def _patience(route: YishiRoute) -> list[dict[str, Any]]:
    """What lets a GET wait for a change; an event stream waits by itself."""
    if route.watches is None or "application/json" not in route.responses.get(200, {}).get(
        "content", {"application/json"}
    ):
        return []
    return [
        {
            "name": "etag",
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": "The same as If-None-Match",
            "example": "3.kO2yJ7cQ5xWbA1z",
        },
        {
            "name": "wait",
            "in": "query",
            "required": False,
            "schema": {"type": "integer", "minimum": 0, "maximum": LONGEST, "default": 0},
            "description": "Seconds to wait for another etag than the one the caller has",
            "example": 25,
        },
    ]


def _header(name: str, description: str) -> dict[str, Any]:
    shown = {"If-None-Match": '"3.kO2yJ7cQ5xWbA1z"', "Idempotency-Key": "4b1d3ae0-5c1f-4d7a-9a57-0c2d8f3e6b11"}[name]
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": description,
        "example": shown,
    }


def _examples(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    bodies = [operation.get("requestBody", {})]
    for body in [*bodies, *operation["responses"].values()]:
        for kind, media in body.get("content", {}).items():
            if "schema" in media and kind == "application/json" and not {"example", "examples"} & set(media):
                media["example"] = example(media["schema"], schemas)
    for parameter in operation.get("parameters", ()):
        if not {"example", "examples"} & set(parameter):
            parameter["example"] = _shown(parameter, schemas)


def _shown(parameter: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    name: str = parameter["name"]
    if parameter["in"] == "path" and name.endswith("_id"):
        return f"{name[:3]}_01jv8m5c3q0000000000000000"
    return example(parameter["schema"], schemas)
