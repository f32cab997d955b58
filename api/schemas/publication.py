"""What is published of a box, and what an elector may check of themselves. Hashes are hexadecimal."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.schemas.base import Representation
from voting.contests.groups import Group
from voting.contests.publishing import Inclusion, Line, Pattern
from voting.contests.records import Record
from voting.contests.set_up import Privacy
from voting.contests.terms import written
from voting.core.count.pairwise import Compared
from voting.core.privacy import ELECTORS_FOR_FULL, SUB_GROUP, UNIQUE_SHARE

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_RANKING = [["opt_01jv3a"], ["opt_01jv3c"]]


class BallotLineOut(BaseModel):
    """One counted ballot, with the members of its line in `box/cvr.ndjson`."""

    ranking: list[list[str]] = Field(examples=[_RANKING], description="Ranks from the most preferred, options by id")
    seq: int
    slot: str = Field(examples=[_HASH])

    @classmethod
    def of(cls, line: Line) -> BallotLineOut:
        """Present a line of the box."""
        return cls(ranking=[list(rank) for rank in line.ranking], seq=line.seq, slot=line.slot.hex())


class PatternOut(BaseModel):
    """How many ballots bear a ranking."""

    count: int
    ranking: list[list[str]] = Field(examples=[_RANKING])


class PatternsOut(Representation):
    """Every different ranking of the box, sorted as in `patterns.csv`."""

    contest_id: str
    patterns: list[PatternOut]

    @classmethod
    def of(cls, contest_id: str, patterns: tuple[Pattern, ...]) -> PatternsOut:
        """Present patterns."""
        shown = [PatternOut(count=one.count, ranking=[list(rank) for rank in one.ranking]) for one in patterns]
        return cls(contest_id=contest_id, patterns=shown)


class PairwiseOut(Representation):
    """How many ballots prefer one option to another. Options without a mark stand below all that have one."""

    contest_id: str
    ballots: int = Field(description="In the box, those without a mark among them")
    options: list[str] = Field(description="Rows and columns, in ballot order; withdrawn options take no part")
    votes: list[list[int]] = Field(examples=[[[0, 7], [4, 0]]], description="Ballots that prefer row to column")

    @classmethod
    def of(cls, contest_id: str, found: Compared) -> PairwiseOut:
        """Present a matrix."""
        votes = [list(row) for row in found.pairwise.votes]
        return cls(contest_id=contest_id, ballots=found.cast, options=list(found.pairwise.options), votes=votes)


class BoxProofOut(Representation):
    """That the box holds a line of this slot: hash your own line and follow the proof (RFC 6962) to the root."""

    contest_id: str
    slot: str = Field(examples=[_HASH])
    index: int = Field(description="Place of the line in the box, from 0")
    size: int
    root: str = Field(examples=[_HASH], description="As in the event `closed`")
    proof: list[str] = Field(examples=[[_HASH]])

    @classmethod
    def of(cls, contest_id: str, found: Inclusion) -> BoxProofOut:
        """Present a proof."""
        return cls(
            contest_id=contest_id,
            slot=found.slot.hex(),
            index=found.index,
            size=found.size,
            root=found.root.hex(),
            proof=[step.hex() for step in found.proof],
        )


class ThresholdsOut(BaseModel):
    """When ballots are published as patterns, and which sub-groups have no figure of their own."""

    electors_for_full: int = ELECTORS_FOR_FULL
    unique_share: str = written(UNIQUE_SHARE)
    sub_group: int = SUB_GROUP


class PrivacyOut(Representation):
    """How many rankings are expected to be unique, if everybody casts and every legal ballot is as likely as any other."""

    contest_id: str
    electors: int
    legal_ballots: str = Field(examples=["326"], description="How many different ballots the form has, in decimal")
    expected_unique_share: str = Field(examples=["24907/500000"], description="p/q, rounded up to a millionth")
    chosen_mode: str = Field(examples=["by_size"])
    publish_mode: str = Field(examples=["full"], description="What the opening makes of it, or has made")
    thresholds: ThresholdsOut

    @classmethod
    def of(cls, privacy: Privacy) -> PrivacyOut:
        """Present the figures."""
        return cls(
            contest_id=privacy.contest_id,
            electors=privacy.electors,
            legal_ballots=str(privacy.legal_ballots),
            expected_unique_share=written(privacy.expected_unique_share),
            chosen_mode=privacy.chosen_mode,
            publish_mode=privacy.publish_mode,
            thresholds=ThresholdsOut(),
        )


class GroupOut(BaseModel):
    """Electors of a unit and how many were checked off; without a unit, of all units too small to stand alone."""

    unit_id: str | None = Field(examples=["unt_01jv3a"])
    electors: int
    cast: int = Field(description="Checked off: who was given paper that did not come back is among them")


class GroupsOut(Representation):
    """Turnout by unit. Units with fewer ballots than the floor are merged; nothing is shown where even that is too small."""

    contest_id: str
    floor: int = SUB_GROUP
    units: list[GroupOut]

    @classmethod
    def of(cls, contest_id: str, groups: tuple[Group, ...]) -> GroupsOut:
        """Present groups."""
        shown = [GroupOut(unit_id=one.unit_id, electors=one.electors, cast=one.cast) for one in groups]
        return cls(contest_id=contest_id, units=shown)


class RecordOut(Representation):
    """The caller's own leaf of the roll and the place of their bit in the participation."""

    contest_id: str
    roll_id: str
    elector: str = Field(examples=["per_01jv3a"], description="Person id, household id or merge key, as in the leaf")
    unit_id: str | None
    salt: str = Field(examples=[_HASH], description="Of this leaf; tell nobody")
    leaf: str = Field(examples=[_HASH])
    index: int = Field(description="Place of the leaf among the sorted leaves, and of the bit in participation.bits")
    size: int
    root: str = Field(examples=[_HASH], description="Of the roll, as in the event `opened`")
    proof: list[str] = Field(examples=[[_HASH]])
    checked_off: bool
    channel: str | None = Field(examples=["online"])

    @classmethod
    def of(cls, record: Record) -> RecordOut:
        """Present an elector's own record."""
        return cls(
            contest_id=record.contest_id,
            roll_id=record.roll_id,
            elector=record.elector,
            unit_id=record.unit_id,
            salt=record.salt.hex(),
            leaf=record.leaf.hex(),
            index=record.index,
            size=record.size,
            root=record.root.hex(),
            proof=[step.hex() for step in record.proof],
            checked_off=record.channel is not None,
            channel=record.channel,
        )
