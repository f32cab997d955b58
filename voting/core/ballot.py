"""What may be marked: legality of one ballot under a contest's method and terms, fault by fault with JSON pointers.

Where a contest takes `valid_only` ballots, a wrong mark is refused at the cast and told to the voter, who can mend it. Where it
takes ballots `as_marked` (paper read by a scanner, records of another election), they are stored as they are and the rules
of the count decide; only what no rule could read is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voting.core.box import OVERVOTE
from voting.errors import Fault

_EQUAL_RANKS = frozenset(
    (
        "schulze",
        "ranked-pairs",
        "minimax",
        "copeland",
        "smith-set",
        "schwartz-set",
        "condorcet-winner",
        "condorcet-loser",
    )
)
_ONE_RANK = frozenset(("plurality", "two-round", "approval"))


@dataclass(frozen=True, slots=True)
class Form:
    """What the ballot paper offers."""

    places: Mapping[str, int]
    """Option id → position."""
    ranks: int
    """How many ranks may be used."""
    marks: int
    """How many options may stand at one rank."""
    as_marked: bool = False


def form(
    method: str, options: Sequence[str], *, seats: int = 1, max_rankings: int | None = None, as_marked: bool = False
) -> Form:
    """The form of a method's ballots. `options` are ids in ballot order; `max_rankings` is the rule member."""
    places = {option: place for place, option in enumerate(options)}
    size = len(places)
    if as_marked:
        return Form(places, ranks=size, marks=size, as_marked=True)
    if method in _ONE_RANK:
        return Form(places, ranks=1, marks=size if method == "approval" else min(seats, size))
    ranks = min(size, max_rankings or size)
    return Form(places, ranks=ranks, marks=size if method in _EQUAL_RANKS else 1)


def faults(form: Form, ranking: Sequence[Sequence[str]]) -> tuple[Fault, ...]:
    """Everything wrong with a ranking, nothing if it may be cast. A ballot without marks is a valid abstention."""
    if _is_plainly_legal(form, ranking):
        return ()
    return tuple(_found(form, ranking))


def _is_plainly_legal(form: Form, ranking: Sequence[Sequence[str]]) -> bool:
    """The usual ballot in one pass: single marks, all known, none twice, not too many."""
    if len(ranking) > form.ranks or any(len(rank) != 1 for rank in ranking):
        return False
    marks = {rank[0] for rank in ranking}
    return len(marks) == len(ranking) and marks <= form.places.keys()


def _found(form: Form, ranking: Sequence[Sequence[str]]) -> Iterator[Fault]:
    if len(ranking) > form.ranks:
        yield Fault("/ranking", "too_many_ranks", {"most": form.ranks, "got": len(ranking)})
    seen: dict[str, str] = {}
    for number, rank in enumerate(ranking):
        here = f"/ranking/{number}"
        if not form.as_marked:
            yield from _at_rank(form, here, rank)
            yield from _repeated(seen, here, rank)
        else:
            yield from _repeated({}, here, rank)
        yield from _unknown(form, here, rank)


def _at_rank(form: Form, here: str, rank: Sequence[str]) -> Iterator[Fault]:
    if not rank:
        yield Fault(here, "skipped_rank")
    elif len(rank) > form.marks:
        yield Fault(here, "overvote", {"most": form.marks, "got": len(rank)})


def _repeated(seen: dict[str, str], here: str, rank: Sequence[str]) -> Iterator[Fault]:
    for mark, option in enumerate(rank):
        if option in seen:
            yield Fault(f"{here}/{mark}", "duplicate_option", {"option": option, "first": seen[option]})
        else:
            seen[option] = f"{here}/{mark}"


def _unknown(form: Form, here: str, rank: Sequence[str]) -> Iterator[Fault]:
    for mark, option in enumerate(rank):
        if option in form.places or (form.as_marked and option == OVERVOTE and len(rank) == 1):
            continue
        yield Fault(f"{here}/{mark}", "unknown_option", {"option": option})
