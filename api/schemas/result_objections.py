"""Bodies of written objections to a result."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Request
from api.schemas.parts import Id
from api.schemas.proxies import Sha256
from voting.contests.objecting import ObjectionView, Wanted


class ResultObjectionDraft(Request):
    """Why an elector objects to a result."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"statement": "不同意将绿地改为车位"}]})

    statement: LongText
    entry_id: Id | None = Field(None, description="The elector, for officers who record a paper; else one's own entry")
    document_sha256: Sha256 | None = Field(None, description="Hash of the paper; needed where an officer records it")

    def wanted(self) -> Wanted:
        """As the service takes it."""
        digest = bytes.fromhex(self.document_sha256) if self.document_sha256 else None
        return Wanted(self.statement, self.entry_id, digest)


class ResultObjectionOut(Actionable):
    """An objection to a result, for officers and for its elector. Everybody reads in the decision how much all weigh."""

    id: str = Field(examples=["rob_7k2f"])
    contest_id: str
    entry_id: str
    form: str = Field(description="in_app: by the elector; written: recorded from a paper")
    statement: str
    document_sha256: str | None
    state: str = Field(description="filed or withdrawn", examples=["filed"])
    filed_at: Instant
    withdrawn_at: Instant | None

    @classmethod
    def of(cls, view: ObjectionView) -> ResultObjectionOut:
        """Present an objection."""
        row = view.objection
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {
            "document_sha256": row.document_hash.hex() if row.document_hash else None,
            "allowed_actions": offered(view.actions, f"/v1/result-objections/{row.id}"),
        }
        return cls(**told)
