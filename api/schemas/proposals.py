"""Bodies of proposals: what is proposed, for whom, where it is, and how its text changed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Locale, LongText, Representation, Request
from api.schemas.parts import Id
from voting.core import coordinates, proposals
from voting.deliberation.proposal_drafts import Draft, Position, position_of
from voting.deliberation.proposal_queries import View
from voting.deliberation.proposal_texts import Comparison

Crs = Literal["wgs84", "gcj02"]
"""The datum of a place in an answer."""

LocalBody = Annotated[
    dict[Locale, Annotated[str, StringConstraints(max_length=4 * proposals.MOST_BODY)]],
    Field(min_length=1, max_length=20, examples=[{"zh-CN": "一、现状\n\n二、建议", "en": "Now.\n\nWhat we propose."}]),
]
"""A body in several languages. Paragraphs are parted by blank lines; markup is text."""

LocalTitle = Annotated[
    dict[Locale, Annotated[str, StringConstraints(max_length=4 * proposals.MOST_TITLE)]],
    Field(min_length=1, max_length=20, examples=[{"zh-CN": "南门增设非机动车棚", "en": "A bicycle shed"}]),
]
Longitude = Annotated[int | float, Field(ge=-180, le=180)]
Latitude = Annotated[int | float, Field(ge=-90, le=90)]


class Point(Request):
    """A GeoJSON point (RFC 7946) in WGS-84: longitude, latitude."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"type": "Point", "coordinates": [121.4737, 31.2304]}]})

    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]

    def position(self) -> Position:
        """As a value."""
        return Position(*map(float, self.coordinates))


class ProposalDraft(Request):
    """What is proposed. Concerns the whole community unless a building or a unit is named."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": {"zh-CN": "南门增设非机动车棚"},
                    "body": {"zh-CN": "一、现状\n\n二、建议"},
                    "category": "停车",
                    "location": {"type": "Point", "coordinates": [121.4737, 31.2304]},
                }
            ]
        }
    )

    title: LocalTitle
    body: LocalBody
    category: str | None = Field(None, max_length=160, examples=["停车"])
    building_id: Id | None = None
    unit_id: Id | None = None
    location: Point | None = None

    def draft(self) -> Draft:
        """As a value."""
        members = {name: getattr(self, name) for name in ("title", "body", "category", "building_id", "unit_id")}
        return Draft(**members, location=None if self.location is None else self.location.position())


class ProposalPatch(ProposalDraft):
    """What of a proposal changes; what is left out stays, null clears. Another title or body is another version."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"body": {"zh-CN": "一、现状（补充）\n\n二、建议"}, "minor": True}]}
    )

    title: LocalTitle = Field(default_factory=dict)
    body: LocalBody = Field(default_factory=dict)
    minor: bool = Field(False, description="Nothing of substance changed: endorsements stay as they are")
    note: LongText | None = Field(None, description="What was changed, in your words")

    def changes(self) -> dict[str, Any]:
        """The members that were sent."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set - {"minor", "note"}}
        if self.location is not None:
            given["location"] = self.location.position()
        return given


class ProposalReason(Request):
    """Why a proposal is returned or withdrawn, or a version erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "请写明预计费用"}]})

    reason: LongText | None = None


class Invitation(Request):
    """Who is asked to write it together."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person_id": "per_6vd3"}]})

    person_id: Id


class AuthorOut(BaseModel):
    """Who writes a proposal, or is asked to."""

    model_config = ConfigDict(from_attributes=True)

    person_id: str = Field(examples=["per_6vd3"])
    state: str = Field(examples=["accepted"], description="invited | accepted")
    since: Instant


class PointOut(BaseModel):
    """A GeoJSON point."""

    type: str = "Point"
    coordinates: list[float] = Field(examples=[[121.4737, 31.2304]])


class ProposalOut(Actionable):
    """A proposal and what this caller may do with it."""

    id: str = Field(examples=["prp_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    state: str = Field(examples=["published"])
    title: dict[str, str]
    body: dict[str, str]
    number: int = Field(description="The version of the text")
    minor: bool
    erased: bool = Field(description="Whether this version of the text was erased")
    category: str | None = Field(examples=["停车"])
    scope: str = Field(examples=["community"])
    building_id: str | None
    unit_id: str | None
    location: PointOut | None
    crs: str = Field(examples=["wgs84"], description="The datum of `location`")
    authors: list[AuthorOut]
    created_at: Instant
    submitted_at: Instant | None
    published_at: Instant | None

    @classmethod
    def of(cls, view: View, crs: Crs = "wgs84") -> ProposalOut:
        """Present a proposal."""
        row, text = view.proposal, view.text
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"title": text.title, "body": text.body, "minor": text.minor, "erased": text.erased_at is not None}
        told |= {"crs": crs, "location": _point(position_of(row), crs)}
        told["authors"] = [AuthorOut.model_validate(author) for author in view.authors]
        base = f"/v1/proposals/{row.id}"
        told["allowed_actions"] = offered(
            view.actions, base, edit="PATCH", invite=f"POST {base}/authors", accept_invitation=f"POST {base}/authors/accept",
            leave=f"POST {base}/authors/leave",
        )  # fmt: skip
        return cls(**told)


def _point(position: Position | None, crs: Crs) -> PointOut | None:
    if position is None:
        return None
    found = (position.longitude, position.latitude)
    if crs == "gcj02":
        found = coordinates.gcj02(*found)
    return PointOut(coordinates=[round(degrees, 7) for degrees in found])


class VersionOut(Representation):
    """One wording of a proposal, with what its entry in the journal is checked by."""

    model_config = ConfigDict(from_attributes=True)

    proposal_id: str
    number: int
    title: dict[str, str]
    body: dict[str, str]
    minor: bool
    note: str | None
    author_id: str
    created_at: Instant
    erased_at: Instant | None
    salt: str | None = Field(description='The `text` in the journal is H("text", salt ‖ canonical {"body", "title"})')
    text_hash: str

    @classmethod
    def of(cls, version: Any) -> VersionOut:
        """Present a version."""
        told = {name: getattr(version, name) for name in cls.model_fields if hasattr(version, name)}
        return cls(**told | {"salt": version.salt and version.salt.hex(), "text_hash": version.text_hash.hex()})


class StepOut(BaseModel):
    """Paragraphs that stand against each other."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(examples=["replaced"], description="equal | replaced | removed | added")
    old: list[str] = Field(examples=[["二、建议"]])
    new: list[str] = Field(examples=[["二、建议（修订）"]])


class ComparisonOut(BaseModel):
    """How one language of a proposal changed."""

    model_config = ConfigDict(from_attributes=True)

    locale: str = Field(examples=["zh-CN"])
    old_title: str | None
    new_title: str | None
    steps: list[StepOut] = Field(examples=[[{"kind": "equal", "old": ["一、现状"], "new": ["一、现状"]}]])


class DiffOut(Representation):
    """How one version became another, by paragraphs."""

    old_number: int
    new_number: int
    languages: list[ComparisonOut]

    @classmethod
    def of(cls, old: int, new: int, found: tuple[Comparison, ...]) -> DiffOut:
        """Present a comparison."""
        return cls(old_number=old, new_number=new, languages=[ComparisonOut.model_validate(one) for one in found])
