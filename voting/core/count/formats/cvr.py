"""Cast vote records as NIST SP 1500-103 writes them in JSON: one record for each ballot, one contest.

Each option marked is a selection with a position for each of its ranks. An overvote whose marks are unknown is a selection
that names nobody. Withdrawn options are options like all others: a record says only what was marked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voting.core.count.ballots import OVERVOTE, Ranking
from voting.core.count.formats import json_text
from voting.core.count.formats.ballot_file import BallotFile, plain_ballots
from voting.core.count.formats.nodes import Node

FORM = "CVR"
VERSION = "1.0.0"
MOST_RANKS = 1000
_AT_ONCE = 1000
UNKNOWN = "overvote whose marks are unknown"
CONTESTS = (
    "CVR.CandidateContest",
    "CVR.BallotMeasureContest",
    "CVR.Contest",
    "CVR.PartyContest",
    "CVR.RetentionContest",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a report says beside the ballots: when it was made (aware), by which device, for which election and area."""

    generated_at: datetime
    device: str = "yishi"
    election: str = ""
    area: str = ""
    variation: str = "rcv"


def write(file: BallotFile, origin: Origin) -> str:
    """Write a report with one record for each ballot. Records come in the order of their rankings, which says nothing."""
    return "".join(lines(file, origin))


def lines(file: BallotFile, origin: Origin) -> Iterator[str]:
    """The report of `write` in pieces; each record is one line, spelled once however many ballots bear its ranking."""
    report = {
        "@type": "CVR.CastVoteRecordReport",
        "Version": VERSION,
        "GeneratedDate": origin.generated_at.isoformat(),
        "ReportGeneratingDeviceIds": ["device-1"],
        "ReportType": ["originating-device-export"],
        "ReportingDevice": [{"@id": "device-1", "@type": "CVR.ReportingDevice", "Application": origin.device}],
        "GpUnit": [
            {"@id": "unit-1", "@type": "CVR.GpUnit", "Type": "other", "OtherType": "community", "Name": origin.area}
        ],
        "Election": [_election(file, origin)],
        "CVR": [],
    }
    head, last = json_text.dump(report), "]\n}"
    yield head.removesuffix(last)
    behind = "\n"
    for ranking, count in plain_ballots(file).items():
        spelled = ",\n    " + json.dumps(_record(file, ranking), ensure_ascii=False)
        while count:
            piece = spelled * min(count, _AT_ONCE)
            yield behind + piece.removeprefix(",\n") if behind else piece
            behind, count = "", count - min(count, _AT_ONCE)
    yield f"{'' if behind else chr(10) + '  '}{last}\n"


def _election(file: BallotFile, origin: Origin) -> dict[str, Any]:
    """The election with its one contest."""
    numbered = list(enumerate(file.options, start=1))
    contest = {
        "@id": "contest-1",
        "@type": "CVR.CandidateContest",
        "Name": file.title,
        **({} if file.seats is None else {"NumberElected": file.seats}),
        "VotesAllowed": len(file.options),
        "VoteVariation": origin.variation,
        "ContestSelection": [
            {"@id": f"selection-{n}", "@type": "CVR.CandidateSelection", "CandidateIds": [f"candidate-{n}"]}
            for n, _ in numbered
        ],
    }
    return {
        "@id": "election-1",
        "@type": "CVR.Election",
        "Name": origin.election or file.title,
        "ElectionScopeId": "unit-1",
        "Candidate": [{"@id": f"candidate-{n}", "@type": "CVR.Candidate", "Name": name} for n, name in numbered],
        "Contest": [contest],
    }


def _record(file: BallotFile, ranking: Ranking) -> dict[str, Any]:
    """One ballot."""
    ranks: dict[str, list[int]] = {}
    for number, rank in enumerate(ranking, start=1):
        for option in rank:
            ranks.setdefault(option, []).append(number)
    chosen = [_selection(file, option, ranks[option]) for option in (*file.options, OVERVOTE) if option in ranks]
    contest: dict[str, Any] = {"@type": "CVR.CVRContest", "ContestId": "contest-1"}
    if chosen:
        contest["CVRContestSelection"] = chosen
    return {
        "@type": "CVR.CVR",
        "ElectionId": "election-1",
        "CurrentSnapshotId": "snapshot-1",
        "CVRSnapshot": [{"@id": "snapshot-1", "@type": "CVR.CVRSnapshot", "Type": "original", "CVRContest": [contest]}],
    }


def _selection(file: BallotFile, option: str, ranks: list[int]) -> dict[str, Any]:
    """One option as it was marked."""
    positions = [
        {"@type": "CVR.SelectionPosition", "HasIndication": "yes", "NumberVotes": 1, "Rank": rank} for rank in ranks
    ]
    selection: dict[str, Any] = {"@type": "CVR.CVRContestSelection"}
    if option == OVERVOTE:
        selection |= {"Status": ["other"], "OtherStatus": UNKNOWN}
    else:
        selection["ContestSelectionId"] = f"selection-{file.options.index(option) + 1}"
    if len(ranks) == 1:
        selection["Rank"] = ranks[0]
    return {**selection, "SelectionPosition": positions}


def read(text: str, contest: str = "") -> BallotFile:
    """Read the ballots of one contest, named by id or name; the only one may go unnamed.

    Of each record the current snapshot counts, and of that the positions with an indication. Raises `IllegalFile`.
    """
    report = Node(FORM, text, json_text.parse(FORM, text))
    report.typed("CVR.CastVoteRecordReport")
    chosen, names = _contest(report, contest)
    key = chosen.member("@id").string()
    ballots: dict[Ranking, int] = {}
    for record in report.each("CVR"):
        for marked in _marked(record, key):
            ranking = _ranking(marked, names)
            ballots[ranking] = ballots.get(ranking, 0) + 1
    seats = chosen.maybe("NumberElected")
    title = chosen.maybe("Name")
    return BallotFile(
        tuple(dict.fromkeys(names.values())),
        ballots,
        None if seats is None else seats.whole(0),
        title="" if title is None else title.string(),
    )


def _contest(report: Node, wanted: str) -> tuple[Node, dict[str, str]]:
    """The contest asked for, and the name of each of its selections."""
    found: list[tuple[Node, dict[str, str]]] = []
    for election in report.each("Election"):
        people: dict[str, str] = {}
        for candidate in election.each("Candidate"):
            name = candidate.maybe("Name")
            people[candidate.member("@id").string()] = "" if name is None else name.string()
        for contest in election.each("Contest"):
            contest.typed(*CONTESTS)
            called = contest.maybe("Name")
            if not wanted or wanted in (contest.member("@id").value, None if called is None else called.value):
                found.append((contest, _selections(contest, people)))
    if len(found) != 1:
        ids = [contest.member("@id").string() for contest, _ in found]
        raise report.member("Election").fault(f"expected one contest {wanted!r}; got {len(found)}: {', '.join(ids)}")
    return found[0]


def _selections(contest: Node, people: dict[str, str]) -> dict[str, str]:
    """The name of each selection: of its candidate, its words, else its id."""
    names: dict[str, str] = {}
    for selection in contest.each("ContestSelection"):
        key = selection.member("@id")
        words = selection.maybe("Selection")
        ids = [entry.string() for entry in selection.each("CandidateIds")]
        unknown = next((person for person in ids if person not in people), None)
        if unknown is not None:
            raise selection.member("CandidateIds").fault(f"no candidate {unknown!r}")
        name = " / ".join(people[person] for person in ids) or (words.string() if words else "") or key.string()
        if name in names.values() or key.string() in names or name == OVERVOTE:
            raise selection.fault(f"two selections are called {name!r}")
        names[key.string()] = name
    if not names:
        raise contest.fault("expected at least one selection")
    return names


def _marked(record: Node, contest: str) -> list[Node]:
    """The contest as the current snapshot of a record has it; nothing if the ballot did not hold the contest."""
    record.typed("CVR.CVR")
    current = record.member("CurrentSnapshotId").string()
    snapshots = [entry for entry in record.each("CVRSnapshot") if entry.member("@id").value == current]
    if len(snapshots) != 1:
        raise record.member("CurrentSnapshotId").fault(f"expected one snapshot {current!r}; got {len(snapshots)}")
    marked = [entry for entry in snapshots[0].each("CVRContest") if entry.member("ContestId").value == contest]
    if len(marked) > 1:
        raise marked[1].fault("a contest stands twice in one snapshot")
    return marked


def _ranking(marked: Node, names: dict[str, str]) -> Ranking:
    """The ranking of one ballot."""
    ranks: dict[int, set[str]] = {}
    for selection in marked.each("CVRContestSelection"):
        key = selection.maybe("ContestSelectionId")
        if key is not None and key.value not in names:
            raise key.fault(f"no selection {key.value!r} in this contest")
        option = OVERVOTE if key is None else names[key.string()]
        for position in selection.each("SelectionPosition"):
            indicated = position.member("HasIndication")
            if indicated.value not in ("yes", "no", "unknown"):
                raise indicated.fault(f"expected yes, no or unknown; got {indicated.value!r}")
            if indicated.value != "yes" or position.value.get("IsAllocable") == "no":
                continue
            rank = position.maybe("Rank") or selection.maybe("Rank")
            number = 1 if rank is None else rank.whole(1)
            if number > MOST_RANKS:
                raise position.fault(f"expected at most {MOST_RANKS} ranks; got {number}")
            ranks.setdefault(number, set()).add(option)
    order = (*names.values(), OVERVOTE)
    return tuple(
        tuple(option for option in order if option in ranks.get(number, ()))
        for number in range(1, max(ranks, default=0) + 1)
    )
