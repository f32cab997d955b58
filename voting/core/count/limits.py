"""How large a poll each method takes, so that nobody is asked for ballots that could not be counted. Refused beforehand.

Each limit is what a count finishes in about two minutes and two gigabytes on one core. Sizes are options, seats and distinct
rankings; before the ballots are there, rankings are 0 and only the other two are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voting.core.count.errors import TooLarge


@dataclass(frozen=True, slots=True)
class Size:
    """What there is to count. Seats beyond the options cost nothing."""

    options: int
    seats: int
    rankings: int
    equal: int = 0
    """How many of the rankings have equal ranks."""

    @property
    def filled(self) -> int:
        """Seats that somebody can take."""
        return min(self.seats, self.options)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of what `measure` measures."""

    what: str
    measure: Callable[[Size], int]
    most: int


OPTIONS = Limit("options", lambda size: size.options, 1000)
MARKS = Limit("distinct rankings × options", lambda size: size.rankings * size.options, 10**9)

COMPARED = Limit("options", lambda size: size.options, 500)
PAIRS = Limit("distinct rankings × options²", lambda size: size.rankings * size.options**2, 5 * 10**10)

PASSES = Limit("distinct rankings × options × seats", lambda s: s.rankings * s.options * s.filled, 2 * 10**9)
FACTORS = Limit("distinct rankings × options × seats", lambda s: s.rankings * s.options * s.filled, 10**9)

SHARED = Limit("distinct rankings with equal ranks × options × seats", lambda s: s.equal * s.options * s.filled, 10**7)
"""Equal ranks cost Meek's method a hundred times as much as strict ones."""

FRACTIONS = Limit("seats", lambda size: size.filled, 12)
"""Every surplus may double the digits of the exact fractions: 35,000 bits for the twelfth, a million for the seventeenth."""

SLOWER: Mapping[str, tuple[Limit, ...]] = {
    "irv-multi-pass": (PASSES,),
    "stv-gregory-exact": (FRACTIONS,),
    "stv-meek": (FACTORS, SHARED),
    "stv-meek-prf": (FACTORS,),
    **dict.fromkeys(
        (
            "schulze",
            "ranked-pairs",
            "minimax",
            "copeland",
            "smith-set",
            "schwartz-set",
            "condorcet-winner",
            "condorcet-loser",
        ),
        (COMPARED, PAIRS),
    ),
}
"""What the methods refuse that cost more than a look at every mark in every round."""


def limits(method: str) -> tuple[Limit, ...]:
    """All limits of a method."""
    return (*SLOWER.get(method, ()), OPTIONS, MARKS)


def check_size(method: str, options: int, seats: int, rankings: int = 0, equal: int = 0) -> None:
    """Raise `TooLarge`, which carries the limit, if the method does not take a poll of this size."""
    size = Size(options, max(seats, 1), rankings, equal)
    for limit in limits(method):
        if limit.measure(size) > limit.most:
            raise TooLarge(method, limit.what, limit.measure(size), limit.most)


def most_rankings(method: str, options: int, seats: int, equal: bool = False) -> int:
    """How many distinct rankings of so many options a method takes, where all of them may have equal ranks or none."""
    one = Size(options, max(seats, 1), 1, int(equal))
    grown = (limit for limit in limits(method) if not limit.measure(replace(one, rankings=0, equal=0)))
    return min(limit.most // limit.measure(one) for limit in grown if limit.measure(one))
