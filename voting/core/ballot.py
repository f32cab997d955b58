"""What may be marked: legality of one ballot under a contest's method and terms, fault by fault with JSON pointers.

Where a contest takes `valid_only` ballots, a wrong mark is refused at the cast and told to the voter, who can mend it. Where it
takes ballots `as_marked` (paper read by a scanner, records of another election), they are stored as they are and the rules
of the count decide; only what no rule could read is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from voting.core.box import MOST_OPTIONS, OVERVOTE, Ranking
from voting.errors import Fault

_EQUAL_RANKS = frozenset(
    (
        "borda",
        "stv-meek",
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
_ONE_RANK = frozenset(("plurality", "yes-no", "approval"))
_OVERVOTED = ("exhaust_immediately", "skip_to_next_rank", "exhaust_if_multiple_continuing")
"""Values of the rule `overvote` under which several marks at one rank are none."""
MAX_SCORE = 5
"""The best grade of a score ballot, unless the rules say otherwise."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the ballot paper offers."""

    places: Mapping[str, int]
    """Option id → position."""
    ranks: int
    """How many ranks may be used. A paper that is taken as marked may have had more than there are options."""
    marks: int
    """How many options may stand at one rank."""
    as_marked: bool = False
    best: int | None = None
    """The highest grade where ranks are grades: the first rank holds the options graded so, and ranks may be empty."""


Paper = Literal["one", "several", "grades", "ranking", "equal_ranking"]
"""What a voter does: mark one option (or one for each seat), mark several, grade, rank, rank with equal ranks."""


def paper(method: str) -> Paper:
    """What a voter of this method is asked to do."""
    if method in _ONE_RANK:
        return "several" if method == "approval" else "one"
    if method == "score":
        return "grades"
    return "equal_ranking" if method in _EQUAL_RANKS else "ranking"


def form(
    method: str,
    options: Sequence[str],
    *,
    seats: int = 1,
    rules: Mapping[str, Any] | None = None,
    as_marked: bool = False,
) -> Form:
    """The form of a method's ballots. `options` are ids in ballot order; `rules` the rule values of the count."""
    places = {option: place for place, option in enumerate(options)}
    size, rules = len(places), rules or {}
    if method == "score":
        best = rules.get("max_score") or MAX_SCORE
        ranks, marks = best + 1, size
        if not as_marked:
            ranks, marks = min(ranks, rules.get("max_rankings") or ranks), _marks(method, size, seats, rules)
        return Form(places, ranks=ranks, marks=marks, as_marked=as_marked, best=best)
    if as_marked:
        return Form(places, ranks=MOST_OPTIONS, marks=size, as_marked=True)
    ranks = 1 if method in _ONE_RANK else min(size, rules.get("max_rankings") or size)
    return Form(places, ranks=ranks, marks=_marks(method, size, seats, rules))


def _marks(method: str, size: int, seats: int, rules: Mapping[str, Any]) -> int:
    """How many options may share a rank: all where method and rules read equal ranks, else one, or one for each seat."""
    overvote = rules.get("overvote")
    reads = method in ("approval", "score") or method in _EQUAL_RANKS
    if overvote == "split_equally" or (reads and overvote not in _OVERVOTED):
        return size
    return max(1, min(seats, size)) if method == "plurality" else 1


def ungradable(form: Form, scores: Mapping[str, int]) -> tuple[Fault, ...]:
    """Everything wrong with grades by option: an unknown option, a grade out of range, a ballot that takes none."""
    if form.best is None:
        return (Fault("/scores", "ballot_has_no_grades"),)
    return tuple(_wrong_grades(form, scores, form.best))


def _wrong_grades(form: Form, scores: Mapping[str, int], best: int) -> Iterator[Fault]:
    for option, grade in scores.items():
        here = "/scores/" + option.replace("~", "~0").replace("/", "~1")
        if option not in form.places:
            yield Fault(here, "unknown_option", {"option": option})
        elif not 0 <= grade <= best:
            yield Fault(here, "grade_out_of_range", {"option": option, "best": best, "got": str(grade)[:20]})


def graded(form: Form, scores: Mapping[str, int]) -> Ranking:
    """The ranking of legal grades: rank i holds the options graded `best - i`, in ballot order, to the lowest grade given."""
    assert form.best is not None, "grades were found legal"
    given = [option for option in form.places if option in scores]
    return tuple(
        tuple(option for option in given if scores[option] == grade)
        for grade in range(form.best, min(scores.values(), default=form.best + 1) - 1, -1)
    )


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
            # A grade may be nobody's; behind the lowest grade given a rank would be a second form of the same ballot.
            if rank or form.best is None or number == len(ranking) - 1:
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
