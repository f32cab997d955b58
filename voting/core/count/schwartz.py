"""Schwartz set: every smallest set of options that nobody outside it beats, taken together.

Source: Schwartz (1972). An option is in it if it reaches by victories whoever reaches it by victories.
"""

from __future__ import annotations

from voting.core.count.condorcet import MEMBERS as SHARED
from voting.core.count.condorcet import reach, set_tally, victories
from voting.core.count.pairwise import Compared, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.tally import Tally

MEMBERS = SHARED


def count(poll: Poll) -> Tally:
    """Find the Schwartz set; `winners` is the set."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    return set_tally(poll, compared, members(compared.pairwise))


def members(pairwise: Pairwise) -> list[int]:
    """The places of the options in the set."""
    size = len(pairwise.options)
    reached = reach(size, victories(pairwise))
    places = range(size)
    return [p for p in places if all(reached[p] >> other & 1 for other in places if reached[other] >> p & 1)]
