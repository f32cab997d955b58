"""Bodies of persons: personal data, shown to those who keep the register and to the person."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from api.schemas.parts import Day, Name, Phone
from voting.community.persons import SeenPerson, SeenProfile


class PersonDraft(Request):
    """A person to be entered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "王芳", "phone": "13800138000", "born_on": "1980-03-01"}]}
    )

    name: Name
    phone: Phone | None = None
    born_on: Day | None = None
    external_ref: Name | None = Field(None, description="The register's own key of this person (人员编号)")


class PersonPatch(Request):
    """What of a person changes; what is left out stays, null clears."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "13900139000"}]})

    name: Name = Field(default_factory=str)
    phone: Phone | None = None
    born_on: Day | None = None
    external_ref: Name | None = None


class Lives(BaseModel):
    """Where a person lives."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    dwelling_id: str
    kind: str = Field(examples=["owner_occupier"])
    from_on: date | None
    to_on: date | None


class Owns(BaseModel):
    """What a person owns."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    dwelling_id: str
    merge_key: str
    is_voter: bool


class PersonOut(Actionable):
    """A person in a list."""

    id: str = Field(examples=["per_6vd3"])
    community_id: str
    name: str = Field(examples=["王芳"])
    phone: str | None
    born_on: date | None
    external_ref: str | None

    @classmethod
    def of(cls, seen: SeenPerson) -> PersonOut:
        """Present a person."""
        made = cls.model_validate(seen.row)
        made.allowed_actions = offered(seen.actions, f"/v1/persons/{made.id}", edit="PATCH")
        return made


class ProfileOut(PersonOut):
    """A person with every dwelling they live in or own."""

    residencies: list[Lives] = Field(default_factory=list)
    ownerships: list[Owns] = Field(default_factory=list)

    @classmethod
    def of_profile(cls, seen: SeenProfile) -> ProfileOut:
        """Present a person and their dwellings."""
        made = cls.model_validate(seen.row.person)
        made.residencies = [Lives.model_validate(row) for row in seen.row.residencies]
        made.ownerships = [Owns.model_validate(row) for row in seen.row.ownerships]
        made.allowed_actions = offered(seen.actions, f"/v1/persons/{made.id}", edit="PATCH")
        return made
