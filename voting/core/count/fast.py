"""The fast engine: the methods of `methods.count` over a packed box, with numpy. Every tally equals the reference's.

Instant-runoff and exact Gregory run the reference's own rounds over piles that are slices of the sorted box; the Condorcet
methods get their matrix from the packed ranks. A method or rule value that has no fast way is counted by the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from voting.core.count import (
    condorcet_loser,
    condorcet_winner,
    copeland,
    irv,
    minimax,
    pairwise,
    plurality,
    ranked_pairs,
    schulze,
    schwartz,
    single_round,
    smith,
)
from voting.core.count import pairwise_packed as matrices
from voting.core.count.ballots import Box
from voting.core.count.errors import IllegalPoll
from voting.core.count.limits import check_size
from voting.core.count.methods import count, method_named, validate_rules
from voting.core.count.packed import RANKS, Packed, digit
from voting.core.count.pairwise import Compared, Pairwise
from voting.core.count.poll import Poll, fitted
from voting.core.count.rules import FEWEST_PAIRWISE_WINS, Rules
from voting.core.count.slices import Dealer, PackedParcels, PackedPiles
from voting.core.count.stv_gregory import GregoryCount
from voting.core.count.tally import Exhausted, Tally

MATRIX: Mapping[str, Callable[[Poll, Compared], Tally]] = {
    "schulze": schulze.from_matrix,
    "ranked-pairs": ranked_pairs.from_matrix,
    "minimax": minimax.from_matrix,
    "copeland": copeland.from_matrix,
    "smith-set": smith.from_matrix,
    "schwartz-set": schwartz.from_matrix,
    "condorcet-winner": condorcet_winner.from_matrix,
    "condorcet-loser": condorcet_loser.from_matrix,
}

RUNOFFS = ("irv", "irv-bottoms-up", "irv-bottoms-up-threshold")


def count_packed(
    method: str,
    options: Sequence[str],
    box: Packed,
    seats: int = 1,
    values: Rules | Mapping[str, Any] | None = None,
) -> Tally:
    """Count a packed box as `methods.count` counts its rankings: the same tally, the same refusals."""
    read = values if isinstance(values, Rules) else validate_rules(method, values or {})
    method_named(method)
    check_size(method, len(options), seats, len(box.keys))
    poll = fitted(Poll(method, tuple(options), {}, seats, read))
    if len(poll.options) != box.size:
        raise IllegalPoll(f"options: expected the {box.size} the ballots were packed for; got {len(poll.options)}")
    if not is_fast(poll, box):
        return count(method, options, box.rankings(options), seats, read)
    if method in MATRIX:
        return MATRIX[method](poll, compared(poll, box))
    if method == "plurality":
        return first_preferences(poll, box)
    return runoff(poll, box) if method in RUNOFFS else PackedGregory(poll, box).run()


def is_fast(poll: Poll, box: Packed) -> bool:
    """Whether the method reads these ballots, under these rules, rank by rank as they are packed."""
    rules = poll.rules
    if not has_fast_way(poll.method, poll.seats, rules) or (rules.skip_limit is not None and box.skips()):
        return False
    return rules.duplicate != "exhaust" or not box.repeats()


def has_fast_way(method: str, seats: int, rules: Rules) -> bool:
    """Whether there is a fast way for the method under these rules; what it meets in a box may still stop it."""
    if method in MATRIX:
        return True
    if rules.unranked == "ranked_last_equal":
        return False
    if method == "plurality":
        return seats <= 1 and not plurality.splits(rules)
    return method in (*RUNOFFS, "stv-gregory-exact") and rules.tie_break != FEWEST_PAIRWISE_WINS


def runoff(poll: Poll, box: Packed) -> Tally:
    """Instant-runoff, also bottoms-up."""
    elected, rounds, outcome = PackedRunoff(poll, box).run()
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


class PackedRunoff(irv.Runoff):
    """The rounds of instant-runoff over slices."""

    def __init__(self, poll: Poll, box: Packed) -> None:
        super().__init__(poll, head(box), poll.standing, poll.seats)
        self.piles = PackedPiles(Dealer(box, poll.rules.max_rankings), poll.options)


class PackedGregory(GregoryCount):
    """The rounds of exact Gregory over slices."""

    def __init__(self, poll: Poll, box: Packed) -> None:
        super().__init__(poll)
        self.box = head(box)
        self.parcels = PackedParcels(Dealer(box, poll.rules.max_rankings), len(poll.options), self.one)
        self.parcels.open(self.continuing)
        self.quota = self.exact_quota()


def first_preferences(poll: Poll, box: Packed) -> Tally:
    """Plurality of one seat."""
    standing = set(poll.standing)
    dealer = Dealer(box, poll.rules.max_rankings)
    dealt = dealer.deal(dealer.whole(), [option in standing for option in poll.options])
    held = {target: ballots for target, (ballots, _) in dealt.items()}
    votes = {option: held.get(place, 0) for place, option in enumerate(poll.options) if option in standing}
    return single_round.tally(poll, votes, box.cast, box.undervotes, Exhausted(held.get("choices", 0)))


def compared(poll: Poll, box: Packed) -> Compared:
    """The pairwise matrix of a packed box."""
    options = pairwise.standing(poll)
    most = RANKS if poll.rules.max_rankings is None else min(poll.rules.max_rankings, RANKS)
    ranks = np.zeros((32, len(box.keys)), dtype=np.uint16)
    columns = np.arange(len(box.keys))
    # From the last rank up, so that an option named twice keeps its first rank.
    for rank in reversed(range(most)):
        ranks[digit(box.keys, rank), columns] = rank + 1
    rows = [place for place, option in enumerate(poll.options, start=1) if option in set(options)]
    votes = matrices.matrix(ranks[rows], box.counts, poll.rules.unranked != "not_compared")
    return Compared(Pairwise(options, votes), box.cast, box.undervotes)


def head(box: Packed) -> Box:
    """What the rounds ask of a box beside its piles: how many ballots."""
    return Box((), (), box.cast, box.undervotes)
