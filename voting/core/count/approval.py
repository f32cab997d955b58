"""Approval: each ballot counts once for every option it marks, at whatever rank. Votes are approvals."""

from __future__ import annotations

from voting.core.count import single_round
from voting.core.count.ballots import OVERVOTE, is_blank
from voting.core.count.numbers import Amount
from voting.core.count.poll import Poll
from voting.core.count.rules import OPTIONS, TIES, UNRANKED, UNUSED_RANKS, Members
from voting.core.count.tally import Exhausted, Tally

MEMBERS: Members = {**UNUSED_RANKS, **TIES, **OPTIONS, **UNRANKED}


def count(poll: Poll) -> Tally:
    """Count the approvals; the options with most are elected. A ballot whose marks are unknown is an overvote."""
    votes: dict[str, Amount] = dict.fromkeys(poll.standing, 0)
    undervotes = unknown = unused = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking):
            undervotes += ballots
            continue
        approved = {option for rank in ranking for option in rank}
        for option in approved & votes.keys():
            votes[option] += ballots
        if not approved & votes.keys():
            unknown += ballots if OVERVOTE in approved else 0
            unused += 0 if OVERVOTE in approved else ballots
    exhausted = Exhausted(choices=unused, overvotes=unknown)
    return single_round.tally(poll, votes, sum(poll.ballots.values()), undervotes, exhausted)
