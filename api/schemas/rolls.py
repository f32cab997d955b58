"""Bodies of rolls: what a roll is made of, how it is answered, and whether a person stands on it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LongText, Representation, Request, Text
from api.schemas.parts import Day, Id, Name
from voting.phrases import phrase
from voting.roll.display import Displayed
from voting.roll.eligibility import Eligibility
from voting.roll.queries import EntryView
from voting.roll.service import RollView
from voting.roll.terms import RollTerms, from_document
from voting.roll.versions import RollVersion

Basis = Literal["person", "household", "owner"]
ScopeKind = Literal["community", "building", "unit", "dwellings"]
ResidencyKind = Literal["owner_occupier", "tenant", "household_member"]
_MOST_CORRECTED = 1000


class RollScope(Request):
    """How far a roll reaches. `ids` name buildings, units or dwellings; a community has none."""

    kind: ScopeKind = Field(examples=["unit"])
    ids: list[Id] = Field(default_factory=list, max_length=10_000, examples=[["unt_5w8k"]])


Periods = Annotated[int, Field(ge=0, le=366)]


class RollTermsDraft(Request):
    """Who is counted in, and how long the roll is shown, objected to and decided on, in days of the community's time zone.

    The day a period begins on is not counted; it is over at the end of its last day.
    """

    display_days: Periods = Field(0, description="Shown at least so long before objections are closed")
    objection_days: Periods = Field(0, description="Heard so long after the display; 0: as long as it is displayed")
    decision_days: Periods = Field(0, description="An objection should be decided within so many days")
    unit: Literal["day", "working_day"] = Field("day", description="What these periods are counted in")
    calendar: Literal["cn", "weekends"] = Field(
        "cn", description="Whose working days count where the community has none of its own"
    )
    unsold: Literal["one_head", "left_out"] = Field(
        "one_head", description="Dwellings without an owner, on a roll of owners: one head together, or left out"
    )
    residencies: tuple[ResidencyKind, ...] = Field(
        ("owner_occupier", "tenant", "household_member"),
        min_length=1,
        max_length=3,
        description="Which residencies make a resident, on rolls of persons and households",
    )
    resided_days: int = Field(0, ge=0, le=3660, description="How long a tenant must have lived here")
    names: Literal["masked", "full"] = Field("masked", description="How the display shows names to neighbours")
    proxies_max: int = Field(0, ge=0, le=1000, description="How many electors one proxy may vote for; 0: no proxies")
    proxies_published: bool = Field(False, description="Whether every member reads who votes for whom")

    def terms(self) -> RollTerms:
        """As the service takes them."""
        return RollTerms(**self.model_dump())


class RollDraft(Request):
    """A roll to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "停车改造业主名册", "basis": "owner", "scope": {"kind": "community"}, "minimum_age": 18}
            ]
        }
    )

    name: Text
    basis: Basis = Field(
        description="person: every adult resident; household: every household, through its representative; "
        "owner: every owner, all dwellings of one merge key being one head"
    )
    scope: RollScope = Field(default_factory=lambda: RollScope(kind="community"))
    minimum_age: int | None = Field(18, ge=0, le=120, description="Completed years; null for no limit")
    age_on: Day | None = Field(
        None, description="The day on which age and residence count; else the day of the compilation"
    )
    replaces_id: Id | None = Field(None, description="The roll that this one is made to replace")
    terms: RollTermsDraft = Field(default_factory=RollTermsDraft)


class RollCorrection(Request):
    """What an upheld objection changes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "异议成立：漏登住户", "add": ["per_6vd3"], "remove": ["ent_8s1p"]}]}
    )

    reason: LongText
    add: list[Name] = Field(
        default_factory=list,
        max_length=_MOST_CORRECTED,
        description="Electors to take from the register anew: person ids, household ids or merge keys, by the basis",
    )
    remove: list[Id] = Field(default_factory=list, max_length=_MOST_CORRECTED, description="Ids of entries to remove")
    objection_id: Id | None = Field(None, description="The upheld objection that is followed")


class RollEnd(Request):
    """Why a sealed roll is retired."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "换届，重新造册"}]})

    reason: LongText | None = None


class ScopeOut(BaseModel):
    """How far a roll reaches."""

    kind: ScopeKind | str = Field(examples=["community"])
    ids: list[str] = Field(default_factory=list)


class RollOut(Actionable):
    """A roll and what this caller may do with it. It names nobody."""

    id: str = Field(examples=["rll_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    name: str
    basis: Basis | str
    scope: ScopeOut
    minimum_age: int | None
    age_on: date | None
    state: str = Field(examples=["displayed"])
    electors: int
    heads: int
    area_cm2: int = Field(description="Exclusive area in cm², summed over the entries; 0 on a roll of persons")
    root: str | None = Field(description="Merkle root of the salted leaves (RFC 6962, hexadecimal), once sealed")
    terms: dict[str, Any] = Field(description="As drafted; periods in days")
    compiled_at: Instant | None
    displayed_at: Instant | None
    display_until: Instant | None = Field(description="Until when it is shown at least, once it is displayed")
    objections_until: Instant | None = Field(description="Until when objections are heard, once it is displayed")
    sealed_at: Instant | None
    created_at: Instant
    replaces_id: str | None

    @classmethod
    def of(cls, view: RollView) -> RollOut:
        """Present a roll."""
        roll = view.roll
        told = {name: getattr(roll, name) for name in cls.model_fields if hasattr(roll, name)}
        told |= {
            "root": roll.root.hex() if roll.root else None,
            "display_until": view.display_until,
            "objections_until": view.objections_until,
            "terms": from_document(roll.terms).as_document(),
            "allowed_actions": offered(
                view.actions, f"/v1/rolls/{roll.id}", object=f"POST /v1/rolls/{roll.id}/objections"
            ),
        }
        return cls(**told)


class RollEntryOut(BaseModel):
    """One elector, for officers."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["ent_7k2f"])
    elector: str = Field(description="Person id, household id or merge key, by the roll's basis")
    label: str = Field(examples=["3栋 2单元 501"])
    unit_id: str | None
    heads: int
    area_cm2: int
    voters: int = Field(description="How many persons may act for it; the first to cast has cast for all")

    @classmethod
    def of(cls, entry: EntryView) -> RollEntryOut:
        """Present an entry."""
        return cls.model_validate(entry)


class DisplayedOut(BaseModel):
    """One line of a displayed roll, as this caller sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["ent_7k2f"])
    label: str = Field(description="Names of others masked, unless the roll's terms show them", examples=["王*"])
    unit_id: str | None
    heads: int
    area_cm2: int = Field(description="0 where the name is masked")
    own: bool = Field(description="Whether the caller acts for it")

    @classmethod
    def of(cls, line: Displayed) -> DisplayedOut:
        """Present a line."""
        return cls.model_validate(line)


class RollVersionOut(BaseModel):
    """What the roll was after a compilation, a correction or the seal."""

    number: int
    made_by: str = Field(examples=["correct"])
    root: str = Field(description="Merkle root of the salted leaves, hexadecimal")
    electors: int
    heads: int
    area_cm2: int
    added: list[str] = Field(description="Ids of entries")
    removed: list[str] = Field(description="Ids of entries")
    objection_id: str | None
    made_at: Instant

    @classmethod
    def of(cls, version: RollVersion) -> RollVersionOut:
        """Present a version."""
        told = {name: getattr(version, name) for name in cls.model_fields}
        return cls(**told | {"root": version.root.hex()})


class OwnEntry(BaseModel):
    """What the caller's vote stands for."""

    model_config = ConfigDict(from_attributes=True)

    label: str
    unit_id: str | None
    heads: int
    area_cm2: int


class EligibilityOut(Representation):
    """Whether the caller may act on a roll, with the reason either way."""

    eligible: bool
    code: str = Field(examples=["elector_on_roll"])
    reason: str = Field(examples=["You stand on this roll."])
    clause: str | None = Field(None, description="The term of the roll, or the entry of the register, that decides")
    entry: OwnEntry | None = None

    @classmethod
    def of(cls, found: Eligibility, locale: str) -> EligibilityOut:
        """Present the answer in a language."""
        entry = None if found.entry is None else OwnEntry.model_validate(found.entry)
        return cls(
            eligible=found.eligible,
            code=found.code,
            reason=phrase(found.code, locale, {}).detail,
            clause=found.clause,
            entry=entry,
        )
