"""Bodies of problem reports: what was seen, where and when, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Representation, Request
from api.schemas.parts import Id
from api.schemas.points import Crs, Point, PointOut
from api.schemas.proposals import hiding
from voting.core import coordinates
from voting.core.problem_reports import MOST_CATEGORY, MOST_OBSERVATION
from voting.deliberation.proposal_drafts import Position
from voting.redesign.problem_hints import Hint
from voting.redesign.problem_report_queries import View
from voting.redesign.problem_reports import Draft

Observation = Annotated[
    str, StringConstraints(max_length=4 * MOST_OBSERVATION), Field(examples=["消防通道被两辆车堵住，轮椅过不去。"])
]
"""What was seen. Line feeds part paragraphs; markup is text."""
_EXAMPLE: dict[str, Any] = {
    "observation": "消防通道被两辆车堵住，轮椅过不去。",
    "category": "停车",
    "location": {"type": "Point", "coordinates": [121.4737, 31.2304]},
}
_NOWHERE = Point(type="Point", coordinates=(0, 0))
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""What a patch leaves out stands in its model as these, and is never read."""


class ReportDraft(Request):
    """What is reported. `observed_at` is the moment of the request unless it is said."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    observation: Observation
    location: Point
    category: str | None = Field(None, max_length=4 * MOST_CATEGORY, examples=["停车"])
    building_id: Id | None = None
    unit_id: Id | None = None
    observed_at: Instant | None = None

    def draft(self) -> Draft:
        """As a value."""
        return Draft(
            self.observation,
            self.location.position(),
            self.category,
            self.building_id,
            self.unit_id,
            self.observed_at,
        )


class ReportPatch(Request):
    """What of a report changes; what is left out stays, null clears. Whatever changes makes another version."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"observation": "三辆车，消防通道全堵。"}]})

    observation: Observation = Field(default_factory=str)
    location: Point = Field(default_factory=lambda: _NOWHERE)
    category: str | None = Field(None, max_length=4 * MOST_CATEGORY, examples=["停车"])
    building_id: Id | None = None
    unit_id: Id | None = None
    observed_at: Instant = Field(default_factory=lambda: _NEVER)

    def changes(self) -> dict[str, Any]:
        """The members that were sent."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "location" in given:
            given["location"] = self.location.position()
        return given


class ReportReason(Request):
    """Why a report comes into its state, or why a version is erased. Everybody of the community reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "已划黄线并加装隔离桩"}]})

    reason: LongText | None = None


class DuplicateOf(Request):
    """The report that one repeats."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"duplicate_of": "prb_01jv5q3k8m0c9e2x7y4t6b1n5d"}]})

    duplicate_of: Id
    reason: LongText | None = None


class LeadsTo(BaseModel):
    """The report that a duplicate leads to in the end."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["prb_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    state: str = Field(examples=["in_progress"])


class ReportOut(Actionable):
    """A problem report as this caller sees it, and what they may do with it; or its tombstone, with neither text nor place."""

    id: str = Field(examples=["prb_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    state: str = Field(
        examples=["open"],
        description="open | acknowledged | in_progress | resolved | duplicate | dismissed | withdrawn | reopened",
    )
    since: Instant = Field(description="When it came into its state")
    reason: str | None = Field(description="Why it came into its state, where a reason was given")
    observation: str | None = Field(examples=["消防通道被两辆车堵住，轮椅过不去。"])
    tombstone: str | None = Field(
        None, description="Why everybody else is not shown what it says; absent from one that is shown"
    )
    standing: str = Field(examples=["visible"], description="How moderation stands with it: the state of its case")
    rule_id: str | None = Field(None, description="The rule by which it is hidden or removed")
    hidden_until: Instant | None = Field(
        None, description="Hidden for review until then, unless somebody decides before"
    )
    case_id: str | None = Field(None, description="The newest case about it, for its reporter and for moderators")
    number: int = Field(description="The version of what it says")
    erased: bool = Field(description="Whether this version was erased")
    category: str | None = Field(examples=["停车"])
    building_id: str | None
    unit_id: str | None
    location: PointOut | None = Field(description="Nothing where what it says is not shown")
    crs: str = Field(examples=["wgs84"], description="The datum of `location`")
    observed_at: Instant
    author_id: str | None = Field(description="Who reported it: told to them, and to those who deal with it")
    is_mine: bool
    confirmations: int = Field(
        examples=[3],
        description="Residents besides its reporter who have the problem, those of its duplicates with them",
    )
    confirmed_by_me: bool
    duplicate_of: str | None = Field(description="The report it was found to repeat")
    leads_to: LeadsTo | None = Field(None, description="Where a duplicate leads in the end: read one report to see it")
    created_at: Instant

    @classmethod
    def of(cls, view: View, crs: Crs = "wgs84") -> ReportOut:
        """Present a report."""
        row, text = view.report, view.text
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= hiding(row, view.sight) | {"crs": crs, "observation": None, "erased": False, "location": None}
        if text is None:
            told["category"] = None
        else:
            told |= {"observation": text.observation, "erased": text.erased_at is not None}
            told["location"] = PointOut.of(_position(row), crs)
        told |= {"is_mine": view.is_mine, "confirmed_by_me": view.confirmed_by_me}
        told["author_id"] = row.author_id if view.shows_reporter else None
        told["leads_to"] = None if view.end is None else LeadsTo.model_validate(view.end)
        base = f"/v1/problem-reports/{row.id}"
        return cls(**told | {"allowed_actions": offered(view.actions, base, edit="PATCH")})


class ReportNear(ReportOut):
    """A report that may be about the same."""

    metres: int = Field(examples=[12], description="How far it is, rounded up")
    likeness: str = Field(examples=["2/3"], description="The share of the words of `q` that it holds")

    @classmethod
    def near(cls, hint: Hint, crs: Crs = "wgs84") -> ReportNear:
        """Present a hint."""
        metres = -(-hint.millimetres // 1000)
        return cls(**dict(ReportOut.of(hint.view, crs)), metres=metres, likeness=str(hint.likeness))


def _position(row: Any) -> Position:
    return Position(row.longitude_e7 / coordinates.E7, row.latitude_e7 / coordinates.E7)


class ReportVersionOut(Representation):
    """What a report said once, with what its entry in the journal is checked by."""

    report_id: str
    number: int
    observation: str | None
    category: str | None
    building_id: str | None
    unit_id: str | None
    longitude_e7: int = Field(examples=[1_214_737_000], description="WGS-84, in 10⁻⁷ degrees, as it is hashed")
    latitude_e7: int = Field(examples=[312_304_000])
    observed_at: Instant
    author_id: str | None
    created_at: Instant
    erased_at: Instant | None
    salt: str | None = Field(
        description=(
            'The `text` in the journal is H("text", salt ‖ canonical {"building_id", "category", "latitude_e7",'
            ' "longitude_e7", "observation", "observed_at", "unit_id"}), each left out where it is null'
        )
    )
    text_hash: str

    @classmethod
    def of(cls, found: tuple[Any, bool]) -> ReportVersionOut:
        """Present a version; its author where the caller may know."""
        row, shows = found
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"salt": row.salt and row.salt.hex(), "text_hash": row.text_hash.hex()}
        return cls(**told | {"author_id": row.author_id if shows else None})
