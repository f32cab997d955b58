"""Bodies of action items: what is to be done after an activity, by whom and until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Request
from api.schemas.parts import Day, Id
from voting.core.action_items import MOST_TEXT
from voting.programme.action_item_queries import View
from voting.programme.action_items import Draft

ItemText = Annotated[str, StringConstraints(max_length=4 * MOST_TEXT), Field(examples=["在南门划出消防通道"])]
Role = Annotated[str, StringConstraints(max_length=60), Field(examples=["property_manager"])]
_NEVER = date(2000, 1, 1)
"""What a patch leaves out stands in its model as this, and is never read."""


class ActionItemDraft(Request):
    """What is to be done, until when, and by one person or by whoever has a role."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "在南门划出消防通道", "due_on": "2026-04-01", "responsible_role": "property_manager"}]
        }
    )

    text: ItemText
    due_on: Day
    responsible_person_id: Id | None = None
    responsible_role: Role | None = None

    def draft(self) -> Draft:
        """As a value."""
        return Draft(self.text, self.due_on, self.responsible_person_id, self.responsible_role)


class ActionItemPatch(Request):
    """Who does it, or until when; what is left out stays. What an item says is never changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"due_on": "2026-05-01"}]})

    due_on: Day = Field(default_factory=lambda: _NEVER)
    responsible_person_id: Id | None = None
    responsible_role: Role | None = None

    def changes(self) -> dict[str, Any]:
        """The members that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ActionItemReason(Request):
    """Why an item is dropped, opened again or erased. Everybody of the community reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "并入整体改造"}]})

    reason: LongText | None = None


class ActionItemOut(Actionable):
    """An action item as this caller sees it, and what they may do with it."""

    id: str = Field(examples=["aci_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    activity_id: str = Field(examples=["atv_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    state: str = Field(examples=["open"], description="open | done | dropped")
    since: Instant = Field(description="When it came into its state")
    reason: str | None = Field(description="Why it was dropped or opened again")
    text: str | None = Field(examples=["在南门划出消防通道"], description="Empty once it is erased")
    due_on: date
    responsible_person_id: str | None
    responsible_role: str | None = Field(examples=["property_manager"])
    is_mine: bool = Field(description="Whether the caller is responsible, as a person or by a role")
    erased_at: Instant | None
    salt: str | None = Field(description='The `text` in the journal is H("text", salt ‖ text)')
    text_hash: str
    created_at: Instant

    @classmethod
    def of(cls, view: View) -> ActionItemOut:
        """Present an action item."""
        row = view.item
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"is_mine": view.is_mine, "salt": row.salt and row.salt.hex(), "text_hash": row.text_hash.hex()}
        return cls(**told | {"allowed_actions": offered(view.actions, f"/v1/action-items/{row.id}", edit="PATCH")})
