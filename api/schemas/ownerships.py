"""Bodies of ownerships: who owns which dwelling, and whose heads are merged."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import Id, Name
from voting.community.ownerships import SeenOwnership


class OwnershipDraft(Request):
    """An ownership to be begun: of a person of the register, or of an owner known by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person_id": "per_6vd3"}, {"owner_name": "远大公司"}]})

    person_id: Id | None = None
    owner_name: Name | None = None
    merge_key: Name | None = Field(
        None, description="All dwellings of one merge key are one head; by the owner when left out"
    )
    is_voter: bool = Field(
        False, description="Whether this co-owner casts for the dwelling; the first owner always does"
    )


class OwnershipOut(Actionable):
    """An ownership."""

    id: str = Field(examples=["own_8s1p"])
    community_id: str
    dwelling_id: str
    person_id: str | None
    owner_name: str
    merge_key: str
    is_voter: bool

    @classmethod
    def of(cls, seen: SeenOwnership) -> OwnershipOut:
        """Present an ownership."""
        made = cls.model_validate(seen.row)
        made.allowed_actions = offered(seen.actions, f"/v1/ownerships/{made.id}")
        return made
