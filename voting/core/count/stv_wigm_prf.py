"""The weighted inclusive Gregory reference rule of the Proportional Representation Foundation: fixed point, 4 decimals.

Source: prfound.org, Reference WIGM Rule, steps A to D. Every product and every quotient is cut to four places; the
quota is votes ÷ (seats + 1), cut, plus 0.0001. One surplus or one exclusion at a time, or (`batch_elimination`) all sure
losers together. Rounds record one action each; a round number may have several. The surplus or exclusion of the round
that fills the last seat is still transferred, as the Foundation's own implementation does; with
`stop_when_last_vacancies_filled` it is not, as step D.3 reads.
"""

from __future__ import annotations

from voting.core.count.parcels import Revalue
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, Choice, Fixed, Flag, Members, Whole
from voting.core.count.stv import Transferable
from voting.core.count.tally import Round, Tally, Transfer

PLACES = 4

MEMBERS: Members = {
    **COMMON,
    "arithmetic": Fixed(),
    "decimal_places": Whole(PLACES, PLACES),
    "threshold": Choice(("droop_fractional",)),
    "surplus": Choice(("wigm_all_papers",)),
    "batch_elimination": Flag(),
    "stop_when_last_vacancies_filled": Flag(),
}


def count(poll: Poll) -> Tally:
    """Count `seats` winners."""
    return ReferenceGregory(poll).run()


class ReferenceGregory(Transferable):
    """One count by the reference rule. `pending` are elected whose surplus was not yet transferred."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, PLACES)
        self.pending: list[str] = []
        self.parcels.open(self.continuing)
        self.quota = int(self.begun) // (max(self.seats, 1) + 1) + 1
        self.number = 0

    def run(self) -> Tally:
        """Steps A to C."""
        self.record("begin count")
        if not any(self.parcels.votes):
            self.outcome = "no_ballots"
            return self.tally()
        while not self.complete and self.outcome is None:
            self.number += 1
            self.one_round()
        if self.outcome is None:
            self.finish()
        return self.tally()

    def one_round(self) -> None:
        """Step B: elect; then the first that applies of sure losers, highest surplus, last option."""
        # Who have equal votes are recorded from the last option up, as the Foundation's own implementation does.
        for option in self.highest_first(o for o in reversed(self.standing) if self.votes(o) >= self.quota):
            self.seat((option,))
            self.pending.append(option)
            self.record("elect", elected=(option,))
        if self.complete and self.rules.stop_when_last_vacancies_filled:
            return
        losers = self.sure_losers() if self.rules.batch_elimination else ()
        if losers:
            self.exclude(losers, sure=True)
        elif self.pending:
            self.transfer_surplus()
        else:
            lost = self.extreme(self.standing, "loser", self.number)
            if lost is None:
                self.record("defeat")
            else:
                self.exclude((lost,))

    @property
    def complete(self) -> bool:
        """Step D.3: all seats filled, or no more options than seats."""
        return self.vacant <= 0 or len(self.standing) <= self.vacant

    def sure_losers(self) -> tuple[str, ...]:
        """Step B.2: the largest set whose votes and all surpluses together stay below everyone outside it."""
        surplus = sum(int(self.votes(option)) - self.quota for option in self.pending)
        ascending = sorted(self.standing, key=self.votes)
        most = len(self.standing) - self.vacant
        size, total = 0, surplus
        for index, option in enumerate(ascending[:-1], start=1):
            total += int(self.votes(option))
            if index <= most and total < self.votes(ascending[index]):
                size = index
        return tuple(option for option in self.standing if option in ascending[:size])

    def transfer_surplus(self) -> None:
        """Step B.3: transfer the highest surplus, possibly zero, on all ballots of the option."""
        option = self.extreme(self.pending, "winner", self.number)
        if option is None:
            self.record("transfer")
            return
        self.pending.remove(option)
        held = int(self.votes(option))
        surplus = held - self.quota
        moves = self.parcels.transfer(self.place[option], self.continuing, self.reduced(surplus, held))
        self.parcels.votes[self.place[option]] = self.quota
        self.residual += surplus - sum((move.votes for move in moves), start=0)
        self.record("transfer", source=(option,), transfers=self.moved(option, moves))

    def reduced(self, surplus: int, held: int) -> Revalue:
        """Weight × surplus, cut, then ÷ votes, cut."""
        return lambda value: int(value) * surplus // 10**PLACES * 10**PLACES // held

    def exclude(self, losers: tuple[str, ...], sure: bool = False) -> None:
        """Steps B.2 and B.4: exclude, and transfer unless the count is complete."""
        for option in losers:
            self.standing.remove(option)
            self.record("defeat", eliminated=(option,))
        # Sure losers are not transferred if all who are left are elected now.
        elects_the_rest = sure and len(self.standing) <= self.vacant
        if elects_the_rest or (self.complete and self.rules.stop_when_last_vacancies_filled):
            return
        transfers: tuple[Transfer, ...] = ()
        for option in losers:
            transfers += self.moved(option, self.parcels.transfer(self.place[option], self.continuing))
        self.record("transfer", source=losers, transfers=transfers)

    def finish(self) -> None:
        """Step C: elect who is left if seats are, else exclude them."""
        for option in tuple(self.standing):
            if self.vacant > 0:
                self.seat((option,))
                self.record("elect remaining", elected=(option,))
            else:
                self.standing.remove(option)
                self.record("defeat remaining", eliminated=(option,))
        self.record("count complete")

    def record(
        self,
        action: str,
        elected: tuple[str, ...] = (),
        eliminated: tuple[str, ...] = (),
        source: tuple[str, ...] = (),
        transfers: tuple[Transfer, ...] = (),
    ) -> None:
        """Keep one action with the votes as they stand after it."""
        self.rounds.append(
            Round(
                number=self.number,
                tallies=self.tallies(),
                exhausted=self.exhausted(),
                threshold=self.amount(self.quota),
                elected=elected,
                eliminated=eliminated,
                transfers=transfers,
                ties=self.taken_ties(),
                action=action,
                source=source,
                residual=self.amount(self.residual),
            )
        )
