"""Approval: each ballot counts once for every option it marks, at whatever rank. Votes are approvals.

Several marks in one rank are several approvals, unless the rules make them an overvote.
"""

from __future__ import annotations

from voting.core.count import single_round
from voting.core.count.ballots import OVERVOTE, is_blank
from voting.core.count.numbers import Amount
from voting.core.count.pairwise import weak_order
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, UNRANKED, Members
from voting.core.count.tally import Exhausted, Tally

MEMBERS: Members = {**COMMON, **UNRANKED}


def count(poll: Poll) -> Tally:
    """Count the approvals; the options with most are elected. A ballot whose marks are unknown is an overvote."""
    votes: dict[str, Amount] = dict.fromkeys(poll.standing, 0)
    index = {option: place for place, option in enumerate(votes)}
    undervotes = overvotes = unused = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking):
            undervotes += ballots
            continue
        approved = [option for rank in weak_order(ranking, index, poll.rules) for option in rank]
        for option in approved:
            votes[option] += ballots
        if not approved:
            over = any(OVERVOTE in rank or len(index.keys() & set(rank)) > 1 for rank in ranking)
            overvotes += ballots if over else 0
            unused += 0 if over else ballots
    exhausted = Exhausted(choices=unused, overvotes=overvotes)
    return single_round.tally(poll, votes, sum(poll.ballots.values()), undervotes, exhausted)
