"""Bodies of proxies: who votes for whom."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Request
from api.schemas.parts import Id
from voting.roll.proxies import Grant, ProxyView

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""


class ProxyDraft(Request):
    """Whom an elector lets vote in their place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agent_id": "per_6vd3", "contest_id": "con_01jv3a"}]})

    agent_id: Id = Field(description="The person who will vote")
    entry_id: Id | None = Field(None, description="The elector, for officers who record a paper; else one's own entry")
    contest_id: Id | None = Field(None, description="The one contest it is for; else every contest on the roll")
    instruction: LongText | None = Field(None, description="What to vote; read by the elector and the agent alone")
    document_sha256: Sha256 | None = Field(None, description="Hash of the written authorisation")

    def grant(self) -> Grant:
        """As the service takes it."""
        digest = bytes.fromhex(self.document_sha256) if self.document_sha256 else None
        return Grant(self.agent_id, self.entry_id, self.contest_id, self.instruction, digest)


class ProxyOut(Actionable):
    """Who votes for whom."""

    id: str = Field(examples=["prx_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    roll_id: str
    contest_id: str | None
    entry_id: str
    agent_id: str
    form: str = Field(examples=["in_app"])
    instruction: str | None
    document_sha256: str | None
    state: str = Field(examples=["granted"])
    granted_at: Instant
    revoked_at: Instant | None

    @classmethod
    def of(cls, view: ProxyView) -> ProxyOut:
        """Present a proxy."""
        row = view.proxy
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {
            "instruction": view.instruction,
            "document_sha256": row.document_hash.hex() if row.document_hash else None,
            "allowed_actions": offered(view.actions, f"/v1/proxies/{row.id}"),
        }
        return cls(**told)
