"""Bodies of sanctions."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant
from api.schemas.moderation import Reason, RuleId, SanctionTerms
from api.schemas.parts import Id
from voting.deliberation.sanctions import SanctionView


class SanctionDraft(SanctionTerms):
    """Whom, what, how long and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"person_id": "per_6vd3", "acts": ["comment"], "days": 7, "rule_id": "spam", "reason": "多次刷屏"}
            ]
        }
    )

    person_id: Id
    rule_id: RuleId
    reason: Reason


class SanctionOut(Actionable):
    """A sanction, for moderators and for the person it is about."""

    id: str = Field(examples=["san_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    person_id: str
    case_id: str | None
    rule_id: str
    reason: str | None
    acts: list[str] = Field(examples=[["comment"]])
    state: str = Field(examples=["in_force"], description="in_force, ended or lifted")
    imposed_at: Instant
    ends_at: Instant
    lifted_at: Instant | None
    lifted_for: str | None = Field(description="appeal or decision")

    @classmethod
    def of(cls, view: SanctionView) -> SanctionOut:
        """Present a sanction."""
        row = view.sanction
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**told | {"state": view.state, "allowed_actions": offered(view.actions, f"/v1/sanctions/{row.id}")})
