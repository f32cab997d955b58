"""What every single transferable vote count shares: places, standing, the record of rounds. Votes are shares of ballots.

A rule subclasses `Transferable` and writes one stage at a time; the base keeps the piles and turns units into amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voting.core.count.numbers import Amount, units, whole
from voting.core.count.parcels import Move, Parcels
from voting.core.count.poll import Poll
from voting.core.count.tally import Exhausted, Outcome, Round, Tallies, Tally, Tie, Transfer
from voting.core.count.tiebreak import Selecting, TieBreak


class Transferable:
    """One count in progress. `places` is the number of decimal places of a value, `None` for exact fractions."""

    def __init__(self, poll: Poll, places: int | None) -> None:
        self.poll = poll
        self.rules = poll.rules
        self.options = poll.options
        self.seats = poll.seats
        self.places = places
        self.one: Amount = 1 if places is None else 10**places
        self.place = {option: place for place, option in enumerate(poll.options)}
        self.box = poll.box()
        self.parcels = Parcels(self.box, len(poll.options), self.one)
        self.standing = list(poll.standing)
        self.winners: list[str] = []
        self.rounds: list[Round] = []
        self.ties: list[Tie] = []
        self.tie_break = TieBreak(poll.rules, poll.options)
        self.residual: Amount = 0
        self.outcome: Outcome | None = None

    @property
    def continuing(self) -> list[bool]:
        """Who may receive ballots, by place."""
        standing = set(self.standing)
        return [option in standing for option in self.options]

    @property
    def begun(self) -> Amount:
        """The votes options hold, in units; asked before anything is transferred, the ballots that count for somebody."""
        return sum(self.parcels.votes, start=0)

    @property
    def vacant(self) -> int:
        """Seats not yet filled."""
        return self.seats - len(self.winners)

    def votes(self, option: str) -> Amount:
        """What an option holds, in units."""
        return self.parcels.votes[self.place[option]]

    def amount(self, value: Amount) -> Amount:
        """Units as an amount of votes."""
        return whole(value) if self.places is None else units(int(value), self.places)

    def scaled(self, votes: Amount) -> Amount:
        """An amount of votes in units."""
        return votes if self.places is None else int(votes * 10**self.places)

    def tallies(self) -> Tallies:
        """What every option that ever stood holds now."""
        return tuple((option, self.amount(self.votes(option))) for option in self.poll.standing)

    def exhausted(self) -> Exhausted:
        """What has left the count, by cause."""
        left = self.parcels.left
        return Exhausted(**{cause: self.amount(votes) for cause, votes in left.items()})

    def moved(self, source: str, moves: Iterable[Move]) -> tuple[Transfer, ...]:
        """The record of a transfer: options in their order, then what left the count."""
        kept = [move for move in moves if move.votes]
        reached = sorted((move for move in kept if isinstance(move.target, int)), key=lambda move: int(move.target))
        out = sorted((move for move in kept if not isinstance(move.target, int)), key=lambda move: str(move.target))
        return tuple(
            Transfer(source, self.options[move.target], self.amount(move.votes), move.ballots)
            if isinstance(move.target, int)
            else Transfer(source, None, self.amount(move.votes), move.ballots, move.target)
            for move in (*reached, *out)
        )

    def select(self, tied: Sequence[str], selecting: Selecting, number: int) -> str | None:
        """The only one of `tied`, or the one the tie-break selects; `None` leaves the tie open and ends the count."""
        if len(tied) == 1:
            return tied[0]
        tie = self.tie_break.decide(tied, selecting, number, [dict(entry.tallies) for entry in self.rounds])
        self.ties.append(tie)
        if tie.selected is None:
            self.outcome = "tie_open"
        return tie.selected

    def extreme(self, options: Sequence[str], selecting: Selecting, number: int) -> str | None:
        """The one of `options` with most votes (to win) or least (to lose), ties broken."""
        held = [self.votes(option) for option in options]
        edge = max(held) if selecting == "winner" else min(held)
        return self.select([option for option in options if self.votes(option) == edge], selecting, number)

    def highest_first(self, options: Iterable[str]) -> tuple[str, ...]:
        """Options by votes, most first; equal votes in the order of the options."""
        return tuple(sorted(options, key=lambda option: -self.votes(option)))

    def seat(self, elected: Iterable[str]) -> None:
        """Elect: they hold their seats and receive nothing more."""
        for option in elected:
            self.winners.append(option)
            self.standing.remove(option)

    def taken_ties(self) -> tuple[Tie, ...]:
        """The ties since the last call."""
        ties, self.ties = tuple(self.ties), []
        return ties

    def tally(self) -> Tally:
        """The whole count."""
        outcome: Outcome = self.outcome or ("decided" if self.vacant <= 0 else "seats_left")
        return Tally(
            method=self.poll.method,
            options=self.options,
            seats=self.seats,
            rules=self.rules,
            cast=self.box.cast,
            undervotes=self.box.undervotes,
            winners=tuple(self.winners),
            rounds=tuple(self.rounds),
            outcome=outcome,
        )
