"""Paper: a batch adds up, two keyings of it agree ballot by ballot, and where they do not the two tellers decide together.

Source: the common practice of double keying in paper counts; evidence format §5. Ballots of a batch are numbered from 1 in
the order of the pile, which is shuffled before anybody keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voting.core.box import Ranking
from voting.core.lifecycle import Machine, Move


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


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What the guards of a paper batch look at."""

    contest_is_open: bool
    window_is_over: bool
    unspoiled: int = 0
    """Papers given out and not taken back spoiled."""
    has_keyed: bool = False
    """Whether the caller has keyed the batch."""
    is_signed: bool = False
    """Whether enough officials have signed it."""


PAPER: Machine[PaperFacts] = Machine(
    noun="paper batch",
    initial="issuing",
    offered=("issue", "spoil", "return", "key", "resolve", "enter"),
    table={
        ("issuing", "issue"): Move("issuing", ("contest_not_open", "voting_is_over")),
        ("issuing", "spoil"): Move("issuing", ("contest_not_open", "nothing_to_spoil")),
        ("issuing", "return"): Move("returned", ("contest_not_open",)),
        ("returned", "return"): Move("returned", ("contest_not_open",)),
        ("returned", "key"): Move("keying", ("contest_not_open",)),
        ("keying", "key"): Move("keying", ("contest_not_open", "keyed_already")),
        ("keying", "differ"): Move("discrepant"),
        ("keying", "match"): Move("matched"),
        ("discrepant", "resolve"): Move("discrepant", ("contest_not_open", "tellers_only")),
        ("discrepant", "match"): Move("matched"),
        ("matched", "enter"): Move("entered", ("contest_not_open", "batch_not_signed")),
    },
    guards={
        "contest_not_open": lambda facts: not facts.contest_is_open,
        "voting_is_over": lambda facts: facts.window_is_over,
        "nothing_to_spoil": lambda facts: facts.unspoiled == 0,
        "keyed_already": lambda facts: facts.has_keyed,
        "tellers_only": lambda facts: not facts.has_keyed,
        "batch_not_signed": lambda facts: not facts.is_signed,
    },
)
"""The papers of one table: given out, taken back, keyed twice, agreed on, signed, put into the box."""
