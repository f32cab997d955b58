"""Bodies of opinions: counts of groups and never of a person."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.schemas.base import Instant, Representation
from voting.deliberation.opinion_groups import FLOOR, Stand
from voting.deliberation.opinions import Opinions, OptionAgreement, Statement


class StandOut(BaseModel):
    """How one group stands on a statement."""

    support: int
    oppose: int
    passed: int = Field(serialization_alias="pass")

    @classmethod
    def of(cls, stand: Stand) -> StandOut:
        """Present a stand."""
        return cls(support=stand.supports, oppose=stand.opposes, passed=stand.passes)


class BridgeOut(BaseModel):
    """A statement and how every group stands on it."""

    comment_id: str = Field(examples=["cmt_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    text: str | None
    groups: list[StandOut] = Field(examples=[[{"support": 9, "oppose": 1, "pass": 2}]])
    bridge: str = Field(
        examples=["10/14"], description="The product over all groups of (support + 1) ÷ (reacted + 2), exact"
    )

    @classmethod
    def of(cls, statement: Statement) -> BridgeOut:
        """Present a statement."""
        return cls(
            comment_id=statement.view.comment.id,
            text=statement.view.text,
            groups=[StandOut.of(stand) for stand in statement.stands],
            bridge=f"{statement.bridge.numerator}/{statement.bridge.denominator}",
        )


class OptionOut(BaseModel):
    """How people speak of an option in its thread."""

    option_id: str
    people: int | None = Field(description="Empty where fewer than the floor have spoken, as are the others")
    supports: int | None
    opposes: int | None

    @classmethod
    def of(cls, agreement: OptionAgreement) -> OptionOut:
        """Present an option."""
        return cls(
            option_id=agreement.option_id,
            people=agreement.people,
            supports=agreement.supports,
            opposes=agreement.opposes,
        )


class OpinionsOut(Representation):
    """Groups of opinion among those who reacted, what bridges them, and agreement by option."""

    floor: int = Field(FLOOR, description="No figure is shown of fewer residents")
    residents: int | None = Field(description="Who reacted; empty below the floor")
    groups: list[int] = Field(examples=[[23, 14]], description="Sizes of the groups, largest first")
    bridges: list[BridgeOut] = Field(description="Statements that every group has reacted to, the most bridging first")
    options: list[OptionOut] = Field(description="Of a contest: agreement by option")
    counted_at: Instant | None = Field(
        None, description="Of a large thread: when its groups were counted; absent where they were counted just now"
    )

    @classmethod
    def of(cls, opinions: Opinions) -> OpinionsOut:
        """Present opinions."""
        return cls(
            residents=opinions.residents,
            groups=list(opinions.groups),
            bridges=[BridgeOut.of(statement) for statement in opinions.bridges],
            options=[OptionOut.of(agreement) for agreement in opinions.options],
            counted_at=opinions.counted_at,
        )
