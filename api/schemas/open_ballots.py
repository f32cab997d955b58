"""Ballots of an open vote, each with its elector."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.base import Representation
from voting.contests.open_ballots import NamedBallot


class NamedBallotOut(Representation):
    """One elector's counted ballot."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: str = Field(examples=["ent_01jv3a"], description="Of the roll")
    elector: str = Field(examples=["王芳"], description="As the display of the roll shows them")
    ranking: list[list[str]] = Field(examples=[[["opt_01jv3a"], ["opt_01jv3c"]]])

    @classmethod
    def of(cls, ballot: NamedBallot) -> NamedBallotOut:
        """Present a named ballot."""
        return cls.model_validate(ballot)
