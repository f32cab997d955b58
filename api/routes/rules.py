"""Decision rules: read them, try them on counts, and find the strictest of several. Nobody needs an account."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Conditional, DryRun, Page
from api.problems import documented
from api.route import YishiRoute
from api.schemas.base import ListPage
from api.schemas.rules import Counts, EvaluationOut, RuleOut, Several, StrictestOut
from voting.core import rules

router = APIRouter(prefix="/v1/rules", tags=["rules"], route_class=YishiRoute)


@router.get("", operation_id="list_rules")
def list_rules(page: Page, conditional: Conditional) -> ListPage[RuleOut]:
    """List the decision rules that come with the service. Needs no account."""
    found = rules.page(page.after_id, page.fetch)
    return conditional.answer(page.answer(found, lambda rule: (rule.id,), RuleOut.of))


@router.post("/strictest", operation_id="find_strictest_rule", responses=documented(422))
def find_strictest_rule(body: Several, dry_run: DryRun) -> StrictestOut:
    """Tell which of several rules is the strictest, and why. Writes nothing and needs no account.

    Where none contains the others each must be met. A relation that does not hold is shown by counts that break it.
    """
    return StrictestOut.of(rules.strictest(rules.chosen(body.rules, body.effects)))


@router.get("/{rule_id}", operation_id="get_rule", responses=documented(404))
def get_rule(rule_id: str, conditional: Conditional) -> RuleOut:
    """Read a decision rule as data. Needs no account."""
    return conditional.answer(RuleOut.of(rules.rule(rule_id)))


@router.post("/{rule_id}/evaluate", operation_id="evaluate_rule", responses=documented(404, 422))
def evaluate_rule(rule_id: str, body: Counts, dry_run: DryRun) -> EvaluationOut:
    """Apply a rule to counts and show every step. Writes nothing and needs no account."""
    return EvaluationOut.of(rules.evaluate(rule_id, body.document()))
