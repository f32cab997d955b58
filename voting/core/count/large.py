"""Counting for whoever does not care which engine counts: the fast one for large boxes where the method has it.

The tally is the same either way; a box that the fast engine cannot hold is counted by the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voting.core.count import fast, methods, packed, plurality
from voting.core.count.ballots import Ballots
from voting.core.count.rules import FEWEST_PAIRWISE_WINS, Rules
from voting.core.count.tally import Tally

MANY = 2_000
"""Distinct rankings from which on packing them pays."""


def count(
    method: str,
    options: Sequence[str],
    ballots: Ballots,
    seats: int = 1,
    values: Rules | Mapping[str, Any] | None = None,
) -> Tally:
    """Count as `methods.count`, with its refusals."""
    read = values if isinstance(values, Rules) else methods.validate_rules(method, values or {})
    if len(ballots) >= MANY and is_fast(method, seats, read):
        try:
            return fast.count_packed(method, options, packed.from_rankings(ballots, options), seats, read)
        except packed.Unpackable:
            pass
    return methods.count(method, options, ballots, seats, read)


def is_fast(method: str, seats: int, rules: Rules) -> bool:
    """Whether the fast engine has the method under these rules, for most boxes; what it meets in one may still stop it."""
    if method in fast.MATRIX:
        return True
    if method == "plurality":
        return seats <= 1 and not plurality.splits(rules)
    reads = rules.unranked != "ranked_last_equal" and rules.tie_break != FEWEST_PAIRWISE_WINS
    return reads and method in (*fast.RUNOFFS, "stv-gregory-exact")
