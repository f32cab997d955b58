"""Problem reports as GeoJSON (RFC 7946), for maps: a report is a feature, a page of them a collection.

Properties are the members of a report but its id and its place. The datum is WGS-84, as the format demands; whoever asks for
`crs=gcj02` gets a page for maps of the mainland, and `crs` among the properties says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geojson_pydantic import Feature, FeatureCollection, Point
from geojson_pydantic.types import Position2D

from api.schemas.problem_reports import ReportOut

MEDIA_TYPE = "application/geo+json"

_FEATURE = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {"type": {"const": "Feature"}, "id": {"type": "string"}, "etag": {"type": "string"}},
}
FEATURE = {
    "description": "A report; as a feature when asked for GeoJSON",
    "content": {MEDIA_TYPE: {"schema": _FEATURE}},
}
FEATURES = {
    "description": "A page of reports; as a feature collection when asked for GeoJSON",
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "features"],
                "properties": {
                    "type": {"const": "FeatureCollection"},
                    "features": {"type": "array", "items": _FEATURE},
                    "next_cursor": {"type": ["string", "null"]},
                    "etag": {"type": "string"},
                },
            }
        }
    },
}
"""What the description says of both forms."""


class ReportFeature(Feature[Point, dict[str, Any]]):
    """A report on a map. `etag` is a foreign member (RFC 7946 §6.1)."""

    etag: str | None = None
    __geojson_exclude_if_none__ = {"bbox", "id", "etag"}  # noqa: RUF012 (as the library declares it)

    @classmethod
    def of(cls, out: ReportOut) -> ReportFeature:
        """Present a report."""
        properties = out.model_dump(mode="json", exclude={"id", "location", "etag"})
        place = out.location and Point(type="Point", coordinates=Position2D(*out.location.coordinates))
        return cls(type="Feature", id=out.id, geometry=place, properties=properties)


class ReportFeatures(FeatureCollection[ReportFeature]):
    """A page of reports on a map; `next_cursor` and `etag` are foreign members."""

    next_cursor: str | None = None
    etag: str | None = None
    __geojson_exclude_if_none__ = {"bbox", "etag"}  # noqa: RUF012 (as the library declares it)

    @classmethod
    def of(cls, outs: Sequence[ReportOut], next_cursor: str | None) -> ReportFeatures:
        """Present a page."""
        return cls(type="FeatureCollection", features=[ReportFeature.of(out) for out in outs], next_cursor=next_cursor)
