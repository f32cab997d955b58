"""Copeland: the option wins with the best balance of victories over defeats; a tied pair counts for neither."""

from __future__ import annotations

from voting.core.count import single_round
from voting.core.count.condorcet import MEMBERS as SHARED
from voting.core.count.condorcet import ranked_tally
from voting.core.count.pairwise import Compared, Comparison, compare
from voting.core.count.poll import Poll
from voting.core.count.tally import Tally

MEMBERS = SHARED


def count(poll: Poll) -> Tally:
    """Count by Copeland; `scores` are the balances, options with the same balance are tied."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    pairwise = compared.pairwise
    places = range(len(pairwise.options))
    balances = {
        option: sum(pairwise.beats(place, other) - pairwise.beats(other, place) for other in places)
        for place, option in enumerate(pairwise.options)
    }
    groups = single_round.ranked(balances)
    return ranked_tally(poll, compared, groups, Comparison(pairwise), scores=tuple(balances.items()))
