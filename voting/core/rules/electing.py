"""Who is elected: the first round by the rule's test, the second among the first of those who failed.

Candidates stand in the order of their votes, equals in the order given. Equal votes over the last seat are a tie, and a tie
elects none of those in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voting.core.rules import trials
from voting.core.rules.counts import Amounts
from voting.core.rules.form import Elect, Test
from voting.core.rules.numbers import Amount
from voting.core.rules.trials import Sums, Tested


@dataclass(frozen=True, slots=True)
class Standing:
    """One candidate in one round: votes on the election's basis, and the test that decided, if there is one."""

    name: str
    votes: Amount
    tested: Tested | None
    elected: bool
    tied: bool = False


@dataclass(frozen=True, slots=True)
class NextRound:
    """The round that the rule asks for: how many seats are open and who stands."""

    seats: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundFound:
    """What one round found. `open` seats remain; `tie` are those with equal votes over the last seat."""

    number: int
    standings: tuple[Standing, ...]
    open: int
    tie: tuple[str, ...]
    next: NextRound | None = None

    @property
    def elected(self) -> tuple[str, ...]:
        """The elected, most votes first."""
        return tuple(standing.name for standing in self.standings if standing.elected)


def first_round(elect: Elect, basis: str, candidates: Mapping[str, Amounts], seats: int, sums: Sums) -> RoundFound:
    """The first round, with the second one where the rule asks for it and seats are open."""
    found = _round(1, elect.first_round, basis, candidates, seats, sums)
    if not found.open or elect.second_round is None:
        return found
    standing = _runners_up(found, found.open + elect.second_round.extra)
    following = NextRound(found.open, standing) if standing else None
    return RoundFound(1, found.standings, found.open, found.tie, following)


def second_round(elect: Elect, basis: str, candidates: Mapping[str, Amounts], seats: int, sums: Sums) -> RoundFound:
    """The second round: most votes, each at least the floor."""
    assert elect.second_round is not None
    return _round(2, elect.second_round.floor, basis, candidates, seats, sums)


def _round(
    number: int, test: Test | None, basis: str, candidates: Mapping[str, Amounts], seats: int, sums: Sums
) -> RoundFound:
    ranked = sorted(candidates, key=lambda name: -candidates[name][basis])
    judged = {name: trials.run(test, sums, candidates[name][test.basis], name) if test else None for name in ranked}
    votes = {name: candidates[name][basis] for name in ranked}
    able = [name for name in ranked if _able(votes[name], judged[name])]
    chosen, tie = _cut(able, votes, seats)
    standings = tuple(Standing(name, votes[name], judged[name], name in chosen, name in tie) for name in ranked)
    return RoundFound(number, standings, seats - len(chosen), tie)


def _able(votes: Amount, judged: Tested | None) -> bool:
    return votes > 0 and (judged is None or judged.result)


def _cut(able: list[str], votes: Mapping[str, Amount], seats: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first `seats` of a ranking, and those with equal votes across the cut, who are left out."""
    if len(able) <= seats:
        return tuple(able), ()
    edge = votes[able[seats]]
    if votes[able[seats - 1]] > edge:
        return tuple(able[:seats]), ()
    return tuple(name for name in able if votes[name] > edge), tuple(name for name in able if votes[name] == edge)


def _runners_up(found: RoundFound, wanted: int) -> tuple[str, ...]:
    """Who stands next: those tied over the last seat, else the first `wanted` not elected, and all equal to the last."""
    if found.tie:
        return found.tie
    left = [standing for standing in found.standings if not standing.elected and standing.votes > 0]
    if len(left) <= wanted:
        return tuple(standing.name for standing in left)
    edge = left[wanted - 1].votes
    return tuple(standing.name for standing in left if standing.votes >= edge)
