"""Bodies of contests: the question, what can be chosen, how it is counted, and where it stands."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LocalText, LongText, Representation, Request, Text
from api.schemas.parts import Id
from voting.community.queries import Action
from voting.contests.drafts import Draft, NewOption
from voting.contests.officials import MOST as MOST_OFFICIALS
from voting.contests.officials import Official
from voting.contests.queries import Turnout, View
from voting.contests.terms import Terms

_FRACTION = re.compile(r"[0-9]{1,9}/[0-9]{1,9}")
_MOST_OPTIONS = 250


def _share(text: str) -> str:
    if not _FRACTION.fullmatch(text) or text.endswith("/0") or not 0 <= Fraction(text) <= 1:
        raise PydanticCustomError("wrong_form", "not a share", {"expected": "p/q, a share from 0/1 to 1/1"})
    return text


Share = Annotated[str, AfterValidator(_share)]
"""An exact share, `p/q`."""

Days = Annotated[int, Field(ge=0, le=366)]
Seed = Annotated[str, StringConstraints(pattern=r"^[0-9]{20,200}$")]
"""Public dice, at least twenty digits."""


VerifierKey = Annotated[
    str,
    StringConstraints(max_length=300),
    Field(examples=["wang+1d3933e0+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"]),
]
"""A C2SP verifier key of type 0x01: `name+key id+base64`."""


class OptionDraft(Request):
    """One thing that can be chosen."""

    label: LocalText
    description: dict[str, LongText] = Field(default_factory=dict, max_length=20)
    status_quo: bool = Field(False, description="Whether choosing it means that nothing changes")
    person_id: Id | None = Field(
        None,
        description="The person who stands: gets no office of this contest and holds no proxy in it. Not published",
    )

    def option(self) -> NewOption:
        """As the service takes it."""
        return NewOption(self.label, self.description, self.status_quo, self.person_id)


class TermsDraft(Request):
    """The procedure, frozen with the notice. Periods are whole days."""

    notice_days: Days = 0
    objection_days: Days = 0
    extension_max_days: Days = 0
    turnout_floor: Share | None = Field(None, description="Least share of electors, p/q", examples=["1/2"])
    revoting: bool = Field(False, description="Whether an elector may replace the ballot until the close")
    ballots: Literal["valid_only", "as_marked"] = Field(
        "valid_only",
        description="as_marked stores overvotes, blanks and repeats, and leaves them to the counting rules",
    )

    def terms(self) -> Terms:
        """As the service takes them."""
        values = self.model_dump()
        floor = values.pop("turnout_floor")
        return Terms(**values, turnout_floor=None if floor is None else Fraction(floor))


class OfficialDraft(Request):
    """Somebody who signs the close, the result and paper batches with a key of their own (`yishi sign --new-key`)."""

    name: Text
    key: VerifierKey


class ContestDraft(Request):
    """A contest to be drafted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "roll_id": "rll_01jv5q3k8m0c9e2x7y4t6b1n5d",
                    "question": {"zh-CN": "停车怎么改？", "en": "How shall we park?"},
                    "options": [
                        {"label": {"zh-CN": "划线单行", "en": "One-way with marked bays"}},
                        {"label": {"zh-CN": "维持现状", "en": "Leave it as it is"}, "status_quo": True},
                    ],
                    "method": "irv",
                    "terms": {"notice_days": 7, "objection_days": 3, "turnout_floor": "1/2"},
                    "opens_at": "2026-03-01T00:00:00+08:00",
                    "closes_at": "2026-03-08T00:00:00+08:00",
                }
            ]
        }
    )

    roll_id: Id
    question: LocalText
    options: list[OptionDraft] = Field(max_length=_MOST_OPTIONS)
    method: str = Field(max_length=60, examples=["irv"])
    opens_at: Instant
    closes_at: Instant
    seats: int = Field(
        1, ge=0, le=_MOST_OPTIONS, description="0 only where the method decides how many (see GET /v1/methods)"
    )
    rules: dict[str, Any] = Field(
        default_factory=dict, description="Rule values of the method; options are named by id or as #/options/<n>"
    )
    terms: TermsDraft = Field(default_factory=TermsDraft)
    secrecy: Literal["secret", "open"] = Field(
        "secret",
        description="open: an open vote; who voted how is shown to those who read the roll, from the publication on. "
        "The voter must be told before casting",
    )
    publish_mode: Literal["by_size", "full", "patterns", "restricted"] = Field(
        "by_size", description="What of the ballots is published; by_size is settled at the opening"
    )
    lot_seed: Seed | None = Field(None, description="Public dice that decide ties, drawn before the opening")
    officials: list[OfficialDraft] = Field(default_factory=list, max_length=MOST_OFFICIALS)
    k: int = Field(0, ge=0, le=MOST_OFFICIALS, description="How many officials must sign the close and the result")
    channel: Literal["here", "external"] = Field(
        "here", description="external: held on an official system, whose result two officials record"
    )
    rule_id: str | None = Field(None, max_length=80, description="The decision rule that says whether it passed")
    effects: list[str] = Field(
        default_factory=list,
        max_length=10,
        description="What it brings about; without rule_id the strictest rule is taken",
    )

    def draft(self) -> Draft:
        """As the service takes it."""
        return Draft(**self.changes())

    def changes(self) -> dict[str, Any]:
        """The members that were sent, as the service takes them."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "options" in given:
            given["options"] = [option.option() for option in self.options]
        if "terms" in given:
            given["terms"] = self.terms.terms()
        if "officials" in given:
            given["officials"] = [Official(one.name, one.key) for one in self.officials]
        return given


class ContestPatch(ContestDraft):
    """What of a draft changes; what is left out stays. New options replace all of the old ones."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seats": 1, "method": "approval"}]})

    roll_id: Id = Field(default_factory=str)
    question: LocalText = Field(default_factory=dict)
    options: list[OptionDraft] = Field(default_factory=list, max_length=_MOST_OPTIONS)
    method: str = Field(default_factory=str, max_length=60)
    opens_at: Instant = Field(default_factory=lambda: _never())
    closes_at: Instant = Field(default_factory=lambda: _never())


def _never() -> Any:
    """What a member holds that was not sent; `changes` leaves it out."""
    return None


class Extension(Request):
    """A later end."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"closes_at": "2026-03-10T00:00:00+08:00", "reason": "大雨，投票率不足"}]}
    )

    closes_at: Instant
    reason: LongText | None = None


class Counting(Request):
    """Dice drawn after the close, for a contest that opened without and met a tie."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lot_seed": "31415926535897932384"}]})

    lot_seed: Seed | None = None


class Annulment(Request):
    """Why a contest is void."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "选项印错"}]})

    reason: LongText | None = None


class Reason(Request):
    """Why a result is contested or corrected."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "两名居民称未收到通知"}]})

    reason: LongText | None = None


class OptionOut(BaseModel):
    """One thing that can be chosen."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["opt_01jv3a"])
    position: int
    label: dict[str, str]
    description: dict[str, str]
    status_quo: bool
    person_id: str | None = Field(None, description="Who stands here; shown to those who draft contests")

    @classmethod
    def of(cls, option: object, names_persons: bool) -> OptionOut:
        """Present an option."""
        shown = cls.model_validate(option)
        return shown if names_persons else shown.model_copy(update={"person_id": None})


class OfficialOut(BaseModel):
    """Somebody who signs."""

    name: str = Field(examples=["王芳"])
    key: str


class TurnoutOut(Representation):
    """How many of the electors have cast: the only figure before the close."""

    electors: int
    cast: int

    @classmethod
    def of(cls, turnout: Turnout) -> TurnoutOut:
        """Present a turnout."""
        return cls(electors=turnout.electors, cast=turnout.cast)


class BallotFormOut(BaseModel):
    """What one ballot may mark. An option is marked once at most; a ballot without marks is an abstention."""

    model_config = ConfigDict(from_attributes=True)

    ranks: int = Field(description="How many ranks may be used")
    marks: int = Field(description="How many options may share a rank")
    max_score: int | None = Field(
        validation_alias="best", description="The best grade where ranks are grades (send `scores`), else null"
    )
    as_marked: bool = Field(description="Whether wrong marks are stored and left to the counting rules")


class ContestOut(Actionable):
    """A contest and what this caller may do with it."""

    id: str = Field(examples=["con_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    roll_id: str
    question: dict[str, str]
    options: list[OptionOut]
    method: str
    seats: int
    rules: dict[str, Any]
    ballot_form: BallotFormOut
    terms: dict[str, Any]
    secrecy: str
    publish_mode: str
    lot_seed: str | None
    officials: list[OfficialOut] = Field(description="Who signs, each with a key of their own")
    k: int = Field(description="How many officials must sign the close and the result")
    channel: str = Field(examples=["here"])
    rule_id: str | None = Field(examples=["cn.civil-code-278.ordinary"])
    effects: list[str]
    follows_id: str | None = Field(description="The contest whose rule asked for this one")
    state: str = Field(examples=["open"])
    electors: int
    opens_at: Instant
    closes_at: Instant
    noticed_at: Instant | None
    opened_at: Instant | None
    closed_at: Instant | None
    provisional_at: Instant | None
    created_at: Instant

    @classmethod
    def of(cls, view: View) -> ContestOut:
        """Present a contest."""
        contest, base = view.contest, f"/v1/contests/{view.contest.id}"
        actions = [Action(name, code is None, code) for name, code in view.actions.items()]
        told = {name: getattr(contest, name) for name in cls.model_fields if hasattr(contest, name)}
        told["ballot_form"] = BallotFormOut.model_validate(view.form)
        told["options"] = [OptionOut.of(option, view.names_persons) for option in view.options]
        told["allowed_actions"] = offered(
            actions,
            base,
            edit="PATCH",
            cast=f"POST {base}/ballots",
            record=f"POST {base}/external/records",
            object=f"POST {base}/objections",
            recount=f"POST {base}/recount_challenged",
        )
        return cls(**told)


class EventOut(BaseModel):
    """One move of a contest."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str = Field(examples=["opened"])
    from_state: str | None
    to_state: str | None
    actor_id: str
    at: Instant
    reason: str | None
    facts: dict[str, Any]

    @classmethod
    def of(cls, event: object) -> EventOut:
        """Present an event."""
        return cls.model_validate(event)
