"""A tie for the last place of an instant-runoff broken by pairwise comparison over all options.

Source: the Condorcet library's instant-runoff. Of those tied, who stays last beats none of the others, and has neither more
pairwise victories nor a better balance of victories and defeats than any of them. Asked again among those who stay last,
until nobody is spared any more; who then remains shares the place.
"""

from __future__ import annotations

from dataclasses import replace

from voting.core.count.pairwise import Pairwise, compare
from voting.core.count.poll import Poll


class TiePairs:
    """Pairwise victories of one poll, counted once. Undeclared write-ins take part, for they may be tied."""

    def __init__(self, poll: Poll) -> None:
        self.pairwise: Pairwise = compare(replace(poll, rules=replace(poll.rules, undeclared_write_in=None))).pairwise
        size = range(len(self.pairwise.options))
        self.place = {option: place for place, option in enumerate(self.pairwise.options)}
        self.wins = [sum(self.pairwise.beats(row, column) for column in size) for row in size]
        defeats = [sum(self.pairwise.beats(column, row) for column in size) for row in size]
        self.balance = [won - lost for won, lost in zip(self.wins, defeats, strict=True)]

    def losers(self, tied: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `tied` who stay last; all of them if comparison cannot tell."""
        for _ in tied:
            last = tuple(option for option in tied if not any(self.above(option, o) for o in tied if o != option))
            if not last or last == tied:
                return tied
            tied = last
        return tied

    def above(self, option: str, other: str) -> bool:
        """Whether `option` beats `other`, or has more victories or a better balance."""
        row, column = self.place[option], self.place[other]
        more = self.wins[row] > self.wins[column] or self.balance[row] > self.balance[column]
        return more or self.pairwise.beats(row, column)
