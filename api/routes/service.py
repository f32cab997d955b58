"""What this service is: its version, languages, limits and where its descriptions lie."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from api.deps import Conditional, Running
from api.route import YishiRoute
from api.schemas.base import Representation
from voting.phrases import LOCALES

router = APIRouter(prefix="/v1", tags=["service"], route_class=YishiRoute)


class Limits(BaseModel):
    """What a request may not exceed."""

    body_bytes: int = Field(examples=[1048576])
    import_bytes: int = Field(examples=[33554432])
    nesting: int = Field(examples=[24])
    page_size: int = Field(examples=[50])
    largest_page: int = Field(examples=[200])
    requests_per_minute: int = Field(examples=[600], description="Per caller and process; 0 when unlimited")


class Service(Representation):
    """The service and where to read on."""

    name: str = Field(examples=["yishi"])
    version: str = Field(examples=["0.1.0"])
    locales: list[str] = Field(examples=[["en", "zh-CN"]])
    demo: bool = Field(description="Whether the clocks of demo communities may be moved")
    limits: Limits
    links: dict[str, str] = Field(examples=[{"docs": "/docs"}])


@router.get("", operation_id="get_service")
async def get_service(request: HttpRequest, conditional: Conditional, services: Running) -> Service:
    """Describe the service: version, languages, limits, links."""
    settings = services.settings
    limits = Limits(
        body_bytes=settings.max_body_bytes,
        import_bytes=settings.max_import_bytes,
        nesting=settings.max_depth,
        page_size=settings.page_size,
        largest_page=settings.max_page_size,
        requests_per_minute=settings.rate_per_minute,
    )
    links = {"docs": "/docs", "openapi": "/openapi.json", "problems": "/problems"}
    described = Service(
        name="yishi", version=request.app.version, locales=list(LOCALES), demo=settings.demo, limits=limits, links=links
    )
    return conditional.answer(described)
