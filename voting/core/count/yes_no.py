"""Yes or no, with abstention. Votes are whole ballots.

The first option is yes, the second no, every other abstains; one question is decided, whatever `seats` says. Yes needs more
votes than no (`more_yes_than_no`), or more than half of all valid ballots (`majority_of_valid`, abstentions and unreadable
ballots in the base). Otherwise no wins: a tie leaves things as they are and no lot is drawn.
"""

from __future__ import annotations

from voting.core.count.ballots import Cause
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, Choice, Members
from voting.core.count.tally import Exhausted, Outcome, Round, Tally

MEMBERS: Members = {**COMMON, "threshold": Choice(("more_yes_than_no", "majority_of_valid"))}


def count(poll: Poll) -> Tally:
    """Count the marks of each option; the winner is yes or no."""
    box = poll.box()
    votes = dict.fromkeys(poll.standing, 0)
    left: dict[Cause, int] = {"choices": 0, "overvotes": 0, "duplicates": 0, "skipped": 0}
    for (steps, cause), ballots in zip(box.paths, box.counts, strict=True):
        if steps and isinstance(steps[0], int):
            votes[poll.options[steps[0]]] += ballots
        else:
            left["overvotes" if steps else cause] += ballots
    yes, no = (*poll.options, "", "")[:2]
    most = box.valid // 2 if poll.rules.threshold == "majority_of_valid" else votes.get(no, 0)
    winner = yes if votes.get(yes, 0) > most else no
    outcome: Outcome = "decided" if any(votes.values()) else "no_ballots"
    elected = (winner,) if outcome == "decided" and winner in votes else ()
    entry = Round(
        number=1, tallies=tuple(votes.items()), exhausted=Exhausted(**left), threshold=most + 1, elected=elected
    )
    return Tally(
        method=poll.method,
        options=poll.options,
        seats=poll.seats,
        rules=poll.rules,
        cast=box.cast,
        undervotes=box.undervotes,
        winners=elected,
        rounds=(entry,),
        outcome=outcome,
    )
