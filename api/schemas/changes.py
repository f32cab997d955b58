"""What is told to those who listen: of a contest its state, its window and its turnout; of a thread that it has changed."""

from __future__ import annotations

import hashlib
from typing import Self

from pydantic import BaseModel, Field

from api.schemas.base import Instant
from voting.contests.standing import Standing
from voting.deliberation.thread_marks import ThreadStanding


class Change(BaseModel):
    """What an event tells."""

    etag: str = Field("", description="Names this standing; the `id` of the event")

    def named(self) -> Self:
        """With its etag: the same standing has the same in every process."""
        self.etag = hashlib.sha256(self.model_dump_json(exclude={"etag"}).encode()).hexdigest()[:16]
        return self

    def as_event(self) -> bytes:
        """As an event named `change`."""
        return f"event: change\nid: {self.etag}\ndata: {self.model_dump_json()}\n\n".encode()


class ContestChange(Change):
    """Where a contest stands. Nothing here is about choices."""

    contest_id: str = Field(examples=["con_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    state: str = Field(examples=["open"])
    opens_at: Instant
    closes_at: Instant
    electors: int = Field(examples=[120])
    cast: int = Field(examples=[67])

    @classmethod
    def of(cls, stands: Standing) -> ContestChange:
        """Present a standing."""
        return cls.model_validate(stands, from_attributes=True).named()


class ThreadChange(Change):
    """That what a thread shows has changed. Nothing here is of a text, or of who wrote one."""

    thread_kind: str = Field(examples=["proposal"])
    thread_id: str = Field(examples=["prp_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    changes: int = Field(description="A number that rises", examples=[67])

    @classmethod
    def of(cls, stands: ThreadStanding) -> ThreadChange:
        """Present a standing."""
        kind, _, identifier = stands.key.partition(":")
        return cls(thread_kind=kind, thread_id=identifier, changes=stands.changes).named()
