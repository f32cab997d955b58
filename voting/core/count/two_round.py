"""Two rounds on one set of rankings: an absolute majority of first preferences, else a second round between the leaders.

Where there are no more options than seats, all are elected at once. Else, for each seat that no majority fills, two options
go on; equal votes for the last place are broken by the tie-break, or all of them go on where the rules name none. In the
second round every ballot counts for the leader it ranks highest, and the most votes win; there is none where it would find
the same options again. Votes are ballots, or shares of them where equal ranks are split.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from voting.core.count import plurality, single_round
from voting.core.count.ballots import Cause
from voting.core.count.poll import Poll
from voting.core.count.rules import Members
from voting.core.count.tally import Tally, Tie, Transfer

MEMBERS: Members = plurality.MEMBERS


def count(poll: Poll) -> Tally:
    """Count the first round and, where it leaves a seat open, the second."""
    first = plurality.count(poll)
    opening = first.rounds[0]
    counted = first.valid - opening.exhausted.total
    majority = [option for option, votes in opening.tallies if 2 * votes > counted]
    groups = tuple(group for group in first.ranking or () if not set(group) <= set(majority))
    seated = tuple(option for option in first.winners if option in majority)
    vacant = poll.seats - len(seated)
    if first.outcome in ("no_ballots", "seats_left") or vacant <= 0 or len(poll.standing) <= poll.seats:
        return first
    leaders, ties, settled = _leaders(poll, groups, 2 * vacant)
    shown = replace(opening, elected=seated, ties=ties)
    if not settled:
        return replace(first, winners=seated, rounds=(shown,), outcome="tie_open")
    if set(leaders) == set(poll.standing):
        return first
    out = tuple(option for option in poll.options if option not in leaders)
    again = replace(poll, seats=vacant, rules=replace(poll.rules, excluded_candidates=out))
    eliminated = tuple(option for option in poll.standing if option in out and option not in seated)
    shown = replace(shown, eliminated=eliminated, transfers=_moved(poll, again, eliminated))
    last = plurality.count(again, number=2)
    return replace(
        first,
        winners=(*seated, *last.winners),
        rounds=(shown, *last.rounds),
        outcome="seats_left" if seated and last.outcome == "no_ballots" else last.outcome,
        ranking=_ranking(seated, last, groups),
        scores=last.scores,
    )


def _leaders(
    poll: Poll, groups: tuple[tuple[str, ...], ...], places: int
) -> tuple[tuple[str, ...], tuple[Tie, ...], bool]:
    """Who goes on to the second round, the ties on the way, and whether that is settled."""
    leaders, ties, settled = single_round.best(poll, groups, places)
    return leaders, ties, settled or poll.rules.tie_break is None


def _moved(poll: Poll, again: Poll, eliminated: tuple[str, ...]) -> tuple[Transfer, ...]:
    """For whom the ballots of the eliminated count in the second round. Known where each ballot is one undivided vote."""
    if poll.seats != 1 or plurality.splits(poll.rules):
        return ()
    first, second = (_places(each) for each in (poll, again))
    moved: Counter[tuple[str, str | None, Cause | None]] = Counter()
    for ranking, ballots in poll.ballots.items():
        before, _ = plurality.marks(ranking, poll, first)
        after, cause = plurality.marks(ranking, again, second)
        for source in before.keys() & set(eliminated):
            target = next(iter(after), None)
            moved[source, target, None if target else cause] += ballots
    order = {option: place for place, option in enumerate((*poll.options, None))}
    found = sorted(moved.items(), key=lambda item: (order[item[0][0]], order[item[0][1]], str(item[0][2])))
    return tuple(Transfer(source, target, held, held, left) for (source, target, left), held in found if held)


def _places(poll: Poll) -> dict[str, int]:
    """The options that stand, by place."""
    return {option: place for place, option in enumerate(poll.options) if option in poll.standing}


def _ranking(seated: tuple[str, ...], last: Tally, groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Those seated at once, the second round in its order, then the others in the order of the first."""
    second = last.ranking or ()
    ranked = {option for group in second for option in group}
    rest = (tuple(option for option in group if option not in ranked) for group in groups)
    return (*((option,) for option in seated), *second, *(group for group in rest if group))
