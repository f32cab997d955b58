"""An evaluation as JSON. Figures are texts that hold them exactly; sentences come in `zh` and `en`."""

from __future__ import annotations

from typing import Any

from voting.core.rules.electing import RoundFound
from voting.core.rules.evaluate import Evaluation, FallbackFound
from voting.core.rules.form import written
from voting.core.rules.numbers import exact
from voting.core.rules.sentences import of_binding, of_fold, of_relation
from voting.core.rules.strictest import Example, Relation, Strictest, as_counts
from voting.core.rules.trials import Tested


def written_test(found: Tested) -> dict[str, Any]:
    """One test."""
    test = found.test
    document: dict[str, Any] = {
        "kind": test.kind,
        "basis": test.basis,
        "have": written(test.have),
        "of": written(test.of),
        "op": test.op,
        "fraction": str(test.fraction),
        "have_value": exact(found.have),
        "of_value": exact(found.of),
        "result": found.result,
        "text": dict(found.text),
    }
    return document if found.who is None else document | {"candidate": found.who}


def evaluation_to_json(found: Evaluation) -> dict[str, Any]:
    """The whole evaluation; parts that the rule does not have are absent."""
    document: dict[str, Any] = {
        "rule": {"id": found.rule.id, "version": found.rule.version},
        "stage": found.stage,
        "passed": found.passed,
        "outcome": found.outcome,
        "tests": [written_test(one) for one in found.tests],
        "strict": found.strict,
        "folded": found.folded,
        "strict_tests": [written_test(one) for one in found.strict_tests],
        "pending": list(found.pending),
    }
    parts: dict[str, Any] = {
        "folds": [
            {
                "state": one.state,
                "to": one.to,
                "basis": one.basis,
                "amount": exact(one.amount),
                "text": dict(of_fold(one.state, one.to, one.basis, one.amount)),
            }
            for one in found.folds
        ],
        "silence": [
            {
                "basis": one.basis,
                "delivered": exact(one.delivered),
                "undelivered": exact(one.undelivered),
                "text": dict(one.text),
            }
            for one in found.silence
        ],
        "weights": [
            {
                "tag": one.tag,
                "state": one.state,
                "basis": one.basis,
                "before": exact(one.before),
                "after": exact(one.after),
                "text": dict(one.text),
            }
            for one in found.weighed
        ],
        "petition": [written_test(one) for one in found.petition],
        "objection": [written_test(one) for one in found.objection],
        "proxies": [
            {"holder": one.holder, "code": one.code, "result": one.result, "text": dict(one.text)}
            for one in found.proxies
        ],
        "rounds": [_round(one) for one in found.rounds],
    }
    document |= {name: part for name, part in parts.items() if part}
    if found.minimum is not None:
        least = found.minimum
        document["min_participants"] = {"least": least.least, "result": least.result, "text": dict(least.text)}
    if found.fallback is not None:
        document["fallback"] = _fallback(found.fallback)
    return document


def _round(found: RoundFound) -> dict[str, Any]:
    document: dict[str, Any] = {
        "round": found.number,
        "elected": list(found.elected),
        "open": found.open,
        "tie": list(found.tie),
        "candidates": [
            {
                "candidate": one.name,
                "votes": exact(one.votes),
                "elected": one.elected,
                "tests": [] if one.tested is None else [written_test(one.tested)],
            }
            for one in found.standings
        ],
    }
    if found.next is not None:
        document["next_round"] = {"seats": found.next.seats, "candidates": list(found.next.candidates)}
    return document


def _fallback(found: FallbackFound) -> dict[str, Any]:
    document: dict[str, Any] = {
        "then": found.then,
        "needs": found.needs,
        "open": found.open,
        "when": [written_test(one) for one in found.when],
    }
    return document if found.evaluation is None else document | {"evaluation": evaluation_to_json(found.evaluation)}


def strictest_to_json(found: Strictest) -> dict[str, Any]:
    """Which rules bind, and how every two of them stand, with counts that show it."""
    ids = [rule.id for rule in found.binding]
    return {
        "strictest": ids[0] if len(ids) == 1 else None,
        "binding": ids,
        "text": dict(of_binding(ids)),
        "relations": [_relation(one) for one in found.relations],
    }


def _relation(one: Relation) -> dict[str, Any]:
    first, second = one.first.id, one.second.id
    document: dict[str, Any] = {
        "first": first,
        "second": second,
        "kind": one.kind,
        "text": dict(of_relation(first, second, one.kind)),
    }
    shown: dict[str, Example | None] = {"only_first": one.only_first, "only_second": one.only_second}
    return document | {name: as_counts(made) for name, made in shown.items() if made}
