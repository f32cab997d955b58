"""Bodies of units 单元."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import Label
from voting.community.places import SeenUnit


class UnitDraft(Request):
    """A unit to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "2单元"}]})

    label: Label


class UnitPatch(Request):
    """What of a unit changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "二单元"}]})

    label: Label = Field(default_factory=str)


class UnitOut(Actionable):
    """A unit: one staircase of a building."""

    id: str = Field(examples=["unt_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    building_id: str
    label: str = Field(examples=["2单元"])

    @classmethod
    def of(cls, seen: SeenUnit) -> UnitOut:
        """Present a unit."""
        made = cls.model_validate(seen.row)
        made.allowed_actions = offered(seen.actions, f"/v1/units/{made.id}", edit="PATCH")
        return made
