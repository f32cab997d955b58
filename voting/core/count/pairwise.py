"""Pairwise comparison: how many ballots rank each option above each other one. Votes are whole ballots.

A ballot is a weak order: options at one rank are equal, an empty rank has no meaning, and an option that is marked twice
counts at its first rank. `unranked` says what an option without a mark is: `ranked_last_equal` stands below all marked
ones, `not_compared` is compared with none. Withdrawn options and undeclared write-ins (nobody in particular) take no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from voting.core.count import pairwise_packed as packed
from voting.core.count.ballots import OVERVOTE, Ranking, is_blank
from voting.core.count.poll import Poll
from voting.core.count.rules import Rules
from voting.core.count.strength import Strength

WeakOrder = tuple[tuple[str, ...], ...]
"""Groups of options, the most preferred first; the options of one group are equal."""

Square = tuple[tuple[int, ...], ...]

MANY = 500_000
"""Distinct orders × options² from which the matrix is counted packed; below, packing costs more than it saves."""

MOST_OPTIONS = 60_000
"""Ranks are packed in 16 bits."""

EQUAL = (None, "not_applicable", "rejected_before_count")
"""Values of `overvote` under which several marks at one rank are an equal rank."""


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Ballots that prefer the row's option to the column's; rows and columns in the order of `options`."""

    options: tuple[str, ...]
    votes: tuple[tuple[int, ...], ...]

    def over(self, option: str, other: str) -> int:
        """Ballots that prefer `option` to `other`."""
        return self.votes[self.options.index(option)][self.options.index(other)]

    def beats(self, row: int, column: int) -> bool:
        """Whether more ballots prefer the option at `row` to the one at `column` than the reverse."""
        return self.votes[row][column] > self.votes[column][row]


@dataclass(frozen=True, slots=True)
class Compared:
    """A poll reduced to its matrix: ballots cast, and those of them without any mark."""

    pairwise: Pairwise
    cast: int
    undervotes: int

    @property
    def valid(self) -> int:
        """Ballots with at least one mark."""
        return self.cast - self.undervotes


@dataclass(frozen=True, slots=True)
class Majority:
    """One victory as ranked pairs takes it up, in order: `locked` unless it would close a circle."""

    winner: str
    loser: str
    votes: int
    against: int
    locked: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a Condorcet method saw: the matrix, and of the rest what the method uses.

    `paths` are the strongest paths from row to column, `majorities` the victories of ranked pairs in the order they
    were taken up, `worst` the strongest case against each option.
    """

    pairwise: Pairwise
    paths: tuple[tuple[Strength, ...], ...] | None = None
    majorities: tuple[Majority, ...] | None = None
    worst: tuple[tuple[str, Strength], ...] | None = None


def compare(poll: Poll) -> Compared:
    """Compare every two standing options on every ballot. Time is distinct rankings × options²."""
    options = standing(poll)
    index = {option: place for place, option in enumerate(options)}
    merged: dict[WeakOrder, int] = {}
    cast = undervotes = 0
    for ranking, ballots in poll.ballots.items():
        cast += ballots
        undervotes += ballots if is_blank(ranking) else 0
        order = weak_order(ranking, index, poll.rules)
        merged[order] = merged.get(order, 0) + ballots
    rest = poll.rules.unranked != "not_compared"
    packs = len(merged) * len(options) ** 2 >= MANY and len(options) <= MOST_OPTIONS and cast <= packed.MOST_VOTES
    votes = _packed(merged, index, rest) if packs else reference(merged, index, rest)
    return Compared(Pairwise(options, votes), cast, undervotes)


def reference(orders: Mapping[WeakOrder, int], index: dict[str, int], rest: bool) -> Square:
    """The matrix as its definition reads, order by order."""
    votes = [[0] * len(index) for _ in index]
    for order, ballots in orders.items():
        _add(votes, [[index[option] for option in group] for group in order], ballots, rest)
    return tuple(map(tuple, votes))


def _packed(orders: Mapping[WeakOrder, int], index: dict[str, int], rest: bool) -> Square:
    """The same matrix, all orders at once."""
    counts = np.fromiter(orders.values(), dtype=np.int64, count=len(orders))
    return packed.matrix(packed.packed(orders, index), counts, rest)


def standing(poll: Poll) -> tuple[str, ...]:
    """The options compared, in order."""
    return tuple(option for option in poll.standing if option != poll.rules.undeclared_write_in)


def weak_order(ranking: Ranking, index: dict[str, int], rules: Rules) -> WeakOrder:
    """The groups of options a ranking names, most preferred first. Only options in `index` take part.

    `overvote`, where given, makes several marks at one rank an overvote instead of an equal rank; unknown marks say nothing.
    """
    if _is_strict(ranking, index) and (rules.max_rankings is None or len(ranking) <= rules.max_rankings):
        return ranking
    return tuple(group for _, group in ranks_read(ranking, index, rules))


def ranks_read(ranking: Ranking, index: Mapping[str, int], rules: Rules) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The ranks that name anybody in `index`, by their number from 0; an option that was named before is left out."""
    seen: set[str] = set()
    blanks = 0
    for number, rank in enumerate(ranking[: rules.max_rankings]):
        if not rank:
            blanks += 1
            continue
        if rules.skip_limit is not None and blanks > rules.skip_limit:
            return
        blanks = 0
        if rules.duplicate == "exhaust" and not seen.isdisjoint(rank):
            return
        fresh = tuple(option for option in dict.fromkeys(rank) if option in index and option not in seen)
        if rules.overvote not in EQUAL and (len(rank) > 1 or OVERVOTE in rank):
            if rules.overvote == "skip_to_next_rank":
                continue
            if rules.overvote == "exhaust_immediately" or len(fresh) > 1 or OVERVOTE in rank:
                return
        seen.update(option for option in rank if option != OVERVOTE)
        if fresh:
            yield number, fresh


def _is_strict(ranking: Ranking, index: dict[str, int]) -> bool:
    """Whether every rank names one option that takes part, each once: such a ranking is its own weak order."""
    named = {rank[0] for rank in ranking if len(rank) == 1}
    return len(named) == len(ranking) and named <= index.keys()


def _add(votes: list[list[int]], groups: list[list[int]], ballots: int, rest: bool) -> None:
    """Add ballots of one weak order; with `rest` the options it does not name stand below all it names."""
    marked = {place for group in groups for place in group}
    below = [place for place in range(len(votes)) if place not in marked] if rest else []
    for group in reversed(groups):
        for place in group:
            row = votes[place]
            for other in below:
                row[other] += ballots
        below += group
