"""Condorcet winner: the option that beats every other one in pairs, if there is such an option."""

from __future__ import annotations

from voting.core.count.condorcet import MEMBERS as SHARED
from voting.core.count.condorcet import set_tally
from voting.core.count.pairwise import Compared, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.tally import Tally

MEMBERS = SHARED


def count(poll: Poll) -> Tally:
    """Find the Condorcet winner; without one, `winners` is empty."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    return set_tally(poll, compared, members(compared.pairwise))


def members(pairwise: Pairwise) -> list[int]:
    """The place of the Condorcet winner, or nothing."""
    places = range(len(pairwise.options))
    return [row for row in places if all(pairwise.beats(row, other) for other in places if other != row)]
