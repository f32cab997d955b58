"""Score: each ballot grades options, the grades are added up. Votes are points.

Ranks are grades: the first rank holds the options graded `max_score` (5 unless given), the next those one point lower,
down to 0; a rank may hold any number of options or none. An option without a grade receives 0; one graded twice keeps the
higher grade.
"""

from __future__ import annotations

from voting.core.count import single_round
from voting.core.count.ballots import OVERVOTE, Ranking, is_blank
from voting.core.count.errors import IllegalBallot
from voting.core.count.numbers import Amount
from voting.core.count.poll import Poll
from voting.core.count.rules import OPTIONS, TIES, UNUSED_RANKS, Members, Whole
from voting.core.count.tally import Tally

MAX_SCORE = 5

MEMBERS: Members = {**UNUSED_RANKS, **TIES, **OPTIONS, "max_score": Whole(1, 100)}


def count(poll: Poll) -> Tally:
    """Add up the points; the options with most are elected. Raises `IllegalBallot` for a grade below 0."""
    best = MAX_SCORE if poll.rules.max_score is None else poll.rules.max_score
    points: dict[str, Amount] = dict.fromkeys(poll.standing, 0)
    undervotes = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking):
            undervotes += ballots
            continue
        for option, grade in grades(ranking, best).items():
            if option in points:
                points[option] += grade * ballots
    return single_round.tally(poll, points, sum(poll.ballots.values()), undervotes)


def grades(ranking: Ranking, best: int) -> dict[str, int]:
    """Option → grade of one ballot."""
    graded: dict[str, int] = {}
    for place, rank in enumerate(ranking):
        if rank and place > best:
            raise IllegalBallot(ranking, f"expected at most {best + 1} ranks, one for each grade from {best} to 0")
        for option in rank:
            if option != OVERVOTE:
                graded.setdefault(option, best - place)
    return graded
