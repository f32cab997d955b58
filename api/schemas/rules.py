"""Bodies of decision rules: the rule as data, counts, and what the rule makes of them.

What is inside counts is read by `voting.core.rules`, which finds every fault with its place; here it is only described.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.schemas.actions import offered
from api.schemas.base import Actionable, Request
from voting.community.queries import Action
from voting.core import rules
from voting.core.rules import Evaluation, Rule, Strictest
from voting.core.rules.form import STATES

_FIGURE = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "description": 'exactly: "88.25" or "1/3"', "examples": ["88.25"]},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}
                for name in ("heads", "count", "area", "share", "entitlement", "lots")
            },
        },
    ],
    "description": "A number for every basis alike, or one for each",
}
_APART = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"delivered": _FIGURE, "undelivered": _FIGURE},
    "required": ["delivered"],
}
_SILENT = {"anyOf": [_FIGURE, _APART], "description": "Reached and did not answer; or apart, by proof of delivery"}
_VOTES = {
    "type": "object",
    "additionalProperties": False,
    "properties": dict.fromkeys(STATES, _FIGURE) | {"silent": _SILENT},
}
_COUNTS: Any = {
    "roll": {"heads": 1291, "area": 12_000_000},
    "votes": {
        "for": {"heads": 417, "area": 5_000_000},
        "against": {"heads": 278, "area": 2_000_000},
        "abstain": {"heads": 8, "area": 90_000},
        "silent": {"heads": 584, "area": 4_900_000},
    },
}

Figure = Annotated[Any, WithJsonSchema(_FIGURE)]
Votes = Annotated[Any, WithJsonSchema(_VOTES)]
Freely = Annotated[Any, WithJsonSchema({"type": "object"})]
Listed = Annotated[Any, WithJsonSchema({"type": "array", "items": {"type": "object"}})]


class Counts(Request):
    """What was counted. Missing states are nothing; `silent` are those reached with proof who did not answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COUNTS]})

    roll: Figure
    votes: Votes
    candidates: Freely = Field(None, description="In an election: candidate → votes")
    seats: Any = Field(1, json_schema_extra={"type": "integer", "minimum": 1})
    proxies: Listed = Field(None, description="Who votes for others: holder, held, candidate, written, votes")
    weights: Freely = Field(None, description="Votes that the rule weighs differently: tag → holds, votes")
    second: Freely = Field(None, description="The count of the second round, or of the second vote")

    def document(self) -> dict[str, Any]:
        """The members that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Several(Request):
    """Rules, and effects of a decision that demand one each."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"effects": ["cn.civil-code-278.item-5", "cn.parking.on-common-ground"]}]}
    )

    rules: list[str] = Field(default_factory=list, max_length=10)
    effects: list[str] = Field(default_factory=list, max_length=10)


class EffectOut(BaseModel):
    """Something a decision brings about, by which the law picks the rule."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["cn.civil-code-278.item-8"])
    label: dict[str, str]
    certainty: str


class RuleOut(Actionable):
    """A decision rule: where it comes from, how sure that is, and the whole of it as data."""

    id: str = Field(examples=["cn.civil-code-278.ordinary"])
    version: int
    title: dict[str, str]
    clause: dict[str, str]
    certainty: str = Field(description="statute_read, secondary, practice or memory")
    electorate: str
    effects: list[EffectOut]
    document: dict[str, Any] = Field(description="The rule as it is read: sets, tests, election, fall-back, periods")

    @classmethod
    def of(cls, rule: Rule) -> RuleOut:
        """Present a rule."""
        told = {name: getattr(rule, name) for name in ("id", "version", "title", "clause", "certainty", "electorate")}
        return cls(
            **told,
            effects=[EffectOut.model_validate(effect) for effect in rules.effects_of(rule)],
            document=dict(rule.document),
            allowed_actions=offered([Action("evaluate", True, None)], f"/v1/rules/{rule.id}"),
        )


class TestOut(BaseModel):
    """One test: both numbers exactly, the comparison, and the sentence by which it is recomputed by hand."""

    kind: str = Field(examples=["quorum"])
    basis: str = Field(examples=["count"])
    have: str = Field(examples=["participating"])
    of: str = Field(examples=["roll"])
    op: str = Field(examples=[">="])
    fraction: str = Field(examples=["2/3"])
    have_value: str = Field(examples=["703"])
    of_value: str = Field(examples=["1291"])
    result: bool
    text: dict[str, str]


class EvaluationOut(BaseModel):
    """What a rule makes of counts. Parts that the rule does not have, or nobody counted, are empty."""

    rule: dict[str, Any] = Field(examples=[{"id": "cn.civil-code-278.ordinary", "version": 1}])
    stage: str = Field(description="petition, vote or objection")
    passed: bool
    outcome: str = Field(description="passed, failed or inconclusive")
    tests: list[TestOut]
    strict: bool = Field(description="The result without any fold")
    folded: bool | None = Field(description="The result with folds; null for a rule that folds nothing")
    strict_tests: list[TestOut]
    pending: list[str] = Field(description="What the rule asks for and nobody counted")
    folds: list[dict[str, Any]] = []
    silence: list[dict[str, Any]] = []
    weights: list[dict[str, Any]] = []
    petition: list[TestOut] = []
    objection: list[TestOut] = []
    proxies: list[dict[str, Any]] = []
    rounds: list[dict[str, Any]] = []
    min_participants: dict[str, Any] | None = None
    fallback: dict[str, Any] | None = None

    @classmethod
    def of(cls, found: Evaluation) -> EvaluationOut:
        """Present an evaluation."""
        return cls.model_validate(rules.evaluation_to_json(found))


class StrictestOut(BaseModel):
    """Which of several rules bind, and why."""

    strictest: str | None = Field(description="The one rule that contains all others; null where there is none")
    binding: list[str] = Field(description="The rules that must each be met")
    text: dict[str, str]
    relations: list[dict[str, Any]] = Field(
        description="Every two rules: stricter, weaker, equal or incomparable, with counts that pass one alone"
    )

    @classmethod
    def of(cls, found: Strictest) -> StrictestOut:
        """Present a comparison."""
        return cls.model_validate(rules.strictest_to_json(found))
