"""Smith set: the smallest set of options each of which beats every option outside it.

Source: Smith (1973); Good (1971). It is what reaches every option by steps of "beats or ties".
"""

from __future__ import annotations

from voting.core.count.condorcet import MEMBERS as SHARED
from voting.core.count.condorcet import reach, set_tally
from voting.core.count.pairwise import Compared, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.tally import Tally

MEMBERS = SHARED


def count(poll: Poll) -> Tally:
    """Find the Smith set; `winners` is the set."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    return set_tally(poll, compared, members(compared.pairwise))


def members(pairwise: Pairwise) -> list[int]:
    """The places of the options in the set."""
    places = range(len(pairwise.options))
    unbeaten = [(row, other) for row in places for other in places if row != other and not pairwise.beats(other, row)]
    everyone = (1 << len(pairwise.options)) - 1
    return [place for place, held in enumerate(reach(len(places), unbeaten)) if held | 1 << place == everyone]
