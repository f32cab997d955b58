"""Bodies of one-time codes."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import Instant, Representation, Request
from api.schemas.parts import Id
from voting.community.codes import MAX_VALID_DAYS, VALID_DAYS, PrintedCode


class CodeOrder(Request):
    """Whom to print codes for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dwelling_ids": ["dwl_01jv"], "valid_days": 30}, {}]})

    dwelling_ids: list[Id] | None = Field(
        None, min_length=1, max_length=10_000, description="Dwellings to print for; the whole community when left out"
    )
    valid_days: int = Field(VALID_DAYS, ge=1, le=MAX_VALID_DAYS)


class CodeOut(BaseModel):
    """One code, shown this once."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(examples=["7K2F-M9QX-04TB"])
    person_id: str
    person_name: str = Field(examples=["王芳"])
    dwelling_id: str
    building: str = Field(examples=["3栋"])
    unit: str = Field(examples=["2单元"])
    dwelling: str = Field(examples=["501"])
    expires_at: Instant


class CodesOut(Representation):
    """The codes of one printing, sorted by place. They cannot be shown again."""

    codes: list[CodeOut]

    @classmethod
    def of(cls, printed: Sequence[PrintedCode]) -> CodesOut:
        """Present codes."""
        return cls(codes=[CodeOut.model_validate(code) for code in printed])
