"""Paper: a batch adds up, two keyings of it agree ballot by ballot, and where they do not the two tellers decide together.

Source: the common practice of double keying in paper counts; evidence format §5. Ballots of a batch are numbered from 1 in
the order of the pile, which is shuffled before anybody keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voting.core.box import Ranking


@dataclass(frozen=True, slots=True)
class Sheets:
    """The papers of one batch. Given out to electors, replacements included; taken back spoiled; never seen again."""

    issued: int
    spoiled: int = 0
    unreturned: int = 0

    @property
    def count(self) -> int:
        """How many ballots there must be to count: issued = count + spoiled + unreturned."""
        return self.issued - self.spoiled - self.unreturned


@dataclass(frozen=True, slots=True)
class Keying:
    """What one teller read: the pile, and what the two agreed on for single ballots afterwards, by number."""

    ballots: Sequence[Ranking]
    resolved: Mapping[int, Ranking]

    def at(self, number: int) -> Ranking:
        """The ballot of that number as this teller has it now."""
        return self.resolved.get(number, self.ballots[number - 1])


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One ballot that the two tellers keyed differently and have not both put right: as each has it now."""

    number: int
    first: Ranking
    second: Ranking


def discrepancies(first: Keying, second: Keying) -> tuple[Discrepancy, ...]:
    """What is not settled between two keyings of one pile. Raises ValueError for piles of different height.

    A ballot that was keyed differently is settled when both tellers have recorded the same for it: that one of them gave way
    is not enough.
    """
    if len(first.ballots) != len(second.ballots):
        raise ValueError(f"expected as many ballots twice, got {len(first.ballots)} and {len(second.ballots)}")
    open_ones = (number for number in range(1, len(first.ballots) + 1) if not _is_settled(first, second, number))
    return tuple(Discrepancy(number, first.at(number), second.at(number)) for number in open_ones)


def agreed(first: Keying, second: Keying) -> tuple[Ranking, ...] | None:
    """The ballots of the batch, in order, once everything is settled."""
    if discrepancies(first, second):
        return None
    return tuple(first.at(number) for number in range(1, len(first.ballots) + 1))


def _is_settled(first: Keying, second: Keying, number: int) -> bool:
    if first.ballots[number - 1] == second.ballots[number - 1]:
        return True
    both = number in first.resolved and number in second.resolved
    return both and first.resolved[number] == second.resolved[number]
