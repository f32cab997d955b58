"""Places in bodies: GeoJSON points (RFC 7946), WGS-84 as they are sent and in the datum that was asked for as they are told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import Request
from voting.core import coordinates
from voting.deliberation.proposal_drafts import Position

Crs = Literal["wgs84", "gcj02"]
"""The datum of a place in an answer."""

Longitude = Annotated[int | float, Field(ge=-180, le=180)]
Latitude = Annotated[int | float, Field(ge=-90, le=90)]


class Point(Request):
    """A GeoJSON point (RFC 7946) in WGS-84: longitude, latitude."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "Point", "coordinates": [121.4737, 31.2304]}]})

    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]

    def position(self) -> Position:
        """As a value."""
        return Position(*map(float, self.coordinates))


class PointOut(BaseModel):
    """A GeoJSON point."""

    type: str = "Point"
    coordinates: list[float] = Field(examples=[[121.4737, 31.2304]])

    @classmethod
    def of(cls, position: Position, crs: Crs) -> PointOut:
        """Present a place."""
        found = (position.longitude, position.latitude)
        if crs == "gcj02":
            found = coordinates.gcj02(*found)
        return cls(coordinates=[round(degrees, 7) for degrees in found])
