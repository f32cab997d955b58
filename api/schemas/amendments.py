"""Bodies of amendments, of merges and splits, and of what proposals come of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Locale, LongText, Representation, Request
from api.schemas.parts import Id
from api.schemas.proposals import ProposalDraft, ReadNumber, hiding
from voting.core import paragraphs, proposals
from voting.core.amendments import Change
from voting.deliberation.amendments import AmendmentView
from voting.deliberation.lineage import FEWEST_PARTS, MOST_PARTS, Descent

_LONGEST = 4 * proposals.MOST_BODY


class AmendmentDraft(Request):
    """What is to be done to one paragraph of one version of a proposal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "base": 1,
                    "locale": "zh-CN",
                    "action": "replace",
                    "paragraph": 2,
                    "text": "二、建议：先建东侧，再建西侧。",
                    "why": "分期建设，先解决急需",
                }
            ]
        }
    )

    base: int = Field(ge=1, le=1_000_000, description="The version you read")
    locale: Locale
    action: Literal["replace", "insert_before", "insert_after", "delete"]
    paragraph: int = Field(ge=1, le=paragraphs.MOST_PARAGRAPHS, description="From 1, in that version")
    text: str | None = Field(None, max_length=_LONGEST, description="None where a paragraph is deleted")
    why: LongText | None = None

    def change(self) -> Change:
        """As a value."""
        return Change(self.action, self.paragraph, self.text)


class Acceptance(Request):
    """Whether the amendment changes nothing of substance."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"minor": True}]})

    minor: bool = False


class AmendmentReason(Request):
    """Why an amendment is rejected, or erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "超出预算"}]})

    reason: LongText | None = None


class AmendmentOut(Actionable):
    """An amendment and what this caller may do with it."""

    id: str = Field(examples=["amd_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    proposal_id: str
    author_id: str | None = Field(description="Nobody once the person is erased, or where it is not shown")
    state: str = Field(examples=["proposed"])
    tombstone: str | None = Field(
        None, description="Why everybody else is not shown its text and author; absent from one that is shown"
    )
    standing: str = Field(examples=["visible"], description="How moderation stands with it: the state of its case")
    rule_id: str | None = Field(None, description="The rule by which it is hidden or removed")
    hidden_until: Instant | None = Field(
        None, description="Hidden for review until then, unless somebody decides before"
    )
    case_id: str | None = Field(None, description="The newest case about it, for its author and for moderators")
    base: int
    locale: str = Field(examples=["zh-CN"])
    action: str = Field(examples=["replace"])
    paragraph: int
    paragraph_text: str | None = Field(description="The paragraph it is about, as it stood in that version")
    text: str | None
    why: str | None
    erased: bool = Field(description="Whether what it said was erased")
    salt: str | None = Field(description='The `text` in the journal is H("text", salt ‖ canonical {"text"?, "why"?})')
    text_hash: str
    created_at: Instant
    decided_by: str | None
    decided_at: Instant | None
    decision: str | None
    number: int | None = Field(description="The version it became part of")
    promoted_id: str | None = Field(description="The proposal it became")

    @classmethod
    def of(cls, view: AmendmentView) -> AmendmentOut:
        """Present an amendment."""
        row = view.amendment
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"erased": row.salt is None, "salt": row.salt and row.salt.hex(), "text_hash": row.text_hash.hex()}
        told |= {"paragraph_text": view.paragraph_text, "promoted_id": view.promoted_id} | hiding(row, view.sight)
        if not view.sight.is_shown:
            told |= dict.fromkeys(("author_id", "text", "why", "salt"))
        return cls(**told | {"allowed_actions": offered(view.actions, f"/v1/amendments/{row.id}")})


class Merging(Request):
    """What a proposal is merged into, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"into": "prp_01jv3a", "reason": "与该提案主张相同"}]})

    into: Id
    reason: LongText | None = None


class Splitting(Request):
    """The parts a proposal goes on as, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "parts": [
                        {"title": {"zh-CN": "车棚"}, "body": {"zh-CN": "建车棚"}},
                        {"title": {"zh-CN": "充电桩"}, "body": {"zh-CN": "装充电桩"}},
                    ],
                    "reason": "两件事分别讨论",
                }
            ]
        }
    )

    parts: list[ProposalDraft] = Field(min_length=FEWEST_PARTS, max_length=MOST_PARTS)
    reason: LongText | None = None


class SupportMove(Request):
    """Where one's released support goes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "prp_01jv3a", "number": 2}]})

    to: Id
    number: ReadNumber = None


class RelativeOut(BaseModel):
    """One tie between proposals."""

    model_config = ConfigDict(from_attributes=True)

    child_id: str
    parent_id: str
    kind: str = Field(examples=["merged_from"], description="merged_from | split_from | promoted_from")
    at: Instant


class LineageOut(Representation):
    """What a proposal came of, and what came of it."""

    parents: list[RelativeOut]
    children: list[RelativeOut]

    @classmethod
    def of(cls, found: Descent) -> LineageOut:
        """Present a lineage."""
        return cls(
            parents=[RelativeOut.model_validate(row) for row in found.parents],
            children=[RelativeOut.model_validate(row) for row in found.children],
        )
