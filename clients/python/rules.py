"""Decision rules: what there is, and what they make of counts. None of it needs an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.python.calls import Call, Page, one, page_of, path
from clients.python.decision_answers import DecisionRule, Evaluation, Strictest


def list_() -> Call[Page[DecisionRule]]:
    """Every rule that comes with the service."""
    return Call("GET", path("rules"), page_of(DecisionRule))


def get(rule_id: str) -> Call[DecisionRule]:
    """One rule as data."""
    return Call("GET", path("rules", rule_id), one(DecisionRule))


def evaluate(rule_id: str, counts: Mapping[str, Any]) -> Call[Evaluation]:
    """Apply a rule to counts (`{"roll": …, "votes": …}`); nothing is written."""
    return Call("POST", path("rules", rule_id, "evaluate"), one(Evaluation), json=dict(counts), idempotent=True)


def strictest(*, rules: Sequence[str] = (), effects: Sequence[str] = ()) -> Call[Strictest]:
    """Which of these rules, and of those that these effects demand, is the strictest."""
    body = {"rules": list(rules), "effects": list(effects)}
    return Call("POST", path("rules", "strictest"), one(Strictest), json=body, idempotent=True)
