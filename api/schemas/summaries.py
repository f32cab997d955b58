"""Bodies of a community's figures."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.schemas.base import Representation
from api.schemas.results import Counted
from voting.contests.queries import Turnout
from voting.contests.summaries import Group, Summary
from voting.core.privacy import SUB_GROUP


class GroupOut(BaseModel):
    """Contests that share something, and their turnout together."""

    key: str = Field(examples=["irv"])
    contests: int
    turnout: Counted

    @classmethod
    def of(cls, group: Group) -> GroupOut:
        """Present a group."""
        return cls(key=group.key, contests=group.contests, turnout=_counted(group.turnout))


class SummaryOut(Representation):
    """What a community has decided, in figures. Published contests alone."""

    community_id: str = Field(examples=["com_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    contests: int
    turnout: Counted = Field(description="Electors and ballots of all contests together")
    by_state: dict[str, int] = Field(examples=[{"certified": 3}])
    by_outcome: dict[str, int] = Field(examples=[{"decided": 3}])
    by_kind: list[GroupOut] = Field(description="By who decides: person, household or owner")
    by_method: list[GroupOut]
    by_unit: list[GroupOut] = Field(description="By unit of the electors, where the floor allows")
    withheld: int = Field(description="Figures of units that the floor keeps back")
    floor: int = Field(SUB_GROUP, description="Ballots below which no figure of a unit is shown, nor can be worked out")

    @classmethod
    def of(cls, summary: Summary) -> SummaryOut:
        """Present a summary."""
        return cls(
            community_id=summary.community_id,
            contests=summary.contests,
            turnout=_counted(summary.turnout),
            by_state=dict(summary.states),
            by_outcome=dict(summary.outcomes),
            by_kind=[GroupOut.of(group) for group in summary.kinds],
            by_method=[GroupOut.of(group) for group in summary.methods],
            by_unit=[GroupOut.of(group) for group in summary.units],
            withheld=summary.withheld,
        )


def _counted(turnout: Turnout) -> Counted:
    return Counted(electors=turnout.electors, cast=turnout.cast)
