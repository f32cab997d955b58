"""The description of the interface: for programs at /openapi.json, for people at /docs. Neither asks anything elsewhere."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api import reference
from api.deps import Locale
from api.route import YishiRoute

router = APIRouter(route_class=YishiRoute, include_in_schema=False)


@router.get("/openapi.json", operation_id="get_openapi")
async def get_openapi(request: Request) -> Response:
    """Describe every route (OpenAPI 3.1)."""
    described = json.dumps(request.app.openapi(), ensure_ascii=False, separators=(",", ":"))
    return Response(described, media_type="application/json")


@router.get("/docs", operation_id="get_docs")
async def get_docs(
    request: Request, locale: Locale, lang: Annotated[Literal["en", "zh-CN"] | None, Query()] = None
) -> Response:
    """Show the reference page."""
    page = reference.page(request.app.openapi(), lang or locale)
    return HTMLResponse(page, headers={"Content-Security-Policy": reference.POLICY})
