"""What a map asks for: a frame, GeoJSON instead of JSON. Source: RFC 7946 §5 (order of a frame), §12 (media type)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.exchange import exchange_of
from api.negotiation import digest
from api.schemas.report_features import MEDIA_TYPE, ReportFeature, ReportFeatures
from api.validation import LocatedFault
from voting.core.coordinates import E7, Box
from voting.errors import Invalid

VARY = "Accept, Accept-Language, Authorization, Origin"
"""What an answer depends on that comes in two forms."""
_NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"


async def _form(
    request: Request,
    form: Annotated[
        Literal["json", "geojson"] | None,
        Query(alias="format", description="The form of the answer; else by Accept", examples=["geojson"]),
    ] = None,
) -> Literal["json", "geojson"]:
    accepts = exchange_of(request.scope).header(b"accept").partition(",")[0].partition(";")[0].strip().lower()
    return form or ("geojson" if accepts == MEDIA_TYPE else "json")


Form = Annotated[Literal["json", "geojson"], Depends(_form)]
"""Whether the caller wants JSON or GeoJSON."""


async def _frame(
    bbox: Annotated[
        str | None,
        Query(
            pattern=f"^{_NUMBER}(,{_NUMBER}){{3}}$",
            max_length=100,
            description="Only within: west, south, east, north in WGS-84. A west that lies east of the east crosses 180°",
            examples=["121.47,31.22,121.48,31.24"],
        ),
    ] = None,
) -> Box | None:
    if bbox is None:
        return None
    west, south, east, north = (int((Decimal(part) * E7).to_integral_value()) for part in bbox.split(","))
    if max(abs(west), abs(east)) > 180 * E7 or not -90 * E7 <= south <= north <= 90 * E7:
        raise Invalid([LocatedFault("/bbox", "bbox_impossible", {}, "query")])
    return Box(west, south, east, north)


Frame = Annotated[Box | None, Depends(_frame)]
"""The part of the map that is wanted."""


def drawn(model: ReportFeature | ReportFeatures, response: Response, version: int | None = None) -> Response:
    """The answer as GeoJSON, with its etag in header and body. `response` has the headers so far."""
    hashed = digest(model.model_dump_json().encode())
    model.etag = f'"{hashed}"' if version is None else f'"{version}.{hashed}"'
    kept = {name: value for name, value in response.headers.items() if name != "content-length"}
    headers = kept | {"etag": model.etag, "vary": VARY}
    return Response(model.model_dump_json(), media_type=MEDIA_TYPE, headers=headers)
