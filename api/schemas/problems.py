"""The body of every refusal: problem details (RFC 9457) with what this service adds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ProblemError(BaseModel):
    """One wrong value: where it is, what is wrong with it, and how to right it."""

    pointer: str = Field(description="RFC 6901 pointer into the place named by `in`", examples=["/options/0/label"])
    place: Literal["body", "query", "path", "header"] = Field(
        "body", alias="in", description="Which part of the request the pointer points into"
    )
    code: str = Field(examples=["unknown_member_did_you_mean"])
    detail: str
    fix: str = ""
    row: int | None = Field(None, description="Row of an imported file, counted from 1")
    column: str | None = Field(None, description="Column of an imported file")

    model_config = ConfigDict(populate_by_name=True)


class BlockedMove(BaseModel):
    """A command that is not allowed now, and why."""

    action: str = Field(examples=["open"])
    code: str = Field(examples=["roll_not_sealed"])
    detail: str


class Problem(BaseModel):
    """Problem details (RFC 9457). `code` is stable; `title`, `detail` and `fix` speak the negotiated language."""

    type: str = Field(examples=["/problems/contest_not_found"], description="Where the code is explained")
    title: str
    status: int = Field(examples=[404])
    detail: str
    code: str = Field(examples=["contest_not_found"])
    request_id: str = Field(description="Names this request in the service's log")
    fix: str = Field("", description="What the caller can do")
    errors: list[ProblemError] = Field(default_factory=list)
    allowed_actions: list[str] | None = Field(None, description="For an illegal move: what is allowed now")
    blocked_actions: list[BlockedMove] | None = Field(None, description="For an illegal move: why the others are not")
    retry_after: int | None = Field(None, description="Seconds to wait before the same request may succeed")
    integrate_by: str | None = Field(
        None,
        examples=["2026-03-01T08:02:00Z"],
        description="For a commitment that is not in the log yet: by when it will be",
    )
