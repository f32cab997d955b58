"""The description of the interface: for programs at /openapi.json, for people at /docs. Neither asks anything elsewhere."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api import reference
from api.deps import Locale
from api.route import YishiRoute

router = APIRouter(route_class=YishiRoute, include_in_schema=False)


@lru_cache(maxsize=8)
def _rendered(app: FastAPI, locale: str | None) -> bytes:
    """The description as JSON, or as the page in a language: the routes of an application do not change."""
    described = app.openapi()
    if locale is not None:
        return reference.page(described, locale).encode()
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


@router.get("/openapi.json", operation_id="get_openapi")
async def get_openapi(request: Request) -> Response:
    """Describe every route (OpenAPI 3.1)."""
    return Response(_rendered(request.app, None), media_type="application/json")


@router.get("/docs", operation_id="get_docs")
async def get_docs(
    request: Request, locale: Locale, lang: Annotated[Literal["en", "zh-CN"] | None, Query()] = None
) -> Response:
    """Show the reference page."""
    page = _rendered(request.app, lang or locale)
    return HTMLResponse(page, headers={"Content-Security-Policy": reference.POLICY})
