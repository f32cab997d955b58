"""Bodies of deliveries: how the papers of a contest reached an elector."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Representation, Request, Text
from api.schemas.parts import Id
from api.schemas.proxies import Sha256
from voting.contests.deliveries import DeliveryView, Given, Report


class DeliveryDraft(Request):
    """One delivery, to an elector named by their entry on the roll or by a dwelling that is theirs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dwelling_id": "dwl_7k2f",
                    "method": "in_person",
                    "delivered_at": "2026-03-02T10:00:00+08:00",
                    "delivered_by": "楼组长 王芳",
                    "document_sha256": "0" * 64,
                    "warned": True,
                }
            ]
        }
    )

    entry_id: Id | None = None
    dwelling_id: Id | None = Field(None, description="On rolls of owners and of households")
    method: Literal["in_person", "post", "electronic", "left_at_home"]
    delivered_at: Instant
    delivered_by: Text = Field(description="Who brought it")
    document_sha256: Sha256 = Field(description="Hash of the proof: signed slip, photograph, postal receipt")
    warned: bool = Field(
        description="Whether the paper said what becomes of silence; without it silence follows nobody"
    )

    def given(self) -> Given:
        """As the service takes it."""
        told = self.model_dump(exclude={"document_sha256"})
        return Given(**told, document_hash=bytes.fromhex(self.document_sha256))


class DeliveryEnd(Request):
    """Why a delivery was recorded wrongly."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "录入错误：非本户"}]})

    reason: LongText | None = None


class DeliveryOut(Actionable):
    """One delivery, for officers."""

    id: str = Field(examples=["dlv_7k2f"])
    contest_id: str
    entry_id: str
    dwelling_id: str | None
    method: str
    delivered_at: Instant
    delivered_by: str
    document_sha256: str
    warned: bool
    recorded_at: Instant
    revoked_at: Instant | None
    revoked_reason: str | None

    @classmethod
    def of(cls, view: DeliveryView) -> DeliveryOut:
        """Present a delivery."""
        row = view.delivery
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        actions = offered(view.actions, f"/v1/deliveries/{row.id}")
        return cls(**told | {"document_sha256": row.document_hash.hex(), "allowed_actions": actions})


class DeliveriesIn(Representation):
    """What an import recorded."""

    recorded: int = Field(description="Deliveries of the file")
    reached: int = Field(description="Electors of the contest who are reached with proof and warning now")

    @classmethod
    def of(cls, report: Report) -> DeliveriesIn:
        """Present a report."""
        return cls(recorded=report.recorded, reached=report.reached)
