"""Bodies of buildings 楼栋."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import Label
from voting.community.places import SeenBuilding


class BuildingDraft(Request):
    """A building to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "3栋"}]})

    label: Label


class BuildingPatch(Request):
    """What of a building changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "3号楼"}]})

    label: Label = Field(default_factory=str)


class BuildingOut(Actionable):
    """A building."""

    id: str = Field(examples=["bld_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    label: str = Field(examples=["3栋"])

    @classmethod
    def of(cls, seen: SeenBuilding) -> BuildingOut:
        """Present a building."""
        made = cls.model_validate(seen.row)
        made.allowed_actions = offered(seen.actions, f"/v1/buildings/{made.id}", edit="PATCH")
        return made
