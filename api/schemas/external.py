"""Bodies of votes held on an official system."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.base import Instant, Representation, Request, Text
from api.schemas.rules import Figure, Freely, Votes
from voting.contests.external import ExternalView, Found, Paper

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_RECORD: Any = {
    "system": "市住建委业主共同决定平台",
    "reference": "沪房决〔2026〕0417",
    "counts": {"roll": {"heads": 1291}, "votes": {"for": 700, "against": 278, "abstain": 8}},
    "documents": [{"name": "计票结果公告.pdf", "sha256": _HASH}],
}

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class PaperDraft(Request):
    """A document of the official system."""

    name: Text = Field(examples=["计票结果公告.pdf"])
    sha256: Sha256 = Field(examples=[_HASH])


class ExternalCounts(Request):
    """The totals: electors and area of the roll, votes by state, in an election votes by option id."""

    roll: Figure
    votes: Votes
    candidates: Freely = Field(None, description="In an election: option id → votes")


class RecordDraft(Request):
    """What an official reads off the official system."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RECORD]})

    system: Text
    reference: Text = Field(description="Under which the official system keeps it")
    counts: ExternalCounts
    documents: list[PaperDraft] = Field(min_length=1, max_length=50)

    def found(self) -> Found:
        """As the service takes it."""
        return Found(
            system=self.system,
            reference=self.reference,
            counts={name: getattr(self.counts, name) for name in self.counts.model_fields_set},
            documents=[Paper(one.name, one.sha256) for one in self.documents],
        )


class PaperOut(BaseModel):
    """A document of the official system, by its hash."""

    name: str
    sha256: str


class RecordOut(BaseModel):
    """A record. Figures are texts that hold them exactly."""

    id: str = Field(examples=["ext_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    recorded_at: Instant
    system: str
    reference: str
    counts: dict[str, Any]
    documents: list[PaperOut]
    digest: str = Field(description="SHA-256 of the canonical record, hexadecimal")


class ExternalOut(Representation):
    """A vote held on an official system, as it was recorded here."""

    contest_id: str
    state: str = Field(examples=["recorded"])
    needed: int = Field(description="Officials whose records must agree", examples=[2])
    records: int = Field(description="Officials who have recorded")
    own: RecordOut | None = Field(description="The caller's own record")
    agreed: RecordOut | None = Field(description="What two officials agree on")
    differing: list[str] = Field(description="Pointers to what two records do not agree on")

    @classmethod
    def of(cls, view: ExternalView, needed: int) -> ExternalOut:
        """Present an external contest."""
        return cls(
            contest_id=view.loaded.contest.id,
            state=view.loaded.contest.state,
            needed=needed,
            records=view.records,
            own=_record(view.own),
            agreed=_record(view.agreed),
            differing=list(view.differing),
        )


def _record(row: Any) -> RecordOut | None:
    if row is None:
        return None
    return RecordOut(id=row.id, recorded_at=row.recorded_at, digest=row.digest.hex(), **row.content)
