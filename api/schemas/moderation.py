"""Bodies of moderation: a community's policy, flags, cases, public figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, LocalText, Representation, Request
from voting.deliberation import cases, flags
from voting.deliberation.cases import CaseView, ModerationFlag, ModerationStep
from voting.deliberation.moderation_counts import KINDS, MonthlyCounts
from voting.deliberation.moderation_policy import MOST_RULES, SeenPolicy
from voting.deliberation.sanctions import MOST_DAYS, Terms

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=4 * cases.MOST_REASON)]
Act = Literal["comment", "react", "flag", "propose"]
_RULES = [[{"id": "abuse", "title": {"zh-CN": "辱骂或骚扰", "en": "Abuse or harassment"}}]]


class PolicyRule(Request):
    """A rule that flags and decisions may name."""

    id: RuleId = Field(examples=["abuse"])
    title: LocalText = Field(examples=[{"zh-CN": "辱骂或骚扰", "en": "Abuse or harassment"}])


class PolicyPatch(Request):
    """What of the policy changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"flag_threshold": 5, "pre_check": True}]})

    pre_check: bool = False
    flag_threshold: int = Field(0, ge=0, le=1000)
    review_hours: int = Field(1, ge=1, le=720)
    appeal_days: int = Field(1, ge=1, le=366)
    rules: list[PolicyRule] = Field(default_factory=list, min_length=1, max_length=MOST_RULES)


class PolicyOut(Actionable):
    """How a community moderates."""

    community_id: str
    pre_check: bool = Field(
        description="Whether texts are shown only once somebody with `moderation:write` published them"
    )
    flag_threshold: int = Field(description="Flags of different people that hide a comment for review; 0: never")
    review_hours: int = Field(description="After so many hours without a decision it is shown again")
    appeal_days: int = Field(description="How long the author may appeal against a decision")
    rules: list[dict[str, object]] = Field(examples=_RULES)

    @classmethod
    def of(cls, seen: SeenPolicy) -> PolicyOut:
        """Present a policy."""
        row = seen.row
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        base = f"/v1/communities/{row.community_id}/moderation-policy"
        return cls(**told | {"allowed_actions": offered(seen.actions, base, edit="PATCH")})


class FlagDraft(Request):
    """Which rule a text breaks."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rule_id": "abuse", "note": "点名辱骂"}]})

    rule_id: RuleId
    note: Annotated[str, StringConstraints(min_length=1, max_length=4 * flags.MOST_NOTE)] | None = None


class SanctionTerms(Request):
    """What the author may not do for some days."""

    acts: list[Act] = Field(min_length=1, max_length=4, examples=[["comment"]])
    days: int = Field(ge=1, le=MOST_DAYS, examples=[7])

    def terms(self) -> Terms:
        """As the service takes them."""
        return Terms(self.acts, self.days)


class Ruling(Request):
    """The rule, the reason and perhaps a sanction that go with a decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"rule_id": "abuse", "reason": "点名辱骂邻居", "sanction": {"acts": ["comment"], "days": 7}}]
        }
    )

    rule_id: RuleId | None = None
    reason: Reason | None = None
    sanction: SanctionTerms | None = None

    def ruling(self) -> cases.Ruling:
        """As the service takes it."""
        return cases.Ruling(self.rule_id, self.reason, None if self.sanction is None else self.sanction.terms())


class Withholding(Request):
    """Why a text is kept back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rule_id": "unlawful", "reason": "内容安全服务判定"}]})

    rule_id: RuleId | None = None
    reason: Reason | None = None


class FlagOut(BaseModel):
    """A flag, for moderators."""

    model_config = ConfigDict(from_attributes=True)

    person_id: str
    rule_id: str
    note: str | None
    flagged_at: Instant

    @classmethod
    def of(cls, flag: ModerationFlag) -> FlagOut:
        """Present a flag."""
        return cls.model_validate(flag)


class StepOut(BaseModel):
    """A step of a case."""

    kind: str = Field(examples=["hidden"])
    rule_id: str
    actor_id: str | None = Field(None, description="For moderators alone")
    reason: str | None
    reason_salt: str | None = Field(
        None, examples=["9c2a4f" + "0" * 58], description='The journal holds H("text", salt ‖ reason)'
    )
    at: Instant

    @classmethod
    def of(cls, step: ModerationStep, is_inside: bool) -> StepOut:
        """Present a step."""
        return cls(
            kind=step.kind,
            rule_id=step.rule_id,
            actor_id=step.actor_id if is_inside else None,
            reason=step.reason,
            reason_salt=None if step.salt is None else step.salt.hex(),
            at=step.at,
        )


class CaseOut(Actionable):
    """A case, for moderators and for whoever wrote what it is about."""

    id: str = Field(examples=["cse_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    community_id: str
    subject_kind: str = Field(examples=["comment"])
    subject_id: str = Field(examples=["cmt_01jv5q3k8m0c9e2x7y4t6b1n5d"])
    author_id: str | None
    state: str = Field(examples=["under_review"])
    flags: int
    hidden_until: Instant | None = Field(description="Hidden by flags alone until then")
    moderator_id: str | None = Field(None, description="Who took or decided it; for moderators alone")
    reviewer_id: str | None = Field(None, description="Who decided the appeal; for moderators alone")
    rule_id: str | None
    opened_at: Instant
    appeal_until: Instant | None
    steps: list[StepOut] = Field(default_factory=list)
    flagged_by: list[FlagOut] = Field(default_factory=list, description="For moderators alone")
    sanction_ids: list[str] = Field(default_factory=list)

    @classmethod
    def of(cls, view: CaseView) -> CaseOut:
        """Present a case."""
        row = view.case
        told = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        hidden = {} if view.is_inside else {"moderator_id": None, "reviewer_id": None}
        made = {
            "steps": [StepOut.of(step, view.is_inside) for step in view.steps],
            "flagged_by": [FlagOut.of(flag) for flag in view.flags],
            "sanction_ids": [sanction.id for sanction in view.sanctions],
            "allowed_actions": offered(view.actions, f"/v1/moderation-cases/{row.id}"),
        }
        return cls(**told | hidden | made)


class RuleCounts(BaseModel):
    """Steps of one rule in the month."""

    rule_id: str = Field(examples=["abuse"])
    counts: dict[str, int] = Field(examples=[dict.fromkeys(KINDS, 0)])
    by_subject: dict[str, dict[str, int]] = Field(
        examples=[{"proposal": dict.fromkeys(KINDS, 0)}],
        description="The same by what it was about: comment, proposal …",
    )


class MonthlyCountsOut(Representation):
    """What was decided in a month, by rule."""

    community_id: str
    month: str = Field(examples=["2026-03"])
    begins_at: Instant
    ends_at: Instant
    rules: list[RuleCounts]

    @classmethod
    def of(cls, counts: MonthlyCounts) -> MonthlyCountsOut:
        """Present the figures."""
        rules = [
            RuleCounts(
                rule_id=rule,
                counts=dict(figures),
                by_subject={kind: dict(its) for kind, its in counts.by_subject[rule].items()},
            )
            for rule, figures in counts.by_rule.items()
        ]
        return cls(
            community_id=counts.community_id,
            month=counts.month,
            begins_at=counts.begins_at,
            ends_at=counts.ends_at,
            rules=rules,
        )
