"""Score: each ballot grades options, the grades are added up. Votes are points.

Ranks are grades: the first rank holds the options graded `max_score` (5 unless given), the next those one point lower,
down to 0; a rank may hold any number of options or none, unless the rules say otherwise. An option without a grade receives
0; one graded twice keeps the higher grade.
"""

from __future__ import annotations

from collections.abc import Mapping

from voting.core.count import single_round
from voting.core.count.ballots import Ranking, is_blank
from voting.core.count.errors import IllegalBallot
from voting.core.count.numbers import Amount
from voting.core.count.pairwise import ranks_read
from voting.core.count.poll import Poll
from voting.core.count.rules import COMMON, Members, Rules, Whole
from voting.core.count.tally import Tally

MAX_SCORE = 5

MEMBERS: Members = {**COMMON, "max_score": Whole(1, 100)}


def count(poll: Poll) -> Tally:
    """Add up the points; the options with most are elected. Raises `IllegalBallot` for a grade below 0."""
    best = MAX_SCORE if poll.rules.max_score is None else poll.rules.max_score
    points: dict[str, Amount] = dict.fromkeys(poll.standing, 0)
    index = {option: place for place, option in enumerate(points)}
    undervotes = 0
    for ranking, ballots in poll.ballots.items():
        if is_blank(ranking):
            undervotes += ballots
            continue
        for option, grade in grades(ranking, best, index, poll.rules).items():
            points[option] += grade * ballots
    return single_round.tally(poll, points, sum(poll.ballots.values()), undervotes)


def grades(ranking: Ranking, best: int, index: Mapping[str, int], rules: Rules) -> dict[str, int]:
    """Option → grade of one ballot, for the options in `index`."""
    graded: dict[str, int] = {}
    for place, options in ranks_read(ranking, index, rules):
        if place > best:
            raise IllegalBallot(ranking, f"expected at most {best + 1} ranks, one for each grade from {best} to 0")
        graded.update(dict.fromkeys(options, best - place))
    return graded
