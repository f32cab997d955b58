"""What every ballot format holds in common: options in order, rankings with their number, and what else the format knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from voting.core.count.ballots import OVERVOTE, Ranking
from voting.core.count.errors import Inexpressible


@dataclass(frozen=True, slots=True)
class BallotFile:
    """Ballots as a file tells them. Options are called by their names; `seats` is `None` where the format has none."""

    options: tuple[str, ...]
    ballots: dict[Ranking, int] = field(default_factory=dict)
    seats: int | None = None
    withdrawn: tuple[str, ...] = ()
    title: str = ""

    @property
    def cast(self) -> int:
        """All ballots, with and without marks."""
        return sum(self.ballots.values())


def plain(ranking: Ranking, options: tuple[str, ...]) -> Ranking:
    """The same ranking without empty ranks at its end, the options of a rank each once and in their order."""
    if all(len(rank) == 1 for rank in ranking):
        return ranking
    known = (*options, OVERVOTE)
    ranks = [tuple(option for option in known if option in rank) for rank in ranking]
    while ranks and not ranks[-1]:
        ranks.pop()
    return tuple(ranks)


def plain_ballots(file: BallotFile) -> dict[Ranking, int]:
    """The ballots with plain rankings, in the order of the options."""
    place = {option: number for number, option in enumerate((*file.options, OVERVOTE))}
    merged: dict[Ranking, int] = {}
    for ranking, count in file.ballots.items():
        key = plain(ranking, file.options)
        merged[key] = merged.get(key, 0) + count
    return dict(sorted(merged.items(), key=lambda item: [[place[option] for option in rank] for rank in item[0]]))


def refuse_repeated(form: str, ballots: Iterable[Ranking]) -> None:
    """Raise `Inexpressible` for a ranking that marks an option twice."""
    for ranking in ballots:
        marks = [option for rank in ranking for option in rank]
        if len(set(marks)) < len(marks):
            raise Inexpressible(form, f"an option marked at two ranks: {ranking!r}")


def refuse_unknown_marks(form: str, ballots: Iterable[Ranking]) -> None:
    """Raise `Inexpressible` for an overvote whose marks are unknown."""
    for ranking in ballots:
        if any(OVERVOTE in rank for rank in ranking):
            raise Inexpressible(form, "an overvote whose marks are unknown")
