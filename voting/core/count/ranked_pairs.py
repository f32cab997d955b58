"""Ranked pairs: take up the victories from the strongest down and lock each that closes no circle with those locked.

Source: Tideman, "Independence of clones as a criterion for voting rules" (1987); for ties, Eppley, "Maximize Affirmed
Majorities". Of victories with equal strength, the one with fewer ballots against it comes first. What is equal in both
is taken up together: those that would stand in a circle are not locked, unless the rules break ties; then the recorded
lots, or the order, say which comes first (over the latest loser, and of those the one of the earliest winner).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from voting.core.count import strength
from voting.core.count.condorcet import STRENGTH_MEMBERS, layers, link, ranked_tally, victories
from voting.core.count.pairwise import Compared, Comparison, Majority, Pairwise, compare
from voting.core.count.poll import Poll
from voting.core.count.tally import Tally, Tie
from voting.core.count.tiebreak import Selecting, TieBreak

MEMBERS = STRENGTH_MEMBERS

Step = tuple[int, int]
"""A victory: place of the winner, place of the loser."""


def count(poll: Poll) -> Tally:
    """Count by ranked pairs; the ranking lists options together between which nothing is locked."""
    return from_matrix(poll, compare(poll))


def from_matrix(poll: Poll, compared: Compared) -> Tally:
    """The same from a matrix that was counted elsewhere."""
    pairwise = compared.pairwise
    lock = Lock(poll, pairwise)
    for together in by_strength(pairwise, poll.rules.strength or "winning_votes"):
        lock.take_up(together)
    locked = {(entry.winner, entry.loser) for entry in lock.majorities if entry.locked}
    options = pairwise.options
    groups = layers(options, lambda row, column: (options[row], options[column]) in locked)
    comparison = Comparison(pairwise, majorities=tuple(lock.majorities))
    return ranked_tally(poll, compared, groups, comparison, ties=tuple(lock.ties))


def by_strength(pairwise: Pairwise, kind: str) -> Iterator[list[Step]]:
    """All victories from the strongest down; those equal in strength and in ballots against come together."""
    votes = pairwise.votes

    def weight(step: Step) -> tuple[strength.Strength, int]:
        row, column = step
        return strength.of(votes[row][column], votes[column][row], kind), -votes[column][row]

    for _, together in groupby(sorted(victories(pairwise), key=weight, reverse=True), key=weight):
        yield sorted(together)


class Lock:
    """The victories taken up so far, and what they reach."""

    def __init__(self, poll: Poll, pairwise: Pairwise) -> None:
        self.pairwise = pairwise
        self.options = pairwise.options
        self.asks = poll.rules.tie_break is not None or bool(poll.rules.tie_break_resolutions)
        self.tie_break = TieBreak(poll.rules, poll.options)
        self.reached = [0] * len(self.options)
        self.majorities: list[Majority] = []
        self.ties: list[Tie] = []

    def take_up(self, together: list[Step]) -> None:
        """Lock what can be locked of victories that are equally strong."""
        left = self.settle(together)
        while left and self.asks:
            first = self.first(left)
            if first is None:
                break
            self.record(first, True)
            left = self.settle([step for step in left if step != first])
        for step in left:
            self.record(step, False)

    def settle(self, together: list[Step]) -> list[Step]:
        """Lock the victories in no circle, drop those against what is locked; returns those that contradict each other."""
        against = [step for step in together if self.reached[step[1]] >> step[0] & 1]
        clear, circular = self.sorted_out([step for step in together if step not in against])
        for step in clear:
            self.record(step, True)
        for step in against:
            self.record(step, False)
        return circular

    def sorted_out(self, together: list[Step]) -> tuple[list[Step], list[Step]]:
        """Which of the victories stand in no circle with each other and those locked, and which do."""
        reached = list(self.reached)
        for winner, loser in together:
            link(reached, winner, loser)
        circular = [step for step in together if reached[step[1]] >> step[0] & 1]
        return [step for step in together if step not in circular], circular

    def first(self, steps: list[Step]) -> Step | None:
        """Which of several equal victories comes first; `None` if the rules do not say."""
        loser = self.selected({step[1] for step in steps}, "loser")
        if loser is None:
            return None
        winner = self.selected({step[0] for step in steps if step[1] == loser}, "winner")
        return None if winner is None else (winner, loser)

    def selected(self, places: set[int], selecting: Selecting) -> int | None:
        """The one of several places that the rules select."""
        if len(places) == 1:
            return next(iter(places))
        tie = self.tie_break.decide([self.options[place] for place in places], selecting, 1)
        self.ties.append(tie)
        return None if tie.selected is None else self.options.index(tie.selected)

    def record(self, step: Step, locked: bool) -> None:
        """Record a victory as locked or left out."""
        winner, loser = step
        if locked:
            link(self.reached, winner, loser)
        votes = self.pairwise.votes
        entry = Majority(self.options[winner], self.options[loser], votes[winner][loser], votes[loser][winner], locked)
        self.majorities.append(entry)
