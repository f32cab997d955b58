"""Bodies of a contest's decision and of its timeline."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.actions import offered
from api.schemas.base import Actionable, Instant, Representation, Request
from api.schemas.rules import EvaluationOut, StrictestOut
from voting.community.queries import Action
from voting.contests.decision import Decided
from voting.contests.timeline import Step, Timeline
from voting.core.rules import evaluation_to_json


class BoundOut(BaseModel):
    """An instant before which a step cannot be taken, and the clause that says so."""

    model_config = ConfigDict(from_attributes=True)

    what: str = Field(examples=["notice"])
    at: Instant
    clause: dict[str, str]
    certain: bool = Field(description="False where it rests on days that no working-day calendar was written for")


class AskedOut(BaseModel):
    """A round that the rule asks for."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(description="second_round, second_vote or new_meeting")
    rule_id: str
    seats: int
    options: list[str] = Field(description="Ids of the options that stand again")


class DecisionOut(Representation):
    """What the rule of a contest makes of its tally, with every number."""

    contest_id: str
    state: str = Field(examples=["provisional"])
    rule_id: str = Field(examples=["cn.civil-code-278.ordinary"])
    rule: dict[str, Any] = Field(description="The rule as the opening froze it")
    outcome: str = Field(description="passed, failed or inconclusive")
    elected: list[str] = Field(description="Ids of the elected options, in an election")
    evaluation: EvaluationOut | None = Field(description="Every test; null where the turnout floor was missed")
    next_round: AskedOut | None
    next_contest_id: str | None = Field(description="The contest that holds it, once it is drafted")
    effects: list[str] = Field(description="What the decision brings about, by which the law picks the rule")
    strictest: StrictestOut | None = Field(
        description="How the rules that the effects demand stand to the one that decided, with counts that show it"
    )
    challenge: list[BoundOut] = Field(description="Until when the result may be challenged, by which clause")

    @classmethod
    def of(cls, found: Decided) -> DecisionOut:
        """Present a decision."""
        contest, decision = found.loaded.contest, found.decision
        return cls(
            contest_id=contest.id,
            state=contest.state,
            rule_id=found.rule.id,
            rule=dict(found.rule.document),
            outcome=found.outcome,
            elected=[] if decision is None else list(decision.elected),
            evaluation=(
                None if decision is None else EvaluationOut.model_validate(evaluation_to_json(decision.evaluation))
            ),
            next_round=None if found.asked is None else AskedOut.model_validate(found.asked),
            next_contest_id=found.next_id,
            effects=list(contest.effects),
            strictest=None if found.because is None else StrictestOut.of(found.because),
            challenge=[BoundOut.model_validate(bound) for bound in found.challenge],
        )


class NextRound(Request):
    """When the next round is held."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"opens_at": "2026-04-01T00:00:00+08:00", "closes_at": "2026-04-08T00:00:00+08:00"}]
        }
    )

    opens_at: Instant
    closes_at: Instant


class StepOut(BaseModel):
    """One step of a contest."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["open"])
    state: str = Field(description="done, next, later or dropped", examples=["next"])
    at: Instant | None = Field(description="When it was taken")
    from_at: Instant | None = Field(description="When it may be taken at the earliest, as far as it is known")
    until_at: Instant | None = Field(description="When it must be taken so that the announced window can be kept")
    bounds: list[BoundOut]

    @classmethod
    def of(cls, step: Step) -> StepOut:
        """Present a step."""
        return cls.model_validate(step)


class TimelineOut(Actionable):
    """What happens next, when, by which clause, and what this caller may do."""

    contest_id: str
    state: str
    time_zone: str = Field(examples=["Asia/Shanghai"])
    steps: list[StepOut]

    @classmethod
    def of(cls, found: Timeline) -> TimelineOut:
        """Present a timeline."""
        contest = found.loaded.contest
        base = f"/v1/contests/{contest.id}"
        actions = [Action(name, code is None, code) for name, code in found.actions.items()]
        return cls(
            contest_id=contest.id,
            state=contest.state,
            time_zone=found.time_zone,
            steps=[StepOut.of(step) for step in found.steps],
            allowed_actions=offered(
                actions,
                base,
                edit=f"PATCH {base}",
                cast=f"POST {base}/ballots",
                record=f"POST {base}/external/records",
                object=f"POST {base}/objections",
            ),
        )
