"""Bodies of activities: what people come together for, where and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LocalText, LongText, Request
from api.schemas.parts import Id
from voting.core.activities import LEVELS, MOST_KIND, MOST_PLACE
from voting.programme.activities import Draft
from voting.programme.activity_queries import View

Kind = Annotated[str, StringConstraints(max_length=4 * MOST_KIND), Field(examples=["议事会"])]
Level = Annotated[
    int,
    Field(
        ge=LEVELS[0],
        le=LEVELS[-1],
        examples=[3],
        description="The level of participation: 1 informed, 2 voice, 3 involved, 4 collaborate, 5 empower",
    ),
]
Place = Annotated[str, StringConstraints(max_length=4 * MOST_PLACE), Field(examples=["南门活动室"])]
_EXAMPLE: dict[str, Any] = {
    "kind": "议事会",
    "level": 3,
    "title": {"zh-CN": "停车议事会", "en": "Parking panel"},
    "place": "南门活动室",
    "starts_at": "2026-03-01T11:00:00Z",
    "ends_at": "2026-03-01T13:00:00Z",
}
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""What a patch leaves out stands in its model as this, and is never read."""


class ActivityDraft(Request):
    """What is announced."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Kind
    level: Level
    title: LocalText
    place: Place | None = None
    building_id: Id | None = None
    unit_id: Id | None = None
    starts_at: Instant
    ends_at: Instant

    def draft(self) -> Draft:
        """As a value."""
        return Draft(**{name: getattr(self, name) for name in type(self).model_fields})


class ActivityPatch(Request):
    """What of an activity changes; what is left out stays, null clears."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"place": "物业会议室"}]})

    kind: Kind = Field(default_factory=str)
    level: Level = 1
    title: LocalText = Field(default_factory=dict)
    place: Place | None = None
    building_id: Id | None = None
    unit_id: Id | None = None
    starts_at: Instant = Field(default_factory=lambda: _NEVER)
    ends_at: Instant = Field(default_factory=lambda: _NEVER)

    def changes(self) -> dict[str, Any]:
        """The members that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ActivityReason(Request):
    """Why an activity is cancelled, or what it says erased. Everybody of the community reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "场地停电，改期另行通知"}]})

    reason: LongText | None = None


class ActivityOut(Actionable):
    """An activity as this caller sees it, and what they may do with it."""

    id: str = Field(examples=["atv_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    state: str = Field(examples=["announced"], description="announced | held | closed | cancelled")
    since: Instant = Field(description="When it came into its state")
    reason: str | None = Field(description="Why it was cancelled")
    kind: str = Field(examples=["议事会"])
    level: int = Field(examples=[3], description="The level of participation it is to deliver, 1 to 5")
    title: dict[str, str] = Field(examples=[{"zh-CN": "停车议事会"}], description="Empty once it is erased")
    place: str | None = Field(examples=["南门活动室"])
    building_id: str | None
    unit_id: str | None
    starts_at: Instant
    ends_at: Instant
    minutes_id: str | None = Field(
        examples=["mnt_01jv5q3k8m0c9e2x7y4t6b1n5d"], description="Its minutes, once the caller may read them"
    )
    erased_at: Instant | None
    salt: str | None = Field(
        description=(
            'The `text` in the journal is H("text", salt ‖ canonical {"building_id", "ends_at", "kind", "level", "place",'
            ' "starts_at", "title", "unit_id"}), each left out where it is null'
        )
    )
    text_hash: str
    created_at: Instant

    @classmethod
    def of(cls, view: View) -> ActivityOut:
        """Present an activity."""
        row = view.activity
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"minutes_id": view.minutes_id, "salt": row.salt and row.salt.hex(), "text_hash": row.text_hash.hex()}
        actions = offered(
            view.actions,
            f"/v1/activities/{row.id}",
            edit="PATCH",
            draft_minutes=f"POST /v1/activities/{row.id}/minutes",
            add_action_item=f"POST /v1/activities/{row.id}/action-items",
        )
        return cls(**told | {"allowed_actions": actions})
