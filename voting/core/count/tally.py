"""The result of a count, round by round, with every reason. Votes are whole ballots (`int`) or exact shares (`Fraction`).

In every round: tallies + exhausted + residual + final surplus = valid ballots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voting.core.count.ballots import Cause
from voting.core.count.numbers import Amount
from voting.core.count.pairwise import Comparison
from voting.core.count.rules import Rules

Outcome = Literal["decided", "no_ballots", "seats_left", "tie_open", "stopped"]
"""How the count ended: all seats filled; nobody voted; fewer options than seats; a tie no rule broke; stopped early."""

Leaving = Cause | Literal["residual", "final_surplus"]
"""Why votes left the count instead of reaching an option."""

Tallies = tuple[tuple[str, Amount], ...]
"""Option and votes, in the order of the options."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Votes no option holds any more, by cause."""

    choices: Amount = 0
    overvotes: Amount = 0
    duplicates: Amount = 0
    skipped: Amount = 0

    @property
    def total(self) -> Amount:
        """All four together."""
        return self.choices + self.overvotes + self.duplicates + self.skipped


@dataclass(frozen=True, slots=True)
class Transfer:
    """Votes that left `source` at the end of the round: to `target`, or out of the count for the reason in `left`."""

    source: str
    target: str | None
    votes: Amount
    ballots: int
    left: Leaving | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Options with equal votes where one had to be selected. `selected` is `None` if no rule broke the tie.

    `how` is `shared` where those whom pairwise comparison could not tell apart left, or won, together.
    `order` is the order or lot that was used (the earliest wins), `compared_round` the earlier round that differed.
    """

    round: int
    tied: tuple[str, ...]
    selecting: Literal["winner", "loser"]
    selected: str | None
    how: Literal["recorded", "previous_rounds", "order", "lot", "pairs", "shared", "open"]
    order: tuple[str, ...] = ()
    compared_round: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One round (stage) of a count: what each option holds, and what was decided on it.

    `residual` is what cutting to decimal places has left with nobody, `final_surplus` what nobody needed any more,
    `passing` the pass of a multi-pass count, `surplus` what the elected hold above the quota where a rule tracks it.
    """

    number: int
    tallies: Tallies
    exhausted: Exhausted = Exhausted()
    threshold: Amount | None = None
    elected: tuple[str, ...] = ()
    eliminated: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    ties: tuple[Tie, ...] = ()
    action: str = "count"
    source: tuple[str, ...] = ()
    residual: Amount = 0
    final_surplus: Amount = 0
    passing: int | None = None
    surplus: Amount | None = None

    def votes(self, option: str) -> Amount:
        """What `option` holds in this round; 0 if it is no longer in the count."""
        return dict(self.tallies).get(option, 0)

    @property
    def total(self) -> Amount:
        """All votes of the round wherever they are; equal to the valid ballots."""
        held: Amount = sum((votes for _, votes in self.tallies), start=0)
        return held + self.exhausted.total + self.residual + self.final_surplus


@dataclass(frozen=True, slots=True)
class Tally:
    """A whole count. `winners` are in the order of their election; `ranking` and `scores` where the method has them."""

    method: str
    options: tuple[str, ...]
    seats: int
    rules: Rules
    cast: int
    undervotes: int
    winners: tuple[str, ...]
    rounds: tuple[Round, ...] = ()
    outcome: Outcome = "decided"
    ranking: tuple[tuple[str, ...], ...] | None = None
    scores: Tallies | None = None
    comparison: Comparison | None = None

    @property
    def valid(self) -> int:
        """Ballots with at least one mark."""
        return self.cast - self.undervotes

    @property
    def complete(self) -> bool:
        """Whether the count came to its end: no tie left open, not stopped early."""
        return self.outcome not in ("tie_open", "stopped")

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie of the count, in order."""
        return tuple(tie for entry in self.rounds for tie in entry.ties)
