"""Bodies of dwellings 专有部分."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import AreaCm2, Label
from voting.community import areas
from voting.community.places import SeenDwelling


class DwellingDraft(Request):
    """A dwelling to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "501", "area_cm2": 895000}]})

    label: Label
    area_cm2: AreaCm2


class DwellingPatch(Request):
    """What of a dwelling changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"area_cm2": 897500}]})

    label: Label = Field(default_factory=str)
    area_cm2: AreaCm2 = Field(default_factory=int)


class DwellingOut(Actionable):
    """A dwelling and where it is."""

    id: str = Field(examples=["dwl_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    building_id: str
    building: str = Field(examples=["3栋"], description="The building's label")
    unit_id: str
    unit: str = Field(examples=["2单元"], description="The unit's label")
    label: str = Field(examples=["501"])
    area_cm2: int = Field(examples=[895000], description="Exclusive area in cm²")
    area_m2: str = Field(examples=["89.5"], description="The same area in m², an exact decimal")

    @classmethod
    def of(cls, seen: SeenDwelling) -> DwellingOut:
        """Present a dwelling."""
        place = seen.row
        dwelling = place.dwelling
        return cls(
            id=dwelling.id,
            community_id=dwelling.community_id,
            building_id=place.building.id,
            building=place.building.label,
            unit_id=place.unit.id,
            unit=place.unit.label,
            label=dwelling.label,
            area_cm2=dwelling.area_cm2,
            area_m2=areas.m2(dwelling.area_cm2),
            allowed_actions=offered(seen.actions, f"/v1/dwellings/{dwelling.id}", edit="PATCH"),
        )
