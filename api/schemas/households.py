"""Bodies of households: who lives together, and who speaks for them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import Id
from voting.community.households import SeenHome


class RepresentativeChoice(Request):
    """Who speaks for a household."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person_id": "per_6vd3"}]})

    person_id: Id = Field(description="Somebody who lives in the dwelling")


class Member(BaseModel):
    """Somebody of a household."""

    model_config = ConfigDict(from_attributes=True)

    person_id: str
    kind: str = Field(examples=["owner_occupier"])


class HouseholdOut(Actionable):
    """A household, the dwelling it lives in, and its members."""

    id: str = Field(examples=["hsh_8s1p"])
    community_id: str
    dwelling_id: str
    building: str = Field(examples=["3栋"])
    unit: str = Field(examples=["2单元"])
    dwelling: str = Field(examples=["501"])
    representative_id: str | None
    members: list[Member]

    @classmethod
    def of(cls, seen: SeenHome) -> HouseholdOut:
        """Present a household."""
        home = seen.row
        return cls(
            id=home.household.id,
            community_id=home.household.community_id,
            dwelling_id=home.household.dwelling_id,
            building=home.place.building.label,
            unit=home.place.unit.label,
            dwelling=home.place.dwelling.label,
            representative_id=home.household.representative_id,
            members=[Member.model_validate(row) for row in home.residencies],
            allowed_actions=offered(seen.actions, f"/v1/households/{home.household.id}"),
        )
