"""Bodies of minutes: what was said and decided at an activity, version by version."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Locale, LongText, Representation, Request
from api.schemas.proposals import StepOut
from voting.core.activities import MOST_MINUTES
from voting.programme.minutes_queries import Comparison, View

MinutesBody = Annotated[
    dict[Locale, Annotated[str, StringConstraints(max_length=4 * MOST_MINUTES)]],
    Field(min_length=1, max_length=20, examples=[{"zh-CN": "一、到会情况\n\n二、议定事项"}]),
]
"""What was said and decided, in several languages. Blank lines part paragraphs; markup is text."""


class MinutesDraft(Request):
    """What minutes say."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": {"zh-CN": "一、到会情况\n\n二、议定事项"}}]})

    body: MinutesBody


class MinutesPatch(Request):
    """What minutes say from now on. Once they are published it is a correction, and needs a reason that everybody reads."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"body": {"zh-CN": "一、到会 12 人"}, "reason": "人数更正"}]}
    )

    body: MinutesBody
    reason: LongText | None = None


class MinutesReason(Request):
    """Why a version is erased. Everybody of the community reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "含他人电话"}]})

    reason: LongText | None = None


class MinutesOut(Actionable):
    """Minutes as this caller sees them, and what they may do with them."""

    id: str = Field(examples=["mnt_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    activity_id: str = Field(examples=["atv_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    state: str = Field(examples=["published"], description="draft | published")
    since: Instant = Field(description="When they came into their state")
    number: int = Field(description="The newest version")
    published_number: int | None = Field(description="The version that was published first")
    body: dict[str, str] = Field(
        examples=[{"zh-CN": "一、到会情况\n\n二、议定事项"}], description="Empty once this version is erased"
    )
    reason: str | None = Field(description="Why the newest version corrects the one before")
    erased: bool = Field(description="Whether this version was erased")
    created_at: Instant

    @classmethod
    def of(cls, view: View) -> MinutesOut:
        """Present minutes."""
        row, text = view.minutes, view.text
        told: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"body": text.body, "reason": text.reason, "erased": text.erased_at is not None}
        actions = offered(view.actions, f"/v1/minutes/{row.id}", edit="PATCH", correct="PATCH")
        return cls(**told | {"allowed_actions": actions})


class MinutesVersionOut(Representation):
    """What minutes said once, with what their entry in the journal is checked by."""

    minutes_id: str
    number: int
    body: dict[str, str] = Field(examples=[{"zh-CN": "一、到会情况"}])
    reason: str | None = Field(description="Why it corrects the version before")
    author_id: str
    created_at: Instant
    erased_at: Instant | None
    salt: str | None = Field(description='The `text` in the journal is H("text", salt ‖ canonical {"body"})')
    text_hash: str

    @classmethod
    def of(cls, row: Any) -> MinutesVersionOut:
        """Present a version."""
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**told | {"salt": row.salt and row.salt.hex(), "text_hash": row.text_hash.hex()})


class MinutesComparisonOut(BaseModel):
    """How one language of minutes changed."""

    model_config = ConfigDict(from_attributes=True)

    locale: str = Field(examples=["zh-CN"])
    steps: list[StepOut] = Field(examples=[[{"kind": "equal", "old": ["一、到会情况"], "new": ["一、到会情况"]}]])


class MinutesDiffOut(Representation):
    """How one version became another, by paragraphs."""

    old_number: int
    new_number: int
    languages: list[MinutesComparisonOut]

    @classmethod
    def of(cls, old: int, new: int, found: tuple[Comparison, ...]) -> MinutesDiffOut:
        """Present a comparison."""
        languages = [MinutesComparisonOut.model_validate(one) for one in found]
        return cls(old_number=old, new_number=new, languages=languages)
