"""Condorcet loser: the option that every other one beats in pairs, if there is such an option. It is named, not elected."""

from __future__ import annotations

from voting.core.count.condorcet import MEMBERS as SHARED
from voting.core.count.condorcet import set_tally
from voting.core.count.pairwise import Compared, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.tally import Tally

MEMBERS = SHARED


def count(poll: Poll) -> Tally:
    """Find the Condorcet loser; `winners` names it, and is empty without one."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    return set_tally(poll, compared, members(compared.pairwise))


def members(pairwise: Pairwise) -> list[int]:
    """The place of the Condorcet loser, or nothing. A single option loses to nobody."""
    places = range(len(pairwise.options))
    if len(places) < 2:
        return []
    return [row for row in places if all(pairwise.beats(other, row) for other in places if other != row)]
