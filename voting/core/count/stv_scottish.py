"""Single transferable vote of Scottish local elections. Votes to five decimal places, any remainder ignored.

Source: Scottish Local Government Elections Order 2007, Schedule 1, rules 45–52. One surplus or one exclusion per stage;
the transfer value is (surplus × value on receipt) ÷ votes of the transferring candidate. A tie goes back to the most
recent stage that differed, then to the lot. The final exclusion is transferred, unless
`stop_when_last_vacancies_filled` says otherwise (rule 52 (2)).
"""

from __future__ import annotations

from dataclasses import replace

from voting.core.count import quota
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, Choice, Fixed, Flag, Members, Never, Whole
from voting.core.count.stv import Transferable
from voting.core.count.tally import Round, Tally, Transfer

PLACES = 5

MEMBERS: Members = {
    **COMMON,
    "arithmetic": Fixed(),
    "decimal_places": Whole(0, 20),
    "threshold": Choice(("droop_integer",)),
    "surplus": Choice(("wigm_last_value_all_papers",)),
    "elected_order": Choice(("one_surplus_per_stage_highest_first",)),
    "batch_elimination": Never(),
    "zero_surplus_stage": Flag(),
    "stop_when_last_vacancies_filled": Flag(),
}


def count(poll: Poll) -> Tally:
    """Count `seats` winners stage by stage."""
    return ScottishCount(poll).run()


class ScottishCount(Transferable):
    """One count by the Order of 2007. `pending` are elected whose surplus was not yet transferred."""

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, PLACES if poll.rules.decimal_places is None else poll.rules.decimal_places)
        self.pending: list[str] = []
        self.parcels.open(self.continuing)
        self.quota = self.scaled(quota.droop_integer(self.amount(self.begun), max(self.seats, 1)))

    def run(self) -> Tally:
        """Stage after stage until the seats are filled."""
        if not any(self.parcels.votes):
            self.outcome = "no_ballots"
            self.stage("first_preferences", (), ())
            return self.tally()
        self.close_stage("first_preferences", (), (), ())
        while not self.complete:
            surplus = self.next_surplus()
            if self.outcome:
                break
            if surplus is not None:
                self.transfer_surplus(surplus)
            else:
                self.exclude()
        return self.tally()

    @property
    def complete(self) -> bool:
        """Whether the count is over: all seats filled, nobody left, or a tie nobody may break."""
        return self.vacant <= 0 or not self.standing or self.outcome is not None

    def close_stage(
        self, action: str, source: tuple[str, ...], eliminated: tuple[str, ...], transfers: tuple[Transfer, ...]
    ) -> None:
        """Rules 47 and 52: elect who has the quota, and all who are left if they are no more than the vacancies."""
        reached = (option for option in self.standing if self.votes(option) >= self.quota and self.vacant > 0)
        elected = self.highest_first(reached)
        self.seat(elected)
        self.pending += [option for option in elected if self.has_surplus(option)]
        if len(self.standing) <= self.vacant:
            remaining = self.highest_first(self.standing)
            self.seat(remaining)
            elected += remaining
        self.stage(action, source, elected, eliminated, transfers)

    def has_surplus(self, option: str) -> bool:
        """Whether a stage transfers the surplus of an elected option."""
        return self.votes(option) > self.quota or self.rules.zero_surplus_stage

    def next_surplus(self) -> str | None:
        """Rule 49: the pending option with the highest surplus; ties by the most recent stage that differed."""
        if not self.pending:
            return None
        return self.extreme(self.pending, "winner", len(self.rounds) + 1)

    def transfer_surplus(self, option: str) -> None:
        """Rule 48: transfer the surplus on all papers of the option."""
        held = self.votes(option)
        surplus = held - self.quota
        moves = self.parcels.transfer(self.place[option], self.continuing, lambda value: value * surplus // held)
        self.parcels.votes[self.place[option]] = self.quota
        self.residual += surplus - sum((move.votes for move in moves), start=0)
        self.pending.remove(option)
        self.close_stage("surplus", (option,), (), self.moved(option, moves))

    def exclude(self) -> None:
        """Rules 50 and 51: exclude the option with the fewest votes and transfer its papers at their value."""
        lost = self.extreme(self.standing, "loser", len(self.rounds) + 1)
        if lost is None:
            self.stage("exclusion", (), ())
            return
        self.standing.remove(lost)
        if self.rules.stop_when_last_vacancies_filled and len(self.standing) <= self.vacant:
            self.close_stage("exclusion", (lost,), (lost,), ())
            return
        moves = self.parcels.transfer(self.place[lost], self.continuing)
        self.close_stage("exclusion", (lost,), (lost,), self.moved(lost, moves))

    def stage(
        self,
        action: str,
        source: tuple[str, ...],
        elected: tuple[str, ...],
        eliminated: tuple[str, ...] = (),
        transfers: tuple[Transfer, ...] = (),
    ) -> None:
        """Keep the stage as it stands at its end."""
        entry = Round(
            number=len(self.rounds) + 1,
            tallies=self.tallies(),
            exhausted=self.exhausted(),
            threshold=self.amount(self.quota),
            action=action,
            source=source,
            elected=elected,
            eliminated=eliminated,
            transfers=transfers,
            residual=self.amount(self.residual),
        )
        self.rounds.append(replace(entry, ties=self.taken_ties()))
