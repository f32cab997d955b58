"""The route class of casting: reads the request of a ballot itself instead of letting the framework solve it.

The framework's matching, solving and rendering of a request cost more than everything a ballot needs. So the plain request
(JSON, no query, an access token of ours) goes straight to the function behind the route; any other goes through the
framework to the same function. Signature, documentation and refusals are the same both ways.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from api import strict_json
from api.exchange import Exchange, exchange_of
from api.route import YishiRoute
from api.schemas.ballots import BallotRequest
from api.services import Services
from api.validation import faults_of
from voting.core.authority import Principal
from voting.errors import Invalid

JSON = b"application/json"


Direct = Callable[[str, BallotRequest, Principal, Services], Awaitable[tuple[int, BaseModel]]]
"""Contest id, ballot, voter and services → status and answer."""
E = TypeVar("E", bound=Callable[..., Any])


def directly(function: Direct) -> Callable[[E], E]:
    """Name the function that an endpoint of a DirectRoute calls, so that the plain request may call it as well."""

    def mark(endpoint: E) -> E:
        endpoint.direct = function  # type: ignore[attr-defined]  # a function carries what its route needs
        return endpoint

    return mark


class DirectRoute(YishiRoute):
    """A route for ballots. The access token was verified and the body read before, as for every route."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.direct: Direct = endpoint.direct

    async def _run(self, scope: Scope, receive: Receive, send: Send, services: Services) -> None:
        exchange = exchange_of(scope)
        voter = _voter(exchange)
        if voter is None or not exchange.body or not is_plain(scope, exchange):
            await super()._run(scope, receive, send, services)
            return
        ballot = self._read(exchange.body, services.settings.max_depth)
        status, answer = await self.direct(scope["path_params"]["contest_id"], ballot, voter, services)
        content = answer.model_dump_json(exclude_none=True).encode()
        headers = [(b"content-length", b"%d" % len(content)), (b"content-type", JSON)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _read(self, body: bytes, max_depth: int) -> BallotRequest:
        value = strict_json.loads(body, max_depth)
        try:
            return BallotRequest.model_validate(value)
        except ValidationError as error:
            located = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
            raise Invalid(faults_of(RequestValidationError(located, body=value), self)) from error


class Shortcut:
    """Takes plain requests for ballots past the routers of all other resources. Stands behind the front."""

    def __init__(self, app: ASGIApp, route: DirectRoute) -> None:
        self.app = app
        self.route = route
        self.before, self.after = route.path.split("{contest_id}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain request for a ballot; leave everything else to the application."""
        contest_id = self._contest_id(scope)
        if contest_id is None or not _is_ours(scope):
            await self.app(scope, receive, send)
            return
        scope["path_params"] = {"contest_id": contest_id}
        scope["route"] = self.route
        await self.route.handle(scope, receive, send)

    def _contest_id(self, scope: Scope) -> str | None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        path: str = scope["path"]
        if not (path.startswith(self.before) and path.endswith(self.after)):
            return None
        found = path[len(self.before) : -len(self.after)]
        return None if not found or "/" in found else found


def is_plain(scope: Scope, exchange: Exchange) -> bool:
    """Whether nothing of the request needs the framework."""
    return not scope["query_string"] and exchange.headers.get(b"content-type") == JSON


def _is_ours(scope: Scope) -> bool:
    exchange = exchange_of(scope)
    scheme, _, token = exchange.header(b"authorization").partition(" ")
    services: Services = scope["app"].state.services
    length = exchange.headers.get(b"content-length", b"0")
    return length != b"0" and scheme == "Bearer" and is_plain(scope, exchange) and services.issuer.issued(token)


def _voter(exchange: Exchange) -> Principal | None:
    claims = exchange.identity.claims if exchange.identity else None
    if claims is None or claims.community_id is None:
        return None
    return Principal("person", claims.subject, claims.community_id)
