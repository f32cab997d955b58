"""One table: class of refusal -> status, and how a refusal is written as problem details. Source: RFC 9457, RFC 9110 §15."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from api.exchange import Exchange, exchange_of
from api.schemas.problems import BlockedMove, Problem, ProblemError
from api.validation import LocatedFault, faults_of
from voting.errors import (
    Conflict,
    Fact,
    Fault,
    Forbidden,
    IllegalMove,
    Invalid,
    NotFound,
    PreconditionRequired,
    StalePrecondition,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    YishiError,
)
from voting.phrases import phrase

MEDIA_TYPE = "application/problem+json"


class Malformed(YishiError):
    """The request cannot be read at all (400)."""


class MethodNotAllowed(YishiError):
    """The path answers other methods (405)."""


class UnsupportedMedia(YishiError):
    """The body is of a kind that this path does not read (415)."""


class Failure(YishiError):
    """A fault of the service itself (500). Its cause is in the log alone."""


STATUS: Mapping[type[YishiError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    IllegalMove: 409,
    Conflict: 409,
    StalePrecondition: 412,
    TooLarge: 413,
    UnsupportedMedia: 415,
    Invalid: 422,
    PreconditionRequired: 428,
    TooMany: 429,
    Failure: 500,
    Unavailable: 503,
}

MEANING: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "No token, or one that proves nothing",
    403: "The caller is known but may not do this",
    404: "Nothing of that id that this caller may know of",
    405: "The path answers other methods",
    409: "An illegal move, or a contradiction to what is stored",
    412: "It changed since it was read",
    413: "More than the limit allows",
    415: "The path does not read this media type",
    422: "One or more values were refused",
    428: "An edit without If-Match",
    429: "More often than the limit allows",
    500: "A fault of the service",
    503: "A passing fault; the same request may succeed later",
}


def status_of(error: YishiError) -> int:
    """The status of a refusal: that of its nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: these statuses answer a problem. What every route may answer is added by itself."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": MEANING[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


def respond(error: YishiError, exchange: Exchange) -> Response:
    """The answer to a refusal, in the caller's language."""
    problem = _problem(error, exchange.request_id, exchange.locale)
    body = problem.model_dump_json(by_alias=True, exclude_none=True)
    headers = {"Content-Language": exchange.locale, "Cache-Control": "no-store"} | _headers(error)
    return Response(body, problem.status, headers, MEDIA_TYPE)


def _problem(error: YishiError, request_id: str, locale: str) -> Problem:
    facts = error.facts
    if isinstance(error, Invalid):
        facts = {"count": len(error.faults), **facts}
    said = phrase(error.code, locale, facts)
    problem = Problem(
        type=f"/problems/{error.code}",
        title=said.title,
        status=status_of(error),
        detail=said.detail,
        code=error.code,
        request_id=request_id,
        fix=said.fix,
    )
    if isinstance(error, Invalid):
        problem.errors = [_written(fault, locale) for fault in error.faults]
    if isinstance(error, IllegalMove):
        problem.allowed_actions = list(error.allowed)
        problem.blocked_actions = [
            _blocked(action, code, error.facts, locale) for action, code in error.blocked.items()
        ]
    problem.retry_after = _seconds(error)
    promised = error.facts.get("integrate_by")
    problem.integrate_by = promised if isinstance(promised, str) else None
    return problem


def _seconds(error: YishiError) -> int | None:
    """How long to wait before the same request may succeed."""
    seconds = error.facts.get("retry_after")
    return seconds if isinstance(seconds, int) else None


def _written(fault: Fault, locale: str) -> ProblemError:
    said = phrase(fault.code, locale, fault.facts)
    place = fault.place if isinstance(fault, LocatedFault) else "body"
    row, column = fault.facts.get("row"), fault.facts.get("column")
    return ProblemError(
        pointer=fault.pointer,
        place=place,
        code=fault.code,
        detail=said.detail or said.title,
        fix=said.fix,
        row=row if isinstance(row, int) else None,
        column=column if isinstance(column, str) else None,
    )


def _blocked(action: str, code: str, facts: Mapping[str, Fact], locale: str) -> BlockedMove:
    said = phrase(code, locale, facts)
    return BlockedMove(action=action, code=code, detail=said.detail or said.title)


def _headers(error: YishiError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        invalid = "" if error.code == "authentication_required" else ', error="invalid_token"'
        return {"WWW-Authenticate": f'Bearer realm="yishi"{invalid}'}
    if isinstance(error, MethodNotAllowed):
        return {"Allow": str(error.facts["allowed"])}
    seconds = _seconds(error)
    return {} if seconds is None else {"Retry-After": str(seconds)}


async def on_refusal(request: Request, error: Exception) -> Response:
    """Handler of every YishiError."""
    assert isinstance(error, YishiError)
    return respond(error, exchange_of(request.scope))


async def on_validation(request: Request, error: Exception) -> Response:
    """Handler of the framework's own validation: every fault with its pointer, and a guess for what was meant."""
    assert isinstance(error, RequestValidationError)
    return respond(Invalid(faults_of(error, request.scope.get("route"))), exchange_of(request.scope))


async def on_http(request: Request, error: Exception) -> Response:
    """Handler of the framework's own refusals: no such path, no such method, a body it cannot read."""
    assert isinstance(error, HTTPException)
    return respond(_translated(error, request), exchange_of(request.scope))


def _methods(request: Request, told: str) -> list[str]:
    """What the path answers. The framework tells of the first route alone, and each of ours has one method."""
    fitting = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in fitting for method in getattr(route, "methods", None) or ()}
    methods.update(told.split(", ") if told else ())
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _translated(error: HTTPException, request: Request) -> YishiError:
    if error.status_code == 404:
        return NotFound("route_not_found", path=request.url.path)
    if error.status_code == 405:
        allowed = ", ".join(_methods(request, (error.headers or {}).get("Allow", "")))
        method = "HEAD" if exchange_of(request.scope).bodiless else request.method
        return MethodNotAllowed("method_not_allowed", method=method, allowed=allowed)
    if error.status_code == 413:
        return TooLarge("body_too_large", limit=request.app.state.services.settings.max_body_bytes)
    return Malformed("malformed_body") if error.status_code < 500 else Failure("internal_error")
