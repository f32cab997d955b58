"""Counters of other Python libraries over the same ballots: pyrankvote, votelib, python3-vote-core.

None is needed to run the service; each is installed by hand for the benchmark and left out where it is missing. Options are
their places from 0. Ballots are given in the form each library counts fastest, built beforehand; `from_lists` begins where
our packing begins, at one list of places for each ballot.
"""

from __future__ import annotations

import importlib
from collections import Counter as Count
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

Counter = Callable[[], object]
Grouped = Mapping[tuple[int, ...], int]
"""Ranking → number of ballots."""

CANDIDATES = 10


def grouped(lists: Sequence[Sequence[int]]) -> Grouped:
    """Equal ballots added up."""
    return Count(map(tuple, lists))


def counters(lists: Sequence[Sequence[int]], seats: int) -> dict[str, Counter]:
    """Everything the installed libraries can count, as `method, library`."""
    return {**pyrankvote(lists, seats), **votelib(lists, seats), **vote_core(lists, seats)}


def pyrankvote(lists: Sequence[Sequence[int]], seats: int) -> dict[str, Counter]:
    """pyrankvote knows no counts: one object for each ballot."""
    if find_spec("pyrankvote") is None:
        return {}
    peer = importlib.import_module("pyrankvote")
    people = [peer.Candidate(str(place)) for place in range(CANDIDATES)]

    def built() -> list[Any]:
        return [peer.Ballot(ranked_candidates=[people[place] for place in ballot]) for ballot in lists]

    def places(result: Any) -> set[int]:
        return {int(winner.name) for winner in result.get_winners()}

    ballots = built()
    return {
        "IRV, pyrankvote": lambda: places(peer.instant_runoff_voting(people, ballots)),
        "IRV from lists, pyrankvote": lambda: places(peer.instant_runoff_voting(people, built())),
        "STV, pyrankvote": lambda: places(peer.single_transferable_vote(people, ballots, number_of_seats=seats)),
    }


def votelib(lists: Sequence[Sequence[int]], seats: int) -> dict[str, Counter]:
    """votelib counts a mapping of ranking tuples to numbers."""
    if find_spec("votelib") is None:
        return {}
    select = importlib.import_module("votelib.evaluate.sequential").TransferableVoteSelector()
    pairs = importlib.import_module("votelib.convert").RankedToCondorcetVotes()
    schulze = importlib.import_module("votelib.evaluate.condorcet").Schulze()
    ballots = grouped(lists)
    return {
        "IRV, votelib": lambda: set(select.evaluate(ballots, 1)),
        "IRV from lists, votelib": lambda: set(select.evaluate(grouped(lists), 1)),
        "STV, votelib": lambda: set(select.evaluate(ballots, seats)),
        "Schulze, votelib": lambda: set(schulze.evaluate(pairs.convert(ballots), 1)),
    }


def vote_core(lists: Sequence[Sequence[int]], seats: int) -> dict[str, Counter]:
    """python3-vote-core counts dictionaries of a ballot and its number; for Schulze the ballot is ratings."""
    if find_spec("py3votecore") is None:
        return {}
    irv = importlib.import_module("py3votecore.irv").IRV
    stv = importlib.import_module("py3votecore.stv").STV
    schulze = importlib.import_module("py3votecore.schulze_method").SchulzeMethod
    rating = importlib.import_module("py3votecore.condorcet").CondorcetHelper.BALLOT_NOTATION_RATING

    def built() -> list[dict[str, Any]]:
        return [{"count": number, "ballot": list(ranking)} for ranking, number in grouped(lists).items()]

    ballots = built()
    rated = [
        {"count": number, "ballot": {place: CANDIDATES - rank for rank, place in enumerate(ranking)}}
        for ranking, number in grouped(lists).items()
    ]
    return {
        "IRV, python3-vote-core": lambda: {irv(ballots).as_dict()["winner"]},
        "IRV from lists, python3-vote-core": lambda: {irv(built()).as_dict()["winner"]},
        "STV, python3-vote-core": lambda: set(stv(ballots, required_winners=seats).as_dict()["winners"]),
        "Schulze, python3-vote-core": lambda: {schulze(rated, ballot_notation=rating).as_dict()["winner"]},
    }
