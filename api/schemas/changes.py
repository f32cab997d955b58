"""What is told about a contest while it runs: its state, its window, its turnout."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, Field

from api.schemas.base import Instant
from voting.contests.standing import Standing


class ContestChange(BaseModel):
    """Where a contest stands. Nothing here is about choices."""

    contest_id: str = Field(examples=["con_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    state: str = Field(examples=["open"])
    opens_at: Instant
    closes_at: Instant
    electors: int = Field(examples=[120])
    cast: int = Field(examples=[67])
    etag: str = Field("", description="Names this standing; the `id` of the event")

    @classmethod
    def of(cls, stands: Standing) -> ContestChange:
        """Present a standing. The same standing has the same etag in every process."""
        change = cls.model_validate(stands, from_attributes=True)
        change.etag = hashlib.sha256(change.model_dump_json(exclude={"etag"}).encode()).hexdigest()[:16]
        return change

    def as_event(self) -> bytes:
        """As an event named `change`."""
        return f"event: change\nid: {self.etag}\ndata: {self.model_dump_json()}\n\n".encode()
