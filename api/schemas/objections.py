"""Bodies of objections to a roll."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Request
from api.schemas.parts import Id
from voting.roll.objections import ObjectionView


class ObjectionDraft(Request):
    """What is wrong with the roll."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "missing", "statement": "我家漏登，2单元 301 李雷"}]}
    )

    kind: Literal["missing", "not_entitled", "wrong_weight", "wrong_detail"]
    statement: LongText
    entry_id: Id | None = Field(None, description="The entry it is about; none where somebody is missing")


class ObjectionDecision(Request):
    """Why an objection is decided so, or appealed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "户籍与居住信息不符"}]})

    reason: LongText | None = None


class ObjectionOut(Actionable):
    """An objection, for officers and for whoever filed it."""

    id: str = Field(examples=["obj_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    roll_id: str
    filed_by: str
    kind: str
    entry_id: str | None
    statement: str
    state: str = Field(examples=["filed"])
    filed_at: Instant
    decide_by: Instant | None
    overdue: bool = Field(description="Whether it waits for a decision longer than the roll's terms allow")
    decided_at: Instant | None
    decision: str | None
    appeal: str | None

    @classmethod
    def of(cls, view: ObjectionView) -> ObjectionOut:
        """Present an objection."""
        row = view.objection
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        actions = offered(view.actions, f"/v1/objections/{row.id}")
        return cls(**told | {"overdue": view.overdue, "allowed_actions": actions})
