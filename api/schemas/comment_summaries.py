"""Bodies of summaries of a thread."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Request
from voting.deliberation.comment_summaries import MOST_CHARACTERS, SummaryVersion, SummaryView

SummaryText = Annotated[str, StringConstraints(min_length=1, max_length=4 * MOST_CHARACTERS)]


class SummaryDraft(Request):
    """What one side, or all, have said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"side": "for", "text": "支持者主要关心消防通道。"}]})

    side: Literal["for", "against", "neither", "all"]
    text: SummaryText


class SummaryPatch(Request):
    """What the summary says from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "支持者主要关心消防通道和老人出行。"}]})

    text: SummaryText


class SummaryOut(Actionable):
    """A summary, signed by whoever wrote it."""

    id: str = Field(examples=["csm_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    thread_kind: str = Field(examples=["contest"])
    thread_id: str
    side: str = Field(examples=["for"])
    author_id: str | None
    text: str | None
    edition: int
    created_at: Instant
    edited_at: Instant | None

    @classmethod
    def of(cls, view: SummaryView) -> SummaryOut:
        """Present a summary."""
        row = view.summary
        kind, _, identifier = row.thread.partition(":")
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        actions = offered(view.actions, f"/v1/comment-summaries/{row.id}", edit="PATCH")
        return cls(**told | {"thread_kind": kind, "thread_id": identifier, "allowed_actions": actions})


class SummaryVersionOut(BaseModel):
    """What a summary said."""

    edition: int
    text: str
    text_salt: str = Field(
        examples=["9c2a4f" + "0" * 58], description='The journal holds H("text", salt ‖ text) of every version'
    )
    written_at: Instant

    @classmethod
    def of(cls, version: SummaryVersion) -> SummaryVersionOut:
        """Present a version."""
        return cls(
            edition=version.edition, text=version.text, text_salt=version.salt.hex(), written_at=version.written_at
        )
