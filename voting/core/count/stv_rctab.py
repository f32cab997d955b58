"""Single transferable vote as RCTab counts it: weighted inclusive Gregory, cut to `decimal_places` for every ballot.

Source: RCTab's multi-winner modes. In each round: elect all (or one) at the threshold, else eliminate the undeclared
write-ins, else all below the cutoff, else the last. All surpluses of a round move together; what cutting leaves with a
winner above the threshold is residual surplus, and once the seats are filled one last round shows the surpluses nobody
receives any more.
"""

from __future__ import annotations

from voting.core.count import quota
from voting.core.count.numbers import Amount
from voting.core.count.parcels import Revalue
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, WRITE_IN, Choice, FlagOrWhole, Members, Never, Whole
from voting.core.count.stv import Transferable
from voting.core.count.tally import Round, Tally, Transfer

PLACES = 4

MEMBERS: Members = {
    **COMMON,
    **WRITE_IN,
    "winner_mode": Choice(("multi_many_winners_per_round", "multi_one_winner_per_round")),
    "threshold": Choice(("droop_integer", "droop_fractional", "hare_ceil")),
    "threshold_basis": Choice(("first_round",)),
    "decimal_places": Whole(0, 20),
    "batch_elimination": Never(),
    "cutoff_elimination": FlagOrWhole(),
    "continue_until_two": Never(),
    "stop_after_round": Whole(1),
}


def count(poll: Poll) -> Tally:
    """Count `seats` winners round by round."""
    return RctabCount(poll).run()


class RctabCount(Transferable):
    """One count by RCTab's rule."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, PLACES if poll.rules.decimal_places is None else poll.rules.decimal_places)
        self.threshold: Amount = 0
        self.final_surplus: Amount = 0

    def run(self) -> Tally:
        """Count to the end."""
        self.parcels.open(self.continuing)
        self.threshold = self.scaled(self.first_threshold())
        if not any(self.parcels.votes) and not (self.standing and self.rules.tie_break_resolutions):
            self.outcome = "no_ballots"
            self.record((), (), [], None)
            return self.tally()
        while not self.one_round():
            pass
        return self.tally()

    def first_threshold(self) -> Amount:
        """The votes that elect, from the votes active in the first round."""
        active = self.amount(self.begun)
        seats, places = max(self.seats, 1), self.places or 0
        if self.rules.threshold == "hare_ceil":
            return quota.hare_ceil(active, seats)
        if self.rules.threshold == "droop_fractional":
            return quota.droop_fractional(active, seats, places)
        return quota.droop_integer(active, seats)

    def one_round(self) -> bool:
        """One round; returns whether it was the last."""
        number = len(self.rounds) + 1
        before = self.state()
        elected = self.elect(number)
        eliminated = () if elected or self.outcome or self.vacant <= 0 else self.eliminate(number)
        self.seat(elected)
        self.standing = [option for option in self.standing if option not in eliminated]
        last = self.is_last(number, bool(elected))
        transfers = [] if last else [*self.drop(eliminated), *self.pass_on(elected)]
        self.record(elected, eliminated, transfers, before)
        return last

    def elect(self, number: int) -> tuple[str, ...]:
        """Who is elected in this round. Nobody while undeclared write-ins hold votes."""
        write_in = self.rules.undeclared_write_in
        if self.vacant <= 0 or (write_in in self.standing and self.votes(write_in or "")):
            return ()
        over = [option for option in self.standing if self.votes(option) >= self.threshold and option != write_in]
        if len(self.standing) <= self.vacant:
            over = list(self.standing)
        if len(over) > 1 and self.rules.winner_mode == "multi_one_winner_per_round":
            chosen = self.extreme(over, "winner", number)
            return () if chosen is None else (chosen,)
        return self.highest_first(over)

    def eliminate(self, number: int) -> tuple[str, ...]:
        """Who leaves in this round."""
        write_in = self.rules.undeclared_write_in
        if write_in is not None and write_in in self.standing and self.votes(write_in):
            return (write_in,)
        below = self.below_cutoff()
        if below:
            return below
        lost = self.extreme(self.standing, "loser", number)
        return () if lost is None else (lost,)

    def below_cutoff(self) -> tuple[str, ...]:
        """Everyone below the cutoff (the threshold, or a number of votes), unless that is everyone."""
        cutoff = self.rules.cutoff_elimination
        if cutoff is False:
            return ()
        line = self.threshold if cutoff is True else self.scaled(cutoff)
        below = tuple(option for option in self.standing if self.votes(option) < line)
        return () if len(below) == len(self.standing) else below

    def is_last(self, number: int, elected: bool) -> bool:
        """Whether the count ends with this round."""
        if self.outcome is not None:
            return True
        if not self.standing and self.vacant > 0:
            return True
        if self.vacant <= 0 and not elected:
            return True
        if self.rules.stop_after_round is not None and number >= self.rules.stop_after_round:
            self.outcome = "stopped" if self.vacant > 0 else None
            return True
        return False

    def drop(self, eliminated: tuple[str, ...]) -> list[Transfer]:
        """Deal out the piles of the eliminated."""
        transfers: list[Transfer] = []
        for option in eliminated:
            transfers += self.moved(option, self.parcels.transfer(self.place[option], self.continuing))
        return transfers

    def pass_on(self, elected: tuple[str, ...]) -> list[Transfer]:
        """Pass on the surpluses of the elected, all at once; the rest stays with them."""
        transfers: list[Transfer] = []
        for option in elected:
            held = self.votes(option)
            surplus = max(held - self.threshold, 0)
            fraction = surplus * self.one // held if held else 0
            moves = self.parcels.transfer(
                self.place[option],
                self.continuing if self.vacant > 0 else [False] * len(self.options),
                self.cut(fraction),
            )
            sent = sum((move.votes for move in moves), start=0)
            residual = max(held - sent - self.threshold, 0)
            self.parcels.votes[self.place[option]] = held - sent - residual
            self.residual += residual
            transfers += self.finally_left(option, self.moved(option, moves))
            if residual:
                transfers.append(Transfer(option, None, self.amount(residual), 0, "residual"))
        return transfers

    def cut(self, fraction: Amount) -> Revalue:
        """The fraction of a value, cut to the places of the count."""
        return lambda value: value * fraction // self.one

    def finally_left(self, option: str, transfers: tuple[Transfer, ...]) -> tuple[Transfer, ...]:
        """With all seats filled, a surplus is the surplus of the final round, whatever the ballots still say."""
        if self.vacant > 0:
            return transfers
        for cause in self.parcels.left:
            sent = sum((t.votes for t in transfers if t.left == cause), start=0)
            self.parcels.left[cause] -= self.scaled(sent)
            self.final_surplus += self.scaled(sent)
        return tuple(Transfer(option, None, t.votes, t.ballots, "final_surplus") for t in transfers)

    def state(self) -> Round:
        """The round as it stands before anything is decided. Eliminated options are no longer shown."""
        shown = {*self.standing, *self.winners}
        return Round(
            number=len(self.rounds) + 1,
            tallies=tuple((option, votes) for option, votes in self.tallies() if option in shown),
            exhausted=self.exhausted(),
            threshold=self.amount(self.threshold),
            residual=self.amount(self.residual),
            final_surplus=self.amount(self.final_surplus),
        )

    def record(
        self,
        elected: tuple[str, ...],
        eliminated: tuple[str, ...],
        transfers: list[Transfer],
        before: Round | None,
    ) -> None:
        """Keep the round."""
        state = before or self.state()
        self.rounds.append(
            Round(
                number=state.number,
                tallies=state.tallies,
                exhausted=state.exhausted,
                threshold=state.threshold,
                elected=elected,
                eliminated=eliminated,
                transfers=tuple(transfers),
                ties=self.taken_ties(),
                residual=state.residual,
                final_surplus=state.final_surplus,
            )
        )
