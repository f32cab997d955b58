"""A tally in the form of a case's `expected`: the same member names, integers or decimal strings, options by name.

Amounts without a finite decimal are cut after 20 places and stand exactly, as p/q, in `exact` beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from voting.core.count.numbers import Amount, terminates, whole, written
from voting.core.count.tally import Exhausted, Round, Tallies, Tally, Tie, Transfer
from voting.core.count.written_comparison import comparison_to_json

CAUSES = {
    "choices": "exhaustedChoices",
    "overvotes": "overvotes",
    "duplicates": "repeatedRankings",
    "skipped": "skippedRankings",
}

BY_ROUND = ("plurality", "two-round")
"""Methods whose scores are written by round number."""


def tally_to_json(tally: Tally) -> dict[str, Any]:
    """The whole tally, ready for `json.dumps`."""
    answer: dict[str, Any] = {
        "method": tally.method,
        "seats": tally.seats,
        "winners": [option for entry in _winners(tally) for option in entry],
        "complete": tally.complete,
        "outcome": tally.outcome,
        "total_ballots_with_rankings": tally.cast,
        "valid_poll": tally.valid,
        "undervotes": tally.undervotes,
        "rounds": [round_to_json(entry) for entry in tally.rounds],
    }
    if tally.ranking is not None:
        answer["ranking"] = [list(group) for group in tally.ranking]
    if tally.method in BY_ROUND:
        answer["scores"] = {str(entry.number): _amounts(entry.tallies) for entry in tally.rounds}
    elif tally.scores is not None:
        answer["scores"] = _amounts(tally.scores)
    return answer | comparison_to_json(tally)


def round_to_json(entry: Round) -> dict[str, Any]:
    """One round. Options elected or eliminated together are listed by name."""
    answer: dict[str, Any] = {
        "round": entry.number,
        "action": entry.action,
        "source": list(entry.source),
        "tallies": _amounts(entry.tallies),
        "elected": sorted(entry.elected),
        "eliminated": sorted(entry.eliminated),
        "exhausted": written(entry.exhausted.total),
        "exhausted_by": exhausted_to_json(entry.exhausted),
        "transfers": transfers_to_json((*entry.elected, *entry.eliminated), entry.transfers),
        "residual_surplus": written(entry.residual),
        "final_round_surplus": written(entry.final_surplus),
    }
    if entry.threshold is not None:
        answer["threshold"] = written(entry.threshold)
    if entry.surplus is not None:
        answer["surplus"] = written(entry.surplus)
        answer["active"] = written(whole(sum((votes for _, votes in entry.tallies), start=0)))
    if entry.passing is not None:
        answer["pass"] = entry.passing
    if entry.ties:
        answer["ties"] = [tie_to_json(tie) for tie in entry.ties]
    exact = {
        option: f"{votes.numerator}/{votes.denominator}" for option, votes in entry.tallies if not terminates(votes)
    }
    if exact:
        answer["exact"] = exact
    return answer


def exhausted_to_json(exhausted: Exhausted) -> dict[str, int | str]:
    """Exhausted votes by cause."""
    return {name: written(getattr(exhausted, cause)) for cause, name in CAUSES.items()}


def transfers_to_json(decided: Iterable[str], transfers: Iterable[Transfer]) -> dict[str, dict[str, int | str]]:
    """Votes moved by source and target; all that left the count for want of a choice is `exhausted`."""
    sums: dict[str, dict[str, Amount]] = {option: {} for option in sorted(decided)}
    for transfer in transfers:
        target = transfer.target or ("residual surplus" if transfer.left == "residual" else "exhausted")
        row = sums.setdefault(transfer.source, {})
        row[target] = row.get(target, 0) + transfer.votes
    return {source: {target: written(whole(votes)) for target, votes in row.items()} for source, row in sums.items()}


def tie_to_json(tie: Tie) -> dict[str, Any]:
    """One tie with what broke it."""
    answer: dict[str, Any] = {
        "round": tie.round,
        "tied": list(tie.tied),
        "selecting": tie.selecting,
        "selected": tie.selected,
        "how": tie.how,
    }
    if tie.order:
        answer["order"] = list(tie.order)
    if tie.compared_round is not None:
        answer["compared_round"] = tie.compared_round
    return answer


def _amounts(tallies: Tallies) -> dict[str, int | str]:
    return {option: written(votes) for option, votes in tallies}


def _winners(tally: Tally) -> list[list[str]]:
    """Winners by round of election, by name within a round; those no round names follow in their own order."""
    by_round = [sorted(entry.elected) for entry in tally.rounds]
    named = {option for group in by_round for option in group}
    return [*by_round, [option for option in tally.winners if option not in named]]
