"""What Meek counts share: keep factors, quota and surplus in fixed-point units, elections and exclusions.

Each elected option keeps the share `keep` of every ballot that reaches it, the rest moves on; keep factors are found by
iteration until the surplus is below omega or no longer falls. The quota falls with what is exhausted. Rounds record one
action each; a round number may have several.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from voting.core.count.numbers import units
from voting.core.count.poll import Poll
from voting.core.count.tally import Exhausted, Outcome, Round, Tally, Tie
from voting.core.count.tiebreak import TieBreak

OMEGA = Fraction(1, 10**6)


class Meek:
    """One count in progress. A rule says how ballots distribute votes, and when a surplus is small enough."""

    def __init__(self, poll: Poll, places: int, omega: Fraction, guard: int = 0) -> None:
        self.poll = poll
        self.options = poll.options
        self.places = places + guard
        self.one: int = 10**self.places
        self.omega: int = int(omega * self.one)
        # With guard digits nothing is rounded up, and what differs by less than half a unit of `places` is equal.
        self.guarded = guard > 0
        self.near: int = max(10**guard // 2, 1)
        self.cast = sum(poll.ballots.values())
        self.undervotes = sum(count for ranking, count in poll.ballots.items() if not any(ranking))
        self.total = (self.cast - self.undervotes) * self.one
        stands = set(poll.standing)
        self.keep = [self.one if option in stands else 0 for option in poll.options]
        self.votes = [0] * len(poll.options)
        self.counted = 0
        self.hopeful = [place for place, option in enumerate(poll.options) if option in stands]
        self.stood = tuple(self.hopeful)
        self.elected: list[int] = []
        self.quota = self.share(self.total)
        self.surplus = 0
        self.rounds: list[Round] = []
        self.number = 0
        self.open_tie = False
        self.tie_break = TieBreak(poll.rules, poll.options)

    def regroup(self) -> None:
        """Shorten every ballot to what matters while nobody is elected or excluded, and merge those that become equal."""
        raise NotImplementedError

    def distribute(self) -> list[int]:
        """The votes of every option at the present keep factors."""
        raise NotImplementedError

    def recount(self) -> None:
        """Count the votes of every option anew."""
        self.votes = self.distribute()
        self.counted = sum(self.votes)

    def small(self, surplus: int) -> bool:
        """Whether the surplus is small enough to exclude somebody."""
        raise NotImplementedError

    def total_surplus(self) -> int:
        """The surplus of all elected together; cutting may leave them below the quota, which counts as none."""
        return max(sum(self.votes[place] - self.quota for place in self.elected), 0)

    def share(self, votes: int) -> int:
        """The quota of these votes: votes ÷ (seats + 1), cut, and one unit more unless there are guard digits."""
        return votes // (max(self.poll.seats, 1) + 1) + (not self.guarded)

    def has_quota(self, place: int) -> bool:
        """Whether an option has reached the quota; without a unit added to it, it has to be passed."""
        return self.votes[place] - self.quota >= (self.near if self.guarded else 0)

    def sure_losers(self) -> tuple[int, ...]:
        """Who leaves before the surplus is settled; nobody unless the rule has batches."""
        return ()

    @property
    def vacant(self) -> int:
        """Seats not yet filled."""
        return self.poll.seats - len(self.elected)

    def run(self) -> Tally:
        """Count to the end."""
        self.regroup()
        self.recount()
        self.quota = self.share(self.counted)
        self.record("begin count")
        if not any(self.votes):
            return self.tally("no_ballots")
        while len(self.hopeful) > self.vacant > 0 and not self.open_tie:
            self.number += 1
            if not self.iterate():
                self.exclude()
        if self.open_tie:
            return self.tally("tie_open")
        self.finish()
        return self.tally("decided" if self.vacant <= 0 else "seats_left")

    def iterate(self) -> bool:
        """Adjust keep factors until somebody is elected (true) or the surplus is settled (false)."""
        last = self.total
        self.regroup()
        while True:
            self.recount()
            self.quota = self.share(self.counted)
            reached = [place for place in self.hopeful if self.has_quota(place)]
            # Cutting may take the quota from some elected earlier and so leave it to more than there are seats.
            crowded = len(reached) > self.vacant
            for place in reached if not crowded else ():
                self.elect(place, "elect")
            self.surplus = self.total_surplus()
            if reached and not crowded:
                return True
            if crowded or self.small(self.surplus) or self.surplus - last > -self.near:
                return False
            losers = self.sure_losers()
            if losers:
                for place in losers:
                    self.drop(place, "defeat")
                return True
            last = self.surplus
            for place in self.elected:
                self.lower(place)

    def lower(self, place: int) -> None:
        """The keep factor that would leave an elected option the quota, rounded up twice unless there are guard digits."""
        held = self.votes[place]
        if not held:
            return
        if self.guarded:
            self.keep[place] = self.keep[place] * self.quota // self.one * self.one // held
            return
        wanted = -(-self.keep[place] * self.quota // self.one)
        self.keep[place] = -(-wanted * self.one // held)

    def elect(self, place: int, action: str) -> None:
        """Give a seat."""
        self.hopeful.remove(place)
        self.elected.append(place)
        self.record(action, elected=(self.options[place],))

    def exclude(self) -> None:
        """Exclude the last; everyone within the surplus of the last is tied with it."""
        line = min(self.votes[place] for place in self.hopeful) + self.surplus
        tied = [place for place in self.hopeful if self.votes[place] - line < self.near]
        ties: tuple[Tie, ...] = ()
        lost: int | None = tied[0]
        if len(tied) > 1:
            tie = self.break_tie(tied)
            ties = (tie,)
            lost = None if tie.selected is None else self.options.index(tie.selected)
        if lost is None:
            self.open_tie = True
            self.record("defeat", ties=ties)
            return
        self.drop(lost, "defeat", ties)

    def break_tie(self, tied: Sequence[int]) -> Tie:
        """Select who is excluded."""
        history = [dict(entry.tallies) for entry in self.rounds]
        return self.tie_break.decide([self.options[place] for place in tied], "loser", self.number, history)

    def drop(self, place: int, action: str, ties: tuple[Tie, ...] = ()) -> None:
        """Take an option out; its ballots pass it by from now on."""
        self.hopeful.remove(place)
        self.record(action, eliminated=(self.options[place],), ties=ties)
        self.keep[place] = 0
        self.votes[place] = 0

    def finish(self) -> None:
        """Elect who is left if seats are, else exclude them."""
        for place in list(self.hopeful):
            if self.vacant > 0:
                self.elect(place, "elect remaining")
            else:
                self.drop(place, "defeat remaining")
        self.counted = sum(self.votes)
        self.record("count complete")

    def record(
        self,
        action: str,
        elected: tuple[str, ...] = (),
        eliminated: tuple[str, ...] = (),
        ties: tuple[Tie, ...] = (),
    ) -> None:
        """Keep one action with the votes as they stand. What nobody held at the last recount is exhausted.

        What options have given up since is residual until the votes are counted again, or the count is over.
        """
        self.rounds.append(
            Round(
                number=self.number,
                tallies=tuple((self.options[place], units(self.votes[place], self.places)) for place in self.stood),
                exhausted=Exhausted(choices=units(self.total - self.counted, self.places)),
                residual=units(self.counted - sum(self.votes), self.places),
                threshold=units(self.quota, self.places),
                elected=elected,
                eliminated=eliminated,
                ties=ties,
                action=action,
                surplus=units(self.surplus, self.places),
            )
        )

    def tally(self, outcome: Outcome) -> Tally:
        """The whole count."""
        return Tally(
            method=self.poll.method,
            options=self.options,
            seats=self.poll.seats,
            rules=self.poll.rules,
            cast=self.cast,
            undervotes=self.undervotes,
            winners=tuple(self.options[place] for place in self.elected),
            rounds=tuple(self.rounds),
            outcome=outcome,
        )


def upto_hopeful(
    rankings: Mapping[tuple[int, ...], int], keep: Sequence[int], hopeful: Collection[int]
) -> dict[tuple[int, ...], int]:
    """Strict rankings without excluded options (keep factor 0), cut behind the first hopeful one, equal ones merged."""
    reach = set(hopeful)
    ends = [place in reach for place in range(len(keep))]
    groups: dict[tuple[int, ...], int] = {}
    for ranking, count in rankings.items():
        places: list[int] = []
        for place in ranking:
            if keep[place]:
                places.append(place)
                if ends[place]:
                    break
        key = tuple(places)
        groups[key] = groups.get(key, 0) + count
    return groups
