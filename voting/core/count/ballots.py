"""Ballots as every method takes them: a mapping from ranking to the number of ballots that bear it.

A ranking is a tuple of ranks from the most preferred down; a rank is the tuple of option ids marked there: `()` a
skipped rank, one id the usual case, two or more an overvote (an equal rank where the method allows it), and
`(OVERVOTE,)` an overvote whose marks are unknown. A ballot without any mark is an undervote and enters no tally.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voting.core.count.errors import IllegalBallot
from voting.core.count.rules import Rules

OVERVOTE = "__OVERVOTE__"

Rank = tuple[str, ...]
Ranking = tuple[Rank, ...]
Ballots = Mapping[Ranking, int]

Cause = Literal["choices", "overvotes", "duplicates", "skipped"]
"""Why a ballot stopped counting: nobody left on it, an overvote, a repeated option, too many skipped ranks."""

Step = int | tuple[int, ...]
"""One usable rank: the index of an option, or of several of which at most one may still continue."""

Path = tuple[tuple[Step, ...], Cause]
"""What a ranking means under the rules: the options it counts for in turn, and why it stops after the last."""


@dataclass(frozen=True, slots=True)
class Box:
    """All ballots read under the rules: equal paths are one entry. Undervotes are counted and set aside."""

    paths: tuple[Path, ...]
    counts: tuple[int, ...]
    cast: int
    undervotes: int

    @property
    def valid(self) -> int:
        """Ballots with at least one mark."""
        return self.cast - self.undervotes


def is_blank(ranking: Ranking) -> bool:
    """Whether the ranking bears no mark at all."""
    return not any(ranking)


def checked(ballots: Ballots, options: tuple[str, ...]) -> None:
    """Refuse a count that is no whole number ≥ 0 and a mark for an option nobody stands under."""
    known = {*options, OVERVOTE}
    for ranking, count in ballots.items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise IllegalBallot(ranking, f"expected a whole number of ballots; got {count!r}")
        for rank in ranking:
            if not known.issuperset(rank):
                stranger = next(option for option in rank if option not in known)
                raise IllegalBallot(ranking, f"no option {stranger!r} stands")


def read(ballots: Ballots, options: tuple[str, ...], rules: Rules) -> Box:
    """Read every ranking once; equal paths are merged in the order of their first appearance."""
    index = {option: place for place, option in enumerate(options) if option not in rules.excluded_candidates}
    merged: dict[Path, int] = {}
    cast = undervotes = 0
    for ranking, count in ballots.items():
        cast += count
        if is_blank(ranking):
            undervotes += count
            continue
        path = path_of(completed(ranking, options, rules), index, rules)
        merged[path] = merged.get(path, 0) + count
    return Box(tuple(merged), tuple(merged.values()), cast, undervotes)


def completed(ranking: Ranking, options: tuple[str, ...], rules: Rules) -> Ranking:
    """The ranking with all options it leaves out in one last rank, where the rules rank them there.

    The ranks before it are already those that are read: up to the last one marked, at most `max_rankings`.
    """
    if rules.unranked != "ranked_last_equal":
        return ranking
    ranks = _used(ranking, rules.max_rankings)
    ranked = {option for rank in ranks for option in rank}
    last = tuple(option for option in options if option not in ranked)
    return (*ranks, last) if last else ranks


def path_of(ranking: Ranking, index: Mapping[str, int], rules: Rules) -> Path:
    """The path of one ranking, `completed` before. `index` maps options that stand to their place; others are passed over.

    Trailing blanks never count as skipped. An overvote in the last used rank, passed over, ends in `choices`.
    """
    steps: dict[Step, None] = {}
    seen: set[str] = set()
    blanks = 0
    for rank in _used(ranking, None if rules.unranked == "ranked_last_equal" else rules.max_rankings):
        if not rank:
            blanks += 1
            continue
        if rules.skip_limit is not None and blanks > rules.skip_limit:
            return tuple(steps), "skipped"
        blanks = 0
        if rules.duplicate == "exhaust":
            if not seen.isdisjoint(rank):
                return tuple(steps), "duplicates"
            seen.update(option for option in rank if option != OVERVOTE)
        if len(rank) == 1 and rank[0] != OVERVOTE:
            place = index.get(rank[0])
            if place is not None:
                steps.setdefault(place)
            continue
        if rules.passes_equal_ranks:
            continue
        # Unknown marks may all be continuing, so a rule that asks how many continue cannot let them pass.
        if rules.overvote != "exhaust_if_multiple_continuing" or OVERVOTE in rank:
            return tuple(steps), "overvotes"
        places = tuple(sorted({index[option] for option in rank if option in index}))
        if places:
            steps.setdefault(places if len(places) > 1 else places[0])
    return tuple(steps), "choices"


def _used(ranking: Ranking, most: int | None) -> Ranking:
    """The ranks up to the last one marked, at most `most` of them."""
    ranks = ranking if most is None else ranking[:most]
    last = len(ranks)
    while last and not ranks[last - 1]:
        last -= 1
    return ranks[:last]
