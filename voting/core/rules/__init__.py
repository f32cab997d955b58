"""Decision rules as data: who takes part, which tests are met, and why, with exact fractions.

`catalogue()` holds the rules that come with the service, `read` reads another, `evaluate` applies one to counts.
"""

from voting.core.rules.catalogue import catalogue, chosen, demanded, effects, effects_of, page, rule, self_contained
from voting.core.rules.counts import Counts
from voting.core.rules.decide import Decision, Tallied, decide
from voting.core.rules.evaluate import Evaluation
from voting.core.rules.evaluate import evaluate as evaluate_with
from voting.core.rules.evaluate import of as evaluate_counts_with
from voting.core.rules.evaluate import read_counts as read_counts_with
from voting.core.rules.form import Rule
from voting.core.rules.reader import read
from voting.core.rules.strictest import Strictest, strictest
from voting.core.rules.written import evaluation_to_json, strictest_to_json

__all__ = [
    "Decision",
    "Evaluation",
    "Rule",
    "Strictest",
    "Tallied",
    "catalogue",
    "chosen",
    "decide",
    "demanded",
    "effects",
    "effects_of",
    "evaluate",
    "evaluate_counts",
    "evaluation_to_json",
    "page",
    "read",
    "read_counts",
    "rule",
    "self_contained",
    "strictest",
    "strictest_to_json",
]


def read_counts(which: Rule, document: object) -> Counts:
    """Counts as JSON on the bases of a rule. Raises `Invalid` with every fault."""
    return read_counts_with(which, document, rule)


def evaluate_counts(which: Rule, counts: Counts) -> Evaluation:
    """Apply a rule to counts that were added up here. Raises `Invalid`."""
    return evaluate_counts_with(which, counts, rule)


def evaluate(which: Rule | str, document: object) -> Evaluation:
    """Apply a rule, or the catalogue's rule of that id, to counts as JSON. Raises `NotFound`, `Invalid`."""
    return evaluate_with(rule(which) if isinstance(which, str) else which, document, rule)
