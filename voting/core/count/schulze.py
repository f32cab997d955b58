"""Schulze: an option wins if its strongest path to every other is at least as strong as the path back.

Source: Schulze, sections 2.2 and 2.3. The strength of a path is that of its weakest victory; the strongest path between
two options is the one whose weakest victory is strongest (a widest path).
"""

from __future__ import annotations

from voting.core.count import strength
from voting.core.count.condorcet import STRENGTH_MEMBERS, layers, ranked_tally
from voting.core.count.pairwise import Compared, Comparison, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.strength import Strength
from voting.core.count.tally import Tally

MEMBERS = STRENGTH_MEMBERS


def count(poll: Poll) -> Tally:
    """Count by Schulze; the ranking lists tied options together."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    pairwise = compared.pairwise
    paths = strongest_paths(pairwise, poll.rules.strength or "winning_votes")
    groups = layers(pairwise.options, lambda row, column: paths[row][column] > paths[column][row])
    return ranked_tally(poll, compared, groups, Comparison(pairwise, paths=paths))


def strongest_paths(pairwise: Pairwise, kind: str) -> tuple[tuple[Strength, ...], ...]:
    """The strength of the strongest path from each row to each column; `NONE` where there is no path."""
    votes, places = pairwise.votes, range(len(pairwise.options))
    direct = [[strength.of(votes[row][column], votes[column][row], kind) for column in places] for row in places]
    # Strengths are compared by their rank among all strengths, so that the cubic part works on small integers.
    levels = sorted({strength.NONE, *(entry for row in direct for entry in row)})
    level = {entry: number for number, entry in enumerate(levels)}
    widest = [[level[entry] for entry in row] for row in direct]
    for through in places:
        onward = widest[through]
        for row in places:
            first = widest[row][through]
            if first and row != through:
                widest[row] = [max(held, min(first, step)) for held, step in zip(widest[row], onward, strict=True)]
    # A path from an option to itself means nothing.
    return tuple(tuple(levels[widest[r][c]] if r != c else strength.NONE for c in places) for r in places)
