"""Single transferable vote with exact fractions: weighted inclusive Gregory, nothing rounded away.

In each round all who reach the quota are elected and their surpluses move together on all their ballots, at value ×
surplus ÷ votes; if nobody is elected, the last is eliminated. Quotas: whole Droop (`droop`, `droop_integer`), and exact
Hagenbach-Bischoff, Imperiali and Hare.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from voting.core.count import quota
from voting.core.count.numbers import Amount
from voting.core.count.parcels import Revalue
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, UNRANKED, Choice, Members, Nothing
from voting.core.count.stv import Transferable
from voting.core.count.tally import Round, Tally, Transfer

MEMBERS: Members = {
    **COMMON,
    **UNRANKED,
    "threshold": Choice(("droop", "droop_integer", "hagenbach-bischoff", "imperiali", "hare")),
    "surplus": Choice(("wigm_all_papers_exact",)),
    "decimal_places": Nothing(),
}


def count(poll: Poll) -> Tally:
    """Count `seats` winners round by round."""
    return GregoryCount(poll).run()


class GregoryCount(Transferable):
    """One exact count."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, None)
        self.parcels.open(self.continuing)
        self.quota = self.exact_quota()

    def exact_quota(self) -> Amount:
        """The quota of the ballots that count for somebody."""
        seats = max(self.seats, 1)
        named = {
            "hagenbach-bischoff": quota.hagenbach_bischoff,
            "imperiali": quota.imperiali,
            "hare": quota.hare,
        }
        return named.get(self.rules.threshold or "droop", quota.droop_integer)(self.begun, seats)

    def run(self) -> Tally:
        """Round after round until the seats are filled."""
        if not any(self.parcels.votes):
            self.outcome = "no_ballots"
            self.rounds.append(self.state())
            return self.tally()
        while self.vacant > 0 and self.standing and self.outcome is None:
            self.one_round()
        return self.tally()

    def one_round(self) -> None:
        """Elect and pass on surpluses, or eliminate the last."""
        before = self.state()
        elected = self.elect(before.number)
        self.seat(elected)
        eliminated: tuple[str, ...] = ()
        if not elected and self.outcome is None:
            lost = self.extreme(self.standing, "loser", before.number)
            eliminated = () if lost is None else (lost,)
            self.standing = [option for option in self.standing if option != lost]
        transfers = () if self.vacant <= 0 else (*self.drop(eliminated), *self.pass_on(elected))
        self.rounds.append(
            replace(before, elected=elected, eliminated=eliminated, transfers=transfers, ties=self.taken_ties())
        )

    def elect(self, number: int) -> tuple[str, ...]:
        """Who reaches the quota, most votes first, never more than the vacancies; all who are left if they fit."""
        if len(self.standing) <= self.vacant:
            return self.highest_first(self.standing)
        over = [option for option in self.standing if self.votes(option) >= self.quota]
        elected: list[str] = []
        while over and len(elected) < self.vacant:
            best = self.extreme(over, "winner", number) if len(over) > self.vacant - len(elected) else None
            if self.outcome:
                break
            chosen = [best] if best is not None else list(self.highest_first(over))
            elected += chosen
            over = [option for option in over if option not in chosen]
        return tuple(elected)

    def drop(self, eliminated: tuple[str, ...]) -> tuple[Transfer, ...]:
        """Deal out the piles of the eliminated at their value."""
        transfers: tuple[Transfer, ...] = ()
        for option in eliminated:
            transfers += self.moved(option, self.parcels.transfer(self.place[option], self.continuing))
        return transfers

    def pass_on(self, elected: tuple[str, ...]) -> tuple[Transfer, ...]:
        """Pass on the surpluses; each winner keeps exactly the quota, or all it has if that is less."""
        transfers: tuple[Transfer, ...] = ()
        for option in elected:
            held = self.votes(option)
            surplus = max(held - self.quota, 0)
            ratio = Fraction(surplus) / held if held else Fraction(0)
            moves = self.parcels.transfer(self.place[option], self.continuing, times(ratio))
            self.parcels.votes[self.place[option]] = held - surplus
            transfers += self.moved(option, moves)
        return transfers

    def state(self) -> Round:
        """The round before anything is decided. Eliminated options are no longer shown."""
        shown = {*self.standing, *self.winners}
        return Round(
            number=len(self.rounds) + 1,
            tallies=tuple((option, votes) for option, votes in self.tallies() if option in shown),
            exhausted=self.exhausted(),
            threshold=self.quota,
        )


def times(ratio: Fraction) -> Revalue:
    """The exact share of a value."""
    return lambda value: value * ratio
