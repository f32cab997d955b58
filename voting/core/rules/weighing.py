"""Weight rules: the votes of a holder who has much of the scheme count for less. Source: NSW SSMA 2015 s 5(2A)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voting.core.rules.counts import Amounts, Counts, Tagged
from voting.core.rules.form import Rule, Weight, Words
from voting.core.rules.numbers import Amount
from voting.core.rules.sentences import of_weight
from voting.core.rules.trials import COMPARE


@dataclass(frozen=True, slots=True)
class Weighed:
    """One figure that a weight rule changed."""

    tag: str
    state: str
    basis: str
    before: Amount
    after: Amount
    text: Words


def applies(weight: Weight, tagged: Tagged, counts: Counts) -> bool:
    """Whether the holder has enough of the roll, in a scheme of enough lots."""
    enough = COMPARE[weight.op](tagged.holds[weight.basis], weight.fraction * counts.roll[weight.basis])
    return enough and counts.lots is not None and counts.lots > weight.lots_more_than


def apply(rule: Rule, counts: Counts) -> tuple[Mapping[str, Amounts], tuple[Weighed, ...]]:
    """The votes as the rule weighs them, and each figure that changed."""
    votes = {state: dict(amounts) for state, amounts in counts.votes.items()}
    changed = []
    by_tag = {tagged.tag: tagged for tagged in counts.tagged}
    for weight in rule.weights:
        tagged = by_tag.get(weight.tag)
        if tagged is None or not applies(weight, tagged, counts):
            continue
        for state, amounts in tagged.votes.items():
            before = amounts[weight.basis]
            after = before * weight.multiply
            if before:
                votes[state][weight.basis] -= before - after
                text = of_weight(weight.tag, weight.basis, before, after, weight.multiply, state)
                changed.append(Weighed(weight.tag, state, weight.basis, before, after, text))
    return votes, tuple(changed)
