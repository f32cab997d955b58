"""Meek's method with equal ranks, in fixed point of any precision. Every product and quotient is cut.

Source: B. L. Meek, "A new approach to the single transferable vote"; the arithmetic of STV-rs, which follows Droop.py.
Equal ranks: `equal_ranks_equalized` counts a ballot as the mean of all orders of its equal ranks;
`equal_ranks_split` divides its weight by the options of the rank that still stand, and each part goes its own way down
the ballot, but no further than a rank of which nobody stands.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

from voting.core.count.limits import check_size
from voting.core.count.meek import OMEGA, Meek, upto_hopeful
from voting.core.count.pairwise import weak_order
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, OVERVOTES, Choice, Flag, Members, Number, Text, Whole
from voting.core.count.tally import Tally, Tie

PLACES = 9
GUARDED = "guarded"
"""An `arithmetic` that names this keeps half as many digits more than `decimal_places` beside them."""

EQUALIZED = ("equal_ranks_equalized", "equal_ranks_equalised")
SPLIT = ("equal_ranks_split", "equal_ranks_split_equally", "equal_ranks_split_evenly")

MEMBERS: Members = {
    **COMMON,
    "overvote": Choice((*EQUALIZED, *SPLIT, *OVERVOTES)),
    "arithmetic": Text(),
    "decimal_places": Whole(1, 20),
    "omega": Number(),
    "threshold": Choice(("droop_fractional_dynamic",)),
    "batch_elimination": Flag(),
}

WeakOrder = tuple[tuple[int, ...], ...]


def count(poll: Poll) -> Tally:
    """Count `seats` winners."""
    return WeakMeek(poll).run()


class WeakMeek(Meek):
    """One count over weak orders."""

    def __init__(self, poll: Poll) -> None:
        places = PLACES if poll.rules.decimal_places is None else poll.rules.decimal_places
        guard = places // 2 if GUARDED in (poll.rules.arithmetic or "") else 0
        super().__init__(poll, places, poll.rules.omega or max(OMEGA, Fraction(1, 10**places)), guard)
        self.equalized = poll.rules.overvote in EQUALIZED
        self.strict_groups: dict[tuple[int, ...], int] = {}
        self.weak_groups: dict[WeakOrder, int] = {}
        self.strict: dict[tuple[int, ...], int] = {}
        self.weak: dict[WeakOrder, int] = {}
        self.shares: dict[tuple[int, ...], tuple[tuple[int, ...], int]] = {}
        stands = {option: place for place, option in enumerate(self.options) if self.keep[place]}
        equal = poll.rules.overvote in (*EQUALIZED, *SPLIT)
        reading = replace(poll.rules, overvote=None) if equal else poll.rules
        for ranking, ballots in poll.ballots.items():
            order = tuple(tuple(stands[o] for o in rank) for rank in weak_order(ranking, stands, reading))
            if all(len(rank) == 1 for rank in order):
                key = tuple(rank[0] for rank in order)
                self.strict[key] = self.strict.get(key, 0) + ballots
            else:
                self.weak[order] = self.weak.get(order, 0) + ballots
        check_size(poll.method, len(self.options), poll.seats, len(self.strict) + len(self.weak), len(self.weak))

    def small(self, surplus: int) -> bool:
        """Omega or less."""
        return surplus - self.omega < self.near

    def sure_losers(self) -> tuple[int, ...]:
        """The largest group whose votes and the whole surplus stay below everyone outside it. Those tied stay together."""
        if not self.poll.rules.batch_elimination:
            return ()
        most = len(self.hopeful) - self.vacant
        ascending = sorted(self.hopeful, key=lambda place: self.votes[place])
        size, total, first = 0, 0, self.votes[ascending[0]]
        for index, place in enumerate(ascending[1:], start=1):
            total += self.votes[ascending[index - 1]]
            if first + self.surplus - self.votes[place] > -self.near:
                continue
            first = self.votes[place]
            if index <= most and first - total - self.surplus >= self.near:
                size = index
        return tuple(place for place in self.hopeful if place in ascending[:size])

    def drop(self, place: int, action: str, ties: tuple[Tie, ...] = ()) -> None:
        """Take an option out and count again, so that the next record shows where its votes went."""
        super().drop(place, action, ties)
        self.regroup()
        self.recount()

    def regroup(self) -> None:
        """Ballots up to the first rank that passes nothing on. A mixed rank keeps its excluded, who still share it."""
        self.strict_groups = upto_hopeful(self.strict, self.keep, self.hopeful)
        self.weak_groups = {}
        hopeful = set(self.hopeful)
        for order, count in self.weak.items():
            ranks: list[tuple[int, ...]] = []
            for rank in order:
                live = [place for place in rank if self.keep[place]]
                if not live and not self.equalized:
                    break
                if live:
                    ranks.append(rank if self.equalized else tuple(live))
                    if not hopeful.isdisjoint(live) if self.equalized else hopeful.issuperset(live):
                        break
            key = tuple(ranks)
            self.weak_groups[key] = self.weak_groups.get(key, 0) + count

    def distribute(self) -> list[int]:
        """Each option in turn keeps weight × keep factor; weight × (1 − keep factor) moves on; both cut."""
        votes, keep, one = [0] * len(self.options), self.keep, self.one
        for ranking, count in self.strict_groups.items():
            weight = one
            for place in ranking:
                votes[place] += weight * keep[place] // one * count
                weight = weight * (one - keep[place]) // one
                if not weight:
                    break
        self.shares = {}
        for order, count in self.weak_groups.items():
            if self.equalized:
                self.equalize(order, count, votes)
            else:
                self.split(order, count, votes)
        return votes

    def split(self, order: WeakOrder, count: int, votes: list[int]) -> None:
        """Divide the weight among those of a rank who stand; each remainder goes on by itself, equal ones together."""
        weights = {self.one: count}
        for rank in order:
            passed: dict[int, int] = {}
            for weight, times in weights.items():
                share = weight // len(rank)
                for place in rank:
                    votes[place] += share * self.keep[place] // self.one * times
                    rest = share * (self.one - self.keep[place]) // self.one
                    if rest:
                        passed[rest] = passed.get(rest, 0) + times
            weights = passed

    def equalize(self, order: WeakOrder, count: int, votes: list[int]) -> None:
        """Give each option of a rank its mean share over all orders of the rank."""
        weight, one = self.one, self.one
        for rank in order:
            if rank not in self.shares:
                self.shares[rank] = self.mean_shares(rank)
            kept, passed = self.shares[rank]
            for place, share in zip(rank, kept, strict=True):
                votes[place] += weight * share // one * count
            weight = weight * passed // one
            if not weight:
                return

    def mean_shares(self, rank: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
        """The mean share of each option of a rank over all orders of the rank, and what the rank passes on."""
        passed = [self.one - self.keep[place] for place in rank]
        if len(rank) == 1:
            return (self.keep[rank[0]],), passed[0]
        # A hopeful option passes nothing on, so all of them in the rank are reached by as much; an excluded one keeps nothing.
        hopeful = self.mean_pass(passed, passed.index(0)) if 0 in passed else 0
        kept: list[int] = []
        for index, place in enumerate(rank):
            reached = self.mean_pass(passed, index) if 0 < passed[index] < self.one else hopeful
            kept.append(reached * self.keep[place] // self.one // len(rank))
        remaining = self.one
        for factor in passed:
            remaining = remaining * factor // self.one
        return tuple(kept), remaining

    def mean_pass(self, passed: list[int], skip: int) -> int:
        """What reaches option `skip` of a rank, added up over the number of others before it, each mean over who they are.

        The elementary symmetric polynomials of the others' passed shares, each divided by its number of terms.
        """
        others = [factor for index, factor in enumerate(passed) if index != skip and factor]
        sums = [self.one] + [0] * len(others)
        for factor in others:
            for degree in range(len(others), 0, -1):
                sums[degree] += sums[degree - 1] * factor // self.one
        return sum(sums[degree] // comb(len(passed) - 1, degree) for degree in range(len(sums)))
