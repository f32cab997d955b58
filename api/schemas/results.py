"""Bodies of what a count found."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from api.schemas.base import Instant, Representation
from voting.contests.explaining import Explanation
from voting.contests.queries import Loaded


class Counted(BaseModel):
    """Of how many electors how many cast."""

    electors: int
    cast: int


class RoundsOut(Representation):
    """Every round: tallies, threshold, who was elected or eliminated and why, where the votes went, what was exhausted.

    Numbers are integers or decimal text; the members are those of the conformance cases.
    """

    contest_id: str
    method: str
    rounds: list[dict[str, Any]]

    @classmethod
    def of(cls, loaded: Loaded, result: dict[str, Any]) -> RoundsOut:
        """Present the rounds of a result."""
        return cls(contest_id=loaded.contest.id, method=result["method"], rounds=result["rounds"])


class ExplanationOut(Representation):
    """A count in plain sentences: what was cast, how the method decides, each round, the result."""

    contest_id: str
    locale: str = Field(examples=["en"])
    sentences: list[str] = Field(examples=[["7 ballots were cast.", "A is elected."]])

    @classmethod
    def of(cls, told: Explanation) -> ExplanationOut:
        """Present an explanation."""
        return cls(contest_id=told.contest_id, locale=told.locale, sentences=list(told.sentences))


class ResultOut(Representation):
    """Who won, by which count, from how many ballots."""

    contest_id: str
    state: str = Field(examples=["provisional"])
    method: str
    seats: int
    winners: list[str] = Field(description="Option ids in the order of their election")
    outcome: str = Field(description="decided, no_ballots, seats_left, tie_open, stopped or inconclusive")
    turnout: Counted
    counted_at: Instant
    result_hash: str = Field(description="SHA-256 of the canonical result, hexadecimal")
    tally: dict[str, Any] = Field(description="The whole tally but its rounds, as it was hashed")

    @classmethod
    def of(cls, loaded: Loaded, result: dict[str, Any], counted_at: Any, result_hash: bytes) -> ResultOut:
        """Present a result."""
        turnout = result["turnout"]
        return cls(
            contest_id=loaded.contest.id,
            state=loaded.contest.state,
            method=result["method"],
            seats=result["seats"],
            winners=result["winners"],
            outcome=result["outcome"],
            turnout=Counted(electors=turnout["electors"], cast=turnout["cast"]),
            counted_at=counted_at,
            result_hash=result_hash.hex(),
            tally={name: value for name, value in result.items() if name != "rounds"},
        )
