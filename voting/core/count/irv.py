"""Instant-runoff count, with bottoms-up counts of several seats. Votes are whole ballots.

Source: the rules of RCTab (single winner majority, bottoms-up until n remain, bottoms-up by percentage threshold) with
overvotes, skipped ranks, duplicates, undeclared write-ins, batch and cutoff elimination, thresholds and early stops.

Each round: count; set the threshold; elect; else eliminate the undeclared write-ins, else all below the cutoff, else the
batch that cannot catch up, else the last; then deal the piles of the eliminated to those who continue.
"""

from __future__ import annotations

from voting.core.count import quota
from voting.core.count.ballots import Box
from voting.core.count.numbers import Amount
from voting.core.count.piles import Piles
from voting.core.count.poll import Poll
from voting.core.count.rules import (
    COMMON,
    FEWEST_PAIRWISE_WINS,
    TIE_BREAKS,
    UNRANKED,
    WRITE_IN,
    Choice,
    Flag,
    FlagOrWhole,
    Members,
    Never,
    Threshold,
    Whole,
)
from voting.core.count.tally import Outcome, Round, Tally, Tie, Transfer
from voting.core.count.tie_pairs import TiePairs
from voting.core.count.tiebreak import Selecting, TieBreak

MODES = {
    "irv": "single_winner_majority",
    "irv-bottoms-up": "bottoms_up",
    "irv-bottoms-up-threshold": "bottoms_up_threshold",
    "irv-multi-pass": "multi_pass_irv",
}


def members(method: str) -> Members:
    """The rule members of one of the instant-runoff methods."""
    pairs = {"tie_break": Choice((*TIE_BREAKS, FEWEST_PAIRWISE_WINS))} if method == "irv" else {}
    return {
        **COMMON,
        **WRITE_IN,
        **UNRANKED,
        **pairs,
        "winner_mode": Choice((MODES[method],)),
        "threshold": Threshold(("droop_integer",)),
        "threshold_basis": Choice(("current_round", "first_round")),
        "batch_elimination": Never() if method == "irv-bottoms-up-threshold" else Flag(),
        "cutoff_elimination": FlagOrWhole(),
        "continue_until_two": Flag(),
        "stop_after_round": Whole(1),
        "decimal_places": Whole(0, 20),
    }


def count(poll: Poll) -> Tally:
    """Count one instant-runoff contest: one winner, or bottoms-up until `seats` remain or all pass the threshold."""
    box = poll.box()
    elected, rounds, outcome = Runoff(poll, box, poll.standing, poll.seats).run()
    return Tally(
        method=poll.method,
        options=poll.options,
        seats=poll.seats,
        rules=poll.rules,
        cast=box.cast,
        undervotes=box.undervotes,
        winners=elected,
        rounds=rounds,
        outcome=outcome,
    )


class Runoff:
    """One instant-runoff count over `standing`, the options that take part; `passing` numbers it in a multi-pass count."""

    def __init__(self, poll: Poll, box: Box, standing: tuple[str, ...], seats: int, passing: int | None = None) -> None:
        self.rules = poll.rules
        self.options = poll.options
        self.place = {option: place for place, option in enumerate(poll.options)}
        self.box = box
        self.standing = list(standing)
        self.entered = len(standing)
        self.seats = seats
        self.passing = passing
        self.bottoms_up = poll.method == "irv-bottoms-up"
        self.by_threshold = poll.method == "irv-bottoms-up-threshold"
        self.tie_break = TieBreak(poll.rules, poll.options)
        self.pairs = TiePairs(poll) if poll.rules.tie_break == FEWEST_PAIRWISE_WINS else None
        self.piles = Piles(box, poll.options)
        self.winners: list[str] = []
        self.rounds: list[Round] = []
        self.threshold: Amount = 0

    def run(self) -> tuple[tuple[str, ...], tuple[Round, ...], Outcome]:
        """Count to the end: the winners in the order of their election, the rounds, and how it ended."""
        self.piles.open(self.continuing)
        outcome: Outcome | None = None
        while outcome is None:
            outcome = self.one_round()
        return tuple(self.winners), tuple(self.rounds), outcome

    def one_round(self) -> Outcome | None:
        """One round; returns how the count ended, `None` if it goes on."""
        votes = {option: self.piles.votes[self.place[option]] for option in self.standing}
        exhausted = self.piles.exhausted
        if self.recompute:
            self.threshold = self.new_threshold(sum(votes.values()))
        ties: list[Tie] = []
        elected: tuple[str, ...] = ()
        eliminated: tuple[str, ...] = ()
        begun = self.begins(any(votes.values()))
        if begun:
            elected = self.elect(votes, ties)
            self.winners += elected
            if not elected and not self.is_open(ties) and self.must_eliminate:
                eliminated = self.eliminate(votes, ties)
        self.standing = [option for option in self.standing if option not in eliminated]
        outcome = self.ended(eliminated, ties) if begun else "no_ballots"
        moved: list[Transfer] = []
        if outcome is None:
            for option in eliminated:
                moved += self.piles.clear(self.place[option], self.continuing)
        self.rounds.append(
            Round(
                number=len(self.rounds) + 1,
                tallies=tuple(votes.items()),
                exhausted=exhausted,
                threshold=self.threshold,
                elected=elected,
                eliminated=eliminated,
                transfers=tuple(moved),
                ties=tuple(ties),
                passing=self.passing,
            )
        )
        return outcome

    def begins(self, voted: bool) -> bool:
        """Whether there is something to count: votes, or recorded lots that say how a tie without votes fell."""
        lots = bool(self.rules.tie_break_resolutions)
        told = voted or lots or (self.pairs is not None and self.box.valid > 0)
        return bool(self.rounds) or (told and bool(self.standing))

    @property
    def continuing(self) -> list[bool]:
        """Who may receive ballots, by place."""
        standing = set(self.standing)
        return [option in standing for option in self.options]

    @property
    def recompute(self) -> bool:
        """Whether this round sets its own threshold. A bottoms-up count of several seats keeps that of its first round."""
        if not self.rounds:
            return True
        if self.bottoms_up and self.seats > 1:
            return False
        basis = self.rules.threshold_basis or ("first_round" if self.bottoms_up else "current_round")
        frozen = self.rules.continue_until_two and bool(self.winners)
        return basis == "current_round" and not frozen

    def new_threshold(self, active: int) -> Amount:
        """The votes that elect, from the active ballots."""
        threshold = self.rules.threshold or "droop_integer"
        if threshold == "droop_integer":
            return quota.droop_integer(active, self.seats or 1)
        return quota.percentage(active, threshold)

    def elect(self, votes: dict[str, int], ties: list[Tie]) -> tuple[str, ...]:
        """Who is elected in this round. Nobody while undeclared write-ins hold votes."""
        if votes.get(self.rules.undeclared_write_in or "", 0):
            return ()
        if self.by_threshold:
            passed = all(held > self.threshold for held in votes.values())
            return _by_votes(votes) if passed or len(votes) == 1 else ()
        vacant = self.seats - len(self.winners)
        if vacant <= 0:
            return ()
        if len(votes) <= vacant:
            return _by_votes(votes)
        if self.bottoms_up:
            return ()
        if self.pairs is not None and len(set(votes.values())) == 1 and self.pairs.losers(tuple(votes)) == tuple(votes):
            return self.select(list(votes), "winner", ties)
        over = [option for option, held in votes.items() if held >= self.threshold]
        # With two left one of them wins, so that no last round stands with a single option.
        if len(over) == 1 or (not over and len(votes) > 2):
            return tuple(over)
        return self.select([o for o, held in votes.items() if held == max(votes.values())], "winner", ties)

    def eliminate(self, votes: dict[str, int], ties: list[Tie]) -> tuple[str, ...]:
        """Who leaves in this round, in the order of the options."""
        write_in = self.rules.undeclared_write_in
        if write_in is not None and votes.get(write_in, 0):
            return (write_in,)
        batch = self.below_cutoff(votes) or (self.batch(votes) if self.rules.batch_elimination else ())
        if batch:
            return tuple(option for option in votes if option in batch)
        least = min(votes.values())
        return self.select([option for option, held in votes.items() if held == least], "loser", ties)

    def below_cutoff(self, votes: dict[str, int]) -> tuple[str, ...]:
        """Everyone below the cutoff (the threshold, or a number of votes), unless that is everyone."""
        cutoff = self.rules.cutoff_elimination
        if cutoff is False:
            return ()
        line = self.threshold if cutoff is True else cutoff
        below = tuple(option for option, held in votes.items() if held < line)
        return () if len(below) == len(votes) else below

    def batch(self, votes: dict[str, int]) -> tuple[str, ...]:
        """The largest group, two or more, whose sum is below the next tally; enough stay to fill the seats."""
        ascending = sorted(votes, key=lambda option: votes[option])
        most = len(ascending) - (2 if self.rules.continue_until_two else self.seats)
        size, total = 0, 0
        for index, option in enumerate(ascending[:-1], start=1):
            total += votes[option]
            if total < votes[ascending[index]] and index <= most:
                size = index
        return tuple(ascending[:size]) if size > 1 else ()

    def select(self, tied: list[str], selecting: Selecting, ties: list[Tie]) -> tuple[str, ...]:
        """The only one of `tied`, or the one a tie-break selects; nobody if the tie stays open."""
        if len(tied) == 1:
            return (tied[0],)
        if self.pairs is not None:
            return self.by_pairs(tuple(tied), selecting, ties)
        history = [dict(entry.tallies) for entry in self.rounds]
        tie = self.tie_break.decide(tied, selecting, len(self.rounds) + 1, history, self.passing)
        ties.append(tie)
        return () if tie.selected is None else (tie.selected,)

    def by_pairs(self, tied: tuple[str, ...], selecting: Selecting, ties: list[Tie]) -> tuple[str, ...]:
        """Whom pairwise comparison puts last (or, to elect, spares); those it cannot tell apart go together."""
        assert self.pairs is not None
        last = self.pairs.losers(tied)
        chosen = last if selecting == "loser" or last == tied else tuple(o for o in tied if o not in last)
        alone = chosen[0] if len(chosen) == 1 else None
        ties.append(Tie(len(self.rounds) + 1, tied, selecting, alone, "pairs" if alone else "shared"))
        return chosen

    @staticmethod
    def is_open(ties: list[Tie]) -> bool:
        """Whether a tie of this round was left open."""
        return any(tie.how == "open" for tie in ties)

    @property
    def must_eliminate(self) -> bool:
        """Whether somebody has to leave if nobody was elected."""
        left = len(self.standing)
        return len(self.winners) < self.seats or self.by_threshold or (self.rules.continue_until_two and left > 2)

    def ended(self, eliminated: tuple[str, ...], ties: list[Tie]) -> Outcome | None:
        """How the count ended after this round, `None` if it goes on."""
        if self.is_open(ties) or (len(self.winners) > self.seats > 0 and not self.by_threshold):
            return "tie_open"
        if self.finished(eliminated):
            return "decided" if len(self.winners) >= self.seats else "seats_left"
        if self.rules.stop_after_round is not None and len(self.rounds) + 1 >= self.rules.stop_after_round:
            return "stopped"
        return None

    def finished(self, eliminated: tuple[str, ...]) -> bool:
        """Whether the count has come to its natural end."""
        if not self.standing:
            return True
        if self.by_threshold:
            return bool(self.winners)
        if self.rules.continue_until_two and self.seats == 1:
            gone = self.entered - len(self.standing)
            return gone + len(self.winners) + 1 >= self.entered and not eliminated
        return len(self.winners) >= min(self.seats, self.entered)


def _by_votes(votes: dict[str, int]) -> tuple[str, ...]:
    """Options with the most votes first; equal votes in the order of the options."""
    return tuple(sorted(votes, key=lambda option: -votes[option]))
