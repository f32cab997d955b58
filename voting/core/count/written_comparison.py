"""A comparison in the form of a case's `expected`: matrix, strongest paths, locked pairs, and scores by their names."""

from __future__ import annotations

from typing import Any

from voting.core.count.pairwise import Comparison, Majority
from voting.core.count.tally import Tally

WORST = {
    "winning_votes": "worst_pairwise_defeat_winning",
    "margins": "worst_pairwise_defeat_margin",
    "ratio": "worst_pairwise_defeat_ratio",
    "pairwise_opposition": "worst_pairwise_opposition",
}


def comparison_to_json(tally: Tally) -> dict[str, Any]:
    """The members a Condorcet method adds to a tally; nothing for any other method."""
    seen = tally.comparison
    if seen is None:
        return {}
    answer: dict[str, Any] = {"pairwise": _square(seen, seen.pairwise.votes)}
    if tally.scores is not None:
        answer["scores"] = {option: {"balance": balance} for option, balance in tally.scores}
    if seen.worst is not None:
        name = WORST[tally.rules.strength or "winning_votes"]
        answer["scores"] = {option: {name: held.text} for option, held in seen.worst}
    if seen.paths is not None:
        answer["strongest_paths"] = _square(seen, tuple(tuple(held.text for held in row) for row in seen.paths))
    if seen.majorities is not None:
        answer["majorities"] = [majority_to_json(entry) for entry in seen.majorities]
    return answer


def majority_to_json(entry: Majority) -> dict[str, Any]:
    """One victory as ranked pairs took it up."""
    return {
        "winner": entry.winner,
        "loser": entry.loser,
        "votes": entry.votes,
        "against": entry.against,
        "locked": entry.locked,
    }


def _square(seen: Comparison, rows: tuple[tuple[Any, ...], ...]) -> dict[str, dict[str, Any]]:
    """A square by names, without its diagonal."""
    options = seen.pairwise.options
    return {
        option: {other: cell for other, cell in zip(options, row, strict=True) if other != option}
        for option, row in zip(options, rows, strict=True)
    }
