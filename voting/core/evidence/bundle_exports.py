"""The folder `export/`: ballots and results in formats of others, made from what the bundle shows anyway.

Source: evidence format §8. Options are called by their ids. What a format cannot say of a method or its ballots is left out,
never bent: grades are no ranks, and a comparison of pairs gives no option a number of votes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from voting.core.box import Ranking
from voting.core.count import Tally
from voting.core.count.errors import Inexpressible
from voting.core.count.formats import blt, cvr, ranks_csv, results
from voting.core.count.formats.ballot_file import BallotFile
from voting.core.count.formats.results import Issue, Status
from voting.core.evidence.bundle import Member

MOST_RECORDS = 100_000
"""Ballots above which a bundle holds no report with a record for each."""

GRADED = "score"
COMPARED = frozenset(
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


@dataclass(frozen=True, slots=True)
class About:
    """What the reports say beside votes. `reported_at` is the instant of the event that gave the result its hash."""

    contest: str
    community: str
    method: str
    seats: int
    options: tuple[str, ...]
    """In ballot order."""
    withdrawn: tuple[str, ...]
    reported_at: datetime
    starts_on: date
    ends_on: date
    status: Status = "unofficial-complete"


def of_ballots(about: About, patterns: Mapping[Ranking, int]) -> Iterator[Member]:
    """`ballots.blt`, `ballots.csv` and `cvr-cdf.json`, each where the method, its ballots and their number allow."""
    file = BallotFile(about.options, dict(patterns), about.seats, about.withdrawn, about.contest)
    forms: list[tuple[str, Callable[[], Iterable[str]]]] = []
    if about.method != GRADED:
        forms.append(("ballots.blt", lambda: [blt.write(file)]))
    forms.append(("ballots.csv", lambda: [ranks_csv.write(file)]))
    if about.method != GRADED and file.cast <= MOST_RECORDS:
        forms.append(("cvr-cdf.json", lambda: records(about, file)))
    for name, form in forms:
        try:
            pieces = form()
        except Inexpressible:
            continue
        yield Member(f"export/{name}", (piece.encode() for piece in pieces))


def of_result(about: About, tally: Tally) -> Iterator[Member]:
    """`results-cdf.json`, where options have votes."""
    if about.method in COMPARED:
        return
    issue = Issue(
        generated_at=about.reported_at,
        issuer=about.community,
        abbreviation=about.community,
        election=about.contest,
        area=about.community,
        starts_on=about.starts_on,
        ends_on=about.ends_on,
        contest=about.contest,
        status=about.status,
    )
    yield Member("export/results-cdf.json", (results.write(tally, issue).encode(),))


def records(about: About, file: BallotFile) -> Iterator[str]:
    """The pieces of a report with one record a ballot (NIST SP 1500-103), whatever their number."""
    variation = results.VARIATIONS.get(about.method, "rcv")
    origin = cvr.Origin(about.reported_at, election=about.contest, area=about.community, variation=variation)
    return cvr.lines(file, origin)
