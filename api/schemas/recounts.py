"""What if the ballots of a contest were counted in other ways: what is asked, and the counts side by side."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.ballots import OptionId
from api.schemas.base import Request
from voting.contests.recounts import MOST_ALTERNATIVES, Alternative, Counted, Recount


class AlternativeAsked(Request):
    """Another way to count. What is left out is as in the contest."""

    method: str | None = Field(None, max_length=60, examples=["schulze"])
    seats: int | None = Field(None, ge=0, le=250)
    rules: dict[str, Any] | None = Field(
        None, description="Rule values of the method; options are named by id", examples=[{"strength": "margins"}]
    )
    without: list[OptionId] = Field(default_factory=list, max_length=250, description="Options that had withdrawn")

    def alternative(self) -> Alternative:
        """As the service takes it."""
        return Alternative(self.method, self.seats, self.rules, tuple(self.without))


class RecountAsked(Request):
    """The alternatives that are laid beside the published count."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"alternatives": [{"method": "schulze"}, {"method": "borda", "rules": {"points": "zero_based"}}]},
                {"alternatives": [{"without": ["opt_01jv3a"]}]},
            ]
        }
    )

    alternatives: list[AlternativeAsked] = Field(min_length=1, max_length=MOST_ALTERNATIVES)

    def asked(self) -> list[Alternative]:
        """As the service takes them."""
        return [one.alternative() for one in self.alternatives]


class CountedOut(BaseModel):
    """One count. Members of `tally` are those of a result; options by id."""

    method: str = Field(examples=["schulze"])
    seats: int
    rules: dict[str, Any]
    without: list[str]
    winners: list[str] = Field(examples=[["opt_01jv3a"]])
    outcome: str = Field(examples=["decided"])
    sentence: str = Field(
        description="What differs from the published count, in the caller's language; empty for that count itself",
        examples=["Counted by “Schulze method”, the outcome is the same: A."],
    )
    rounds: list[dict[str, Any]]
    tally: dict[str, Any] = Field(description="The whole tally but its rounds")

    @classmethod
    def of(cls, counted: Counted) -> CountedOut:
        """Present a count."""
        way, document = counted.way, counted.document
        return cls(
            method=way.method,
            seats=way.seats,
            rules=dict(way.rules),
            without=list(way.without),
            winners=document["winners"],
            outcome=document["outcome"],
            sentence=counted.sentence,
            rounds=document["rounds"],
            tally={name: value for name, value in document.items() if name != "rounds"},
        )


class RecountOut(BaseModel):
    """Counts side by side. Advisory: the result of a contest is what its frozen rules found."""

    contest_id: str = Field(examples=["con_01jv3a"])
    advisory: bool = Field(True, description="Always true: no recount of this kind can be certified")
    published: CountedOut
    alternatives: list[CountedOut]

    @classmethod
    def of(cls, recount: Recount) -> RecountOut:
        """Present a comparison."""
        return cls(
            contest_id=recount.contest_id,
            published=CountedOut.of(recount.published),
            alternatives=[CountedOut.of(counted) for counted in recount.alternatives],
        )
