"""Bodies of residencies: who lives where, as what, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import Day, Id
from voting.community.residencies import SeenResidency

Kind = Literal["owner_occupier", "tenant", "household_member"]


class ResidencyDraft(Request):
    """A residency to be begun."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_id": "per_6vd3", "kind": "tenant", "from_on": "2026-01-01"}]}
    )

    person_id: Id
    kind: Kind
    from_on: Day | None = Field(None, description="The first day")


class ResidencyEnd(Request):
    """When a residency ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to_on": "2026-06-30"}]})

    to_on: Day | None = Field(None, description="The last day; today when left out")


class ResidencyOut(Actionable):
    """A residency. Its first and its last day both belong to it."""

    id: str = Field(examples=["res_7k2f"])
    community_id: str
    dwelling_id: str
    person_id: str
    kind: Kind | str
    from_on: date | None
    to_on: date | None

    @classmethod
    def of(cls, seen: SeenResidency) -> ResidencyOut:
        """Present a residency."""
        made = cls.model_validate(seen.row)
        made.allowed_actions = offered(seen.actions, f"/v1/residencies/{made.id}")
        return made
