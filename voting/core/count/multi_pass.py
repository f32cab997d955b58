"""Multi-pass instant-runoff: each seat is a whole count of its own, without the winners before. Votes are whole ballots.

Source: RCTab, "multi-pass IRV". `Round.passing` numbers the passes.
"""

from __future__ import annotations

from voting.core.count.irv import Runoff
from voting.core.count.poll import Poll
from voting.core.count.tally import Outcome, Round, Tally


def count(poll: Poll) -> Tally:
    """Fill the seats one after the other by instant-runoff, until all are filled or nobody is left."""
    box = poll.box()
    winners: list[str] = []
    rounds: list[Round] = []
    outcome: Outcome = "decided"
    standing = poll.standing
    while not rounds or (len(winners) < poll.seats and standing and outcome == "decided"):
        passing = len(winners) + 1
        elected, passed, outcome = Runoff(poll, box, standing, min(poll.seats, 1), passing).run()
        winners += elected
        rounds += passed
        standing = tuple(option for option in standing if option not in elected)
    # A pass without votes after others leaves its seat vacant; the ballots of the count are not none.
    if (outcome == "decided" and len(winners) < poll.seats) or (outcome == "no_ballots" and winners):
        outcome = "seats_left"
    return Tally(
        method=poll.method,
        options=poll.options,
        seats=poll.seats,
        rules=poll.rules,
        cast=box.cast,
        undervotes=box.undervotes,
        winners=tuple(winners),
        rounds=tuple(rounds),
        outcome=outcome,
    )
