"""Counting for whoever does not care which engine counts: the fast one for large boxes where the method has it.

The tally is the same either way; a box that the fast engine cannot hold is counted by the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voting.core.count import fast, methods, packed
from voting.core.count.ballots import Ballots
from voting.core.count.errors import Unpackable
from voting.core.count.rules import Rules
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
    if len(ballots) >= MANY and fast.has_fast_way(method, seats, read):
        try:
            return fast.count_packed(method, options, packed.from_rankings(ballots, options), seats, read)
        except Unpackable:
            pass
    return methods.count(method, options, ballots, seats, read)
