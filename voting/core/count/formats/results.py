"""Election results as NIST SP 1500-100 (version 2) writes them in JSON: one contest, votes by option and round.

Votes are numbers with all their digits; an endless decimal is cut after 20 places, as in a written tally. Rounds are
numbered from 1 in the order of the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from voting.core.count.formats import json_text
from voting.core.count.formats.nodes import Node
from voting.core.count.numbers import Amount, amount, written
from voting.core.count.tally import Tallies, Tally

FORM = "results"
MOST_DIGITS = 30
VARIATIONS = {
    "plurality": "plurality",
    "two-round": "majority",
    "approval": "approval",
    "borda": "borda",
    "score": "range",
}

Status = Literal["certified", "correction", "pre-election", "recount", "unofficial-complete", "unofficial-partial"]


@dataclass(frozen=True, slots=True)
class Issue:
    """What a report says beside the votes: who issues it and when (aware), of which election, held when and where."""

    generated_at: datetime
    issuer: str
    abbreviation: str
    election: str
    area: str
    starts_on: date
    ends_on: date
    contest: str
    status: Status = "unofficial-complete"
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Results:
    """What a report tells of one contest: its options in order, who won, who had withdrawn, and the votes by round."""

    contest: str
    seats: int | None
    options: tuple[str, ...]
    winners: frozenset[str]
    withdrawn: frozenset[str]
    rounds: tuple[Tallies, ...]
    cast: int | None = None
    undervotes: int | None = None


def write(tally: Tally, issue: Issue, labels: dict[str, str] | None = None) -> str:
    """Write the results of a tally. `labels` gives options their names; without one an option is called by its id."""
    names = {option: (labels or {}).get(option, option) for option in tally.options}
    report = {
        "@type": "ElectionResults.ElectionReport",
        "Format": "summary-contest",
        "GeneratedDate": issue.generated_at.isoformat(timespec="seconds"),
        "Issuer": issue.issuer,
        "IssuerAbbreviation": issue.abbreviation,
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "Status": issue.status,
        "VendorApplicationId": "yishi",
        "GpUnit": [
            {
                "@id": "unit-1",
                "@type": "ElectionResults.ReportingUnit",
                "Type": "other",
                "OtherType": "community",
                "Name": _text(issue.area, issue),
            }
        ],
        "Election": [_election(tally, issue, names)],
    }
    return json_text.dump(report) + "\n"


def _election(tally: Tally, issue: Issue, names: dict[str, str]) -> dict[str, Any]:
    """The election with its one contest."""
    return {
        "@type": "ElectionResults.Election",
        "Name": _text(issue.election, issue),
        "Type": "other",
        "OtherType": "community",
        "StartDate": issue.starts_on.isoformat(),
        "EndDate": issue.ends_on.isoformat(),
        "ElectionScopeId": "unit-1",
        "BallotCounts": [
            {"@type": "ElectionResults.BallotCounts", "GpUnitId": "unit-1", "Type": "total", "BallotsCast": tally.cast}
        ],
        "Candidate": [
            {
                "@id": f"candidate-{number}",
                "@type": "ElectionResults.Candidate",
                "BallotName": _text(names[option], issue),
                "PostElectionStatus": _fate(tally, option),
            }
            for number, option in enumerate(tally.options, start=1)
        ],
        "Contest": [_contest(tally, issue)],
    }


def _contest(tally: Tally, issue: Issue) -> dict[str, Any]:
    """The contest with the votes of every option in every round."""
    return {
        "@id": "contest-1",
        "@type": "ElectionResults.CandidateContest",
        "Name": issue.contest,
        "ElectionDistrictId": "unit-1",
        "NumberElected": tally.seats,
        "VotesAllowed": len(tally.options),
        "VoteVariation": VARIATIONS.get(tally.method, "rcv"),
        "OtherCounts": [{"@type": "ElectionResults.OtherCounts", "GpUnitId": "unit-1", "Undervotes": tally.undervotes}],
        "ContestSelection": [
            {
                "@id": f"selection-{number}",
                "@type": "ElectionResults.CandidateSelection",
                "CandidateIds": [f"candidate-{number}"],
                "SequenceOrder": number,
                "VoteCounts": [
                    {
                        "@type": "ElectionResults.VoteCounts",
                        "GpUnitId": "unit-1",
                        "Type": "total",
                        "Round": place,
                        "Count": _number(dict(entry.tallies)[option]),
                    }
                    for place, entry in enumerate(tally.rounds, start=1)
                    if option in dict(entry.tallies)
                ],
            }
            for number, option in enumerate(tally.options, start=1)
        ],
    }


def _fate(tally: Tally, option: str) -> str:
    """How an option fared."""
    if option in tally.rules.excluded_candidates:
        return "withdrawn"
    elected = option in tally.winners and tally.method != "condorcet-loser"
    return "winner" if elected else "defeated"


def _number(votes: Amount) -> int | Decimal:
    """Votes as a JSON number."""
    told = written(votes)
    return told if isinstance(told, int) else Decimal(told)


def _text(content: str, issue: Issue) -> dict[str, Any]:
    """A text in the language of the report."""
    line = {"@type": "ElectionResults.LanguageString", "Content": content, "Language": issue.language}
    return {"@type": "ElectionResults.InternationalizedText", "Text": [line]}


def read(text: str) -> Results:
    """Read a report of one contest. Raises `IllegalFile` with line and column."""
    report = Node(FORM, text, json_text.parse(FORM, text))
    report.typed("ElectionResults.ElectionReport")
    contests = [(election, contest) for election in report.each("Election") for contest in election.each("Contest")]
    if len(contests) != 1:
        raise report.fault(f"expected one contest; got {len(contests)}")
    election, contest = contests[0]
    contest.typed("ElectionResults.CandidateContest")
    names, fates = _candidates(election)
    options, rounds = _votes(contest, names)
    seats = contest.maybe("NumberElected")
    return Results(
        contest=contest.member("Name").string(),
        seats=None if seats is None else seats.whole(0),
        options=options,
        winners=frozenset(name for name, fate in fates.items() if fate == "winner"),
        withdrawn=frozenset(name for name, fate in fates.items() if fate == "withdrawn"),
        rounds=rounds,
        cast=_first(election, "BallotCounts", "BallotsCast"),
        undervotes=_first(contest, "OtherCounts", "Undervotes"),
    )


def _candidates(election: Node) -> tuple[dict[str, str], dict[str, str]]:
    """Candidate id → name, and name → how the candidate fared."""
    names: dict[str, str] = {}
    fates: dict[str, str] = {}
    for candidate in election.each("Candidate"):
        lines = list(candidate.member("BallotName").each("Text"))
        if not lines:
            raise candidate.member("BallotName").fault("expected a text in some language")
        name = lines[0].member("Content").string()
        if name in fates:
            raise candidate.fault(f"two candidates are called {name!r}")
        names[candidate.member("@id").string()] = name
        fate = candidate.maybe("PostElectionStatus")
        fates[name] = "" if fate is None else fate.string()
    return names, fates


def _votes(contest: Node, names: dict[str, str]) -> tuple[tuple[str, ...], tuple[Tallies, ...]]:
    """The options, and what they hold in each round."""
    options: list[str] = []
    held: dict[int, list[tuple[str, Amount]]] = {}
    for selection in contest.each("ContestSelection"):
        ids = list(selection.each("CandidateIds"))
        if len(ids) != 1 or ids[0].value not in names:
            raise selection.fault("expected the id of one candidate")
        option = names[ids[0].string()]
        options.append(option)
        for count in selection.each("VoteCounts"):
            number = count.maybe("Round")
            held.setdefault(1 if number is None else number.whole(1), []).append(
                (option, _amount(count.member("Count")))
            )
    if sorted(held) != list(range(1, len(held) + 1)):
        raise contest.fault(f"expected rounds 1 to n; got {sorted(held)}")
    return tuple(options), tuple(tuple(held[number]) for number in sorted(held))


def _amount(node: Node) -> Amount:
    """A number of votes."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
        raise node.fault(f"expected a number; got {node.value!r}")
    if isinstance(node.value, Decimal) and not -MOST_DIGITS <= node.value.adjusted() <= MOST_DIGITS:
        raise node.fault(f"expected a number of votes; got {node.value}")
    return amount(node.value)


def _first(node: Node, array: str, member: str) -> int | None:
    """A whole number of the first entry of an array, if it is there."""
    for entry in node.each(array):
        found = entry.maybe(member)
        return None if found is None else found.whole(0)
    return None
