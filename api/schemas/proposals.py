"""Bodies of proposals: what is proposed, for whom, where it is, and how its text changed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Locale, LongText, Representation, Request
from api.schemas.parts import Day, Id
from api.schemas.points import Crs, Point, PointOut
from voting.core import proposals
from voting.deliberation.answers import MOST_FEN, Answer
from voting.deliberation.endorsements import LONGEST_DAYS, SupportRule
from voting.deliberation.proposal_drafts import Draft, position_of
from voting.deliberation.proposal_queries import View
from voting.deliberation.proposal_texts import Comparison
from voting.deliberation.standing import Sight

LocalBody = Annotated[
    dict[Locale, Annotated[str, StringConstraints(max_length=4 * proposals.MOST_BODY)]],
    Field(min_length=1, max_length=20, examples=[{"zh-CN": "一、现状\n\n二、建议", "en": "Now.\n\nWhat we propose."}]),
]
"""A body in several languages. Paragraphs are parted by blank lines; markup is text."""

LocalTitle = Annotated[
    dict[Locale, Annotated[str, StringConstraints(max_length=4 * proposals.MOST_TITLE)]],
    Field(min_length=1, max_length=20, examples=[{"zh-CN": "南门增设非机动车棚", "en": "A bicycle shed"}]),
]


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


class SupportOpening(Request):
    """How much support qualifies the proposal: a number, or a share of a sealed roll; and for how long it is gathered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"number": 20, "days": 30},
                {"fraction": "1/10", "roll_id": "rol_1", "days": 20, "unit": "working_day"},
            ]
        }
    )

    days: int = Field(
        ge=1, le=LONGEST_DAYS, description="Behind today, to the end of the last in the community's time zone"
    )
    unit: Literal["day", "working_day"] = "day"
    number: int | None = Field(None, ge=1, le=10_000_000)
    fraction: str | None = Field(None, pattern=r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$", examples=["1/10"])
    roll_id: Id | None = None

    def rule(self) -> SupportRule:
        """As a value."""
        share = None if self.fraction is None else Fraction(self.fraction)
        return SupportRule(self.days, self.number, share, self.roll_id, self.unit)


ReadNumber = Annotated[
    int | None,
    Field(ge=1, le=1_000_000, description="The version you read; refused where the text means something else by now"),
]


class Wording(Request):
    """Which wording is supported."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 2}]})

    number: ReadNumber = None


class AnswerDraft(Request):
    """What is answered to a proposal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": {"zh-CN": "采纳，先建东侧"}, "cost_fen": 1200000, "deadline": "2026-09-30"}]
        }
    )

    text: LocalBody
    cost_fen: int | None = Field(None, ge=0, le=MOST_FEN, description="What it will cost, in fen")
    deadline: Day | None = Field(None, description="By when it will be done")

    def answer(self) -> Answer:
        """As a value."""
        return Answer(self.text, self.cost_fen, self.deadline)


class Rejection(AnswerDraft):
    """What is answered to a proposal that is rejected, and the reason in one sentence."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": {"zh-CN": "消防通道不得占用"}, "reason": "违反消防规定"}]}
    )

    reason: LongText | None = None


class BallotLink(Request):
    """The contest that puts a proposal to the vote."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"contest_id": "con_01jv3a"}]})

    contest_id: Id


class AuthorOut(BaseModel):
    """Who writes a proposal, or is asked to."""

    model_config = ConfigDict(from_attributes=True)

    person_id: str = Field(examples=["per_6vd3"])
    state: str = Field(examples=["accepted"], description="invited | accepted")
    since: Instant


class SupportOut(BaseModel):
    """Where the support of a proposal stands."""

    needed: int = Field(examples=[20], description="Endorsements that qualify it")
    rule: dict[str, Any] = Field(
        examples=[{"number": 20, "days": 30, "unit": "day", "last_day": "2026-03-31"}],
        description="Where that number comes from, and the days of the window",
    )
    standing: int = Field(
        examples=[12], description="Endorsements that count: of the wording, or of one that differs little"
    )
    unconfirmed: int = Field(examples=[1], description="Endorsements of an older wording that nobody has confirmed")
    mine: str | None = Field(None, description="The caller's own: standing | unconfirmed | withdrawn | released")
    opened_at: Instant
    until: Instant = Field(description="The midnight behind the last day, in the community's time zone")
    is_over: bool = Field(description="Whether that has come; the service finds the proposal lapsed soon after")

    @classmethod
    def of(cls, view: View) -> SupportOut | None:
        """Present the support, if any was ever gathered."""
        row, support = view.proposal, view.support
        if support is None or row.support_from is None or row.support_until is None:
            return None
        return cls(
            needed=row.support_needed or 0,
            rule=row.support_rule or {},
            standing=support.standing,
            unconfirmed=support.unconfirmed,
            mine=view.mine,
            opened_at=row.support_from,
            until=row.support_until,
            is_over=view.now is not None and view.now >= row.support_until,
        )


class AnswerOut(BaseModel):
    """What the officers say."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    text: dict[str, str]
    cost_fen: int | None = Field(examples=[1_200_000])
    deadline: date | None
    author_id: str
    at: Instant
    erased: bool = Field(description="Whether its text was erased")
    salt: str | None = Field(description='The `text` in the journal is H("text", salt ‖ canonical {"text"})')
    text_hash: str

    @classmethod
    def of(cls, row: Any) -> AnswerOut | None:
        """Present an answer, if there is one."""
        if row is None:
            return None
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= {"erased": row.salt is None, "salt": row.salt and row.salt.hex(), "text_hash": row.text_hash.hex()}
        return cls(**told)


class ProposalOut(Actionable):
    """A proposal and what this caller may do with it, or its tombstone: where it is not shown it has neither text, place nor
    authors."""

    id: str = Field(examples=["prp_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    state: str = Field(examples=["published"])
    title: dict[str, str]
    body: dict[str, str]
    tombstone: str | None = Field(
        None, description="Why everybody else is not shown its text and authors; absent from one that is shown"
    )
    standing: str = Field(examples=["visible"], description="How moderation stands with it: the state of its case")
    rule_id: str | None = Field(None, description="The rule by which it is hidden or removed")
    hidden_until: Instant | None = Field(
        None, description="Hidden for review until then, unless somebody decides before"
    )
    case_id: str | None = Field(None, description="The newest case about it, for its authors and for moderators")
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
    support: SupportOut | None
    answer: AnswerOut | None = Field(description="The answer of the review")
    outcome: AnswerOut | None = Field(description="How the input changed the outcome")
    contest_id: str | None = Field(description="The contest that puts it to the vote")
    created_at: Instant
    submitted_at: Instant | None
    published_at: Instant | None

    @classmethod
    def of(cls, view: View, crs: Crs = "wgs84") -> ProposalOut:
        """Present a proposal."""
        row, text = view.proposal, view.text
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        told |= hiding(row, view.sight) | {"crs": crs}
        if text is None:
            told |= {"title": {}, "body": {}, "minor": False, "erased": False, "category": None, "location": None}
        else:
            told |= {"title": text.title, "body": text.body, "minor": text.minor, "erased": text.erased_at is not None}
            place = position_of(row)
            told["location"] = None if place is None else PointOut.of(place, crs)
        told["authors"] = [AuthorOut.model_validate(author) for author in view.authors]
        told |= {name: AnswerOut.of(view.answers.get(name)) for name in ("answer", "outcome")}
        told["support"] = SupportOut.of(view)
        base = f"/v1/proposals/{row.id}"
        told["allowed_actions"] = offered(
            view.actions, base, edit="PATCH", invite=f"POST {base}/authors", accept_invitation=f"POST {base}/authors/accept",
            leave=f"POST {base}/authors/leave", confirm_endorsement=f"POST {base}/endorsements/confirm",
            withdraw_endorsement=f"POST {base}/endorsements/withdraw", endorse=f"POST {base}/endorsements",
            attach=f"POST {base}/attachments", amend=f"POST {base}/amendments",
            move_endorsement=f"POST {base}/endorsements/move",
        )  # fmt: skip
        return cls(**told)


def hiding(row: Any, sight: Sight) -> dict[str, object]:
    """Why it is not shown to everybody, and until when."""
    is_waiting = sight.tombstone == "hidden_for_review"
    return {
        "tombstone": sight.tombstone,
        "rule_id": row.rule_id if sight.tombstone else None,
        "hidden_until": row.hidden_until if is_waiting else None,
        "case_id": sight.case_id,
    }


class VersionOut(Representation):
    """One wording of a proposal, with what its entry in the journal is checked by."""

    model_config = ConfigDict(from_attributes=True)

    proposal_id: str
    number: int
    title: dict[str, str]
    body: dict[str, str]
    minor: bool
    note: str | None
    author_id: str | None = Field(description="Nobody once the person is erased")
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


class EndorsementOut(Representation):
    """Somebody's support, for those who review."""

    model_config = ConfigDict(from_attributes=True)

    proposal_id: str
    person_id: str | None = Field(description="Nobody once the person is erased; the endorsement still counts")
    entry_id: str | None
    number: int
    state: str = Field(examples=["standing"])
    from_id: str | None
    since: Instant

    @classmethod
    def of(cls, row: Any) -> EndorsementOut:
        """Present an endorsement."""
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**told | {"person_id": row.endorser_id})
