"""Whether the process lives, whether it can work, and its figures. For operators; outside the versioned interface."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.deps import Running
from api.observability import TEXT_FORMAT
from api.problems import documented
from voting.errors import Unavailable

router = APIRouter(tags=["operation"])
_PATIENCE = 5.0


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = Field(examples=["ok"])


@router.get("/livez", operation_id="livez")
async def livez() -> Health:
    """Say that the process lives."""
    return Health(status="ok")


@router.get("/readyz", operation_id="readyz", responses=documented(503))
async def readyz(services: Running) -> Health:
    """Say whether the process takes work: its database answers and it is not stopping."""
    if services.stopping:
        raise Unavailable("stopping", retry_after=5)
    try:
        await asyncio.wait_for(asyncio.to_thread(services.ping), _PATIENCE)
    except TimeoutError as error:
        raise Unavailable("storage_unavailable", retry_after=5) from error
    return Health(status="ok")


@router.get(
    "/metrics", operation_id="metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}}
)
async def metrics(request: Request) -> Response:
    """Give the figures of this process for Prometheus. None is about a person or a choice."""
    return Response(request.app.state.meter.page(), media_type=TEXT_FORMAT)
