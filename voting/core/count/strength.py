"""How strong one option's victory over another is: by winning votes, margin, ratio or pairwise opposition. Exact.

Source: Schulze, "A new monotonic, clone-independent, reversal symmetric and Condorcet-consistent single-winner election
method", section 2.1. Only a victory has strength: a pair that is tied or lost has none, so an option that beats every
other wins whatever the measure. Among victories, pairwise opposition then orders exactly as winning votes does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from voting.core.count.numbers import Amount, whole, written

STRENGTHS = ("winning_votes", "margins", "ratio", "pairwise_opposition")


@dataclass(frozen=True, slots=True, order=True)
class Strength:
    """A strength, ordered. `unopposed` is a ratio of some votes to none: above every ratio, more votes above fewer."""

    unopposed: bool = False
    value: Amount = 0

    @property
    def text(self) -> int | str:
        """As JSON carries it: a number, or `votes:0` for a ratio without opposition."""
        return f"{self.value}:0" if self.unopposed else written(self.value)


NONE = Strength()


def of(votes: int, against: int, kind: str) -> Strength:
    """The strength of `votes` for an option against `against` for the other; `NONE` unless that is a victory."""
    if votes <= against:
        return NONE
    if kind == "margins":
        return Strength(value=votes - against)
    if kind != "ratio":
        return Strength(value=votes)
    return Strength(value=whole(Fraction(votes, against))) if against else Strength(True, votes)
