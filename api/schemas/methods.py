"""The counting methods a contest may use, for front ends that draft one."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class RuleOut(BaseModel):
    """One rule member of a method."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["tie_break"])
    legal: list[str] = Field(description="The legal values in words", examples=[["candidate_order", "random"]])
    value_schema: dict[str, Any] = Field(
        validation_alias="schema",
        description="The legal values as JSON Schema",
        examples=[{"type": "string", "enum": ["candidate_order", "random"]}],
    )


class MethodOut(BaseModel):
    """One counting method: what it is called, what its ballot asks for, how many seats it fills, which rules it has."""

    model_config = ConfigDict(from_attributes=True)

    method: str = Field(examples=["irv"])
    names: dict[str, str] = Field(examples=[{"en": "Instant runoff", "zh-CN": "排序复选"}])
    ballot: str = Field(
        validation_alias="paper",
        description="one, several, grades, ranking or equal_ranking (several options may share a rank)",
        examples=["ranking"],
    )
    least_seats: int = Field(examples=[1], description="0: the method itself decides how many are elected")
    most_seats: int | None = Field(examples=[1], description="Null: as many as there are options")
    rules: list[RuleOut]
