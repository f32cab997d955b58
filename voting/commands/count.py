"""`yishi count`: count the ballots of a file, with no service and no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from voting.commands import console, poll_files
from voting.commands.poll_files import Said
from voting.core.count import Case, CountError, Round, Tally, difference, large, tally_to_json
from voting.core.count.chart import chart
from voting.core.count.explain import explain as sentences
from voting.core.count.pairwise import Pairwise
from voting.core.count.written import round_to_json

BallotsFile = Annotated[
    Path,
    typer.Argument(
        help="A case (JSON: method, seats, candidates, rules, ballots), BLT, a CSV of rankings, PrefLib, or a NIST cast "
        "vote record report. `-` reads standard input."
    ),
]


def count(
    file: BallotsFile,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object in the form of a case's `expected`.")
    ] = False,
    svg: Annotated[Path | None, typer.Option(help="Draw the rounds into this file; `-` prints the picture.")] = None,
    explain: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Print the count as plain sentences; the picture's language too.")
    ] = None,
    method: Annotated[str, typer.Option(help="Count by this method (formats that name none need it).")] = "",
    seats: Annotated[int | None, typer.Option(min=0, help="How many are elected.")] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="A rule value, member=value; may be repeated. Replaces those of a case.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="End with status 1 unless the file's `expected` is found.")
    ] = False,
) -> None:
    """Count the ballots of a file, round by round."""
    said = Said(method, seats, poll_files.rules_of(rule or ()))
    if check and said.anything:
        console.fail("--check compares with the file's own method, seats and rules", status=2)
    if sum((as_json, explain is not None, str(svg) == "-")) > 1:
        console.fail("--json, --explain and --svg - each print something; ask for one of them", status=2)
    case = poll_files.read(file, said)
    try:
        tally = large.count(case.method, case.options, case.ballots, case.seats, case.rules)
    except CountError as error:
        console.fail(str(error))
    if svg is not None:
        _draw(case, tally, svg, explain or "en")
    if as_json:
        console.say(json.dumps(tally_to_json(tally), ensure_ascii=False, indent=2))
    elif explain is not None:
        for sentence in sentences(tally, explain):
            console.say(sentence)
    elif str(svg) != "-":
        _present(case, tally)
    if check:
        _compare(case, tally)


def _draw(case: Case, tally: Tally, svg: Path, locale: str) -> None:
    drawn = chart(tally, locale, title=case.name)
    if str(svg) == "-":
        console.say(drawn)
        return
    try:
        svg.write_text(drawn + "\n", encoding="utf-8")
    except OSError as error:
        console.fail(f"{svg}: {error.strerror}")
    console.note(f"Drawn: {svg}")


def _present(case: Case, tally: Tally) -> None:
    seats = "seat" if tally.seats == 1 else "seats"
    title = f"{case.name}: " if case.name else ""
    console.say(f"{title}{tally.method}, {tally.seats} {seats}, {tally.cast} ballots, {tally.valid} with marks")
    if tally.comparison is not None:
        console.say()
        console.say("Ballots that rank the row above the column")
        console.show(_pairs(tally.comparison.pairwise))
    for entry in tally.rounds:
        if entry.tallies or entry.ties:
            console.say()
            console.show(_round(entry))
    console.say()
    if tally.ranking is not None:
        console.say(f"Ranking: {' > '.join(' = '.join(group) for group in tally.ranking)}")
    console.say(f"Elected: {', '.join(tally.winners) or 'nobody'}")
    if not tally.complete:
        console.say(f"The count did not come to its end: {tally.outcome}.")


def _pairs(pairwise: Pairwise) -> Table:
    """How many ballots rank the row above the column."""
    places = tuple(range(1, len(pairwise.options) + 1))
    table = console.table("", "", *pairwise.options, numbers=places)
    for row, (option, votes) in enumerate(zip(pairwise.options, pairwise.votes, strict=True)):
        console.row(table, option, *("" if row == column else held for column, held in enumerate(votes)))
    return table


def _round(entry: Round) -> Table:
    written = round_to_json(entry)
    action = "" if entry.action == "count" else f", {entry.action.replace('_', ' ')} {', '.join(entry.source)}".rstrip()
    threshold = f", threshold {written['threshold']}" if "threshold" in written else ""
    title = f"Round {entry.number}{action}{threshold}"
    table = console.table(title, "option", "votes", "what happens", numbers=(1,))
    for option, votes in written["tallies"].items():
        what = _fate(option, written)
        console.row(table, option, votes, what, style="bold" if what.startswith("elected") else "")
    if written["exhausted"] not in (0, "0"):
        console.row(table, "(exhausted)", written["exhausted"], "", style="dim")
    for tie in written.get("ties", ()):
        console.row(table, "(tie)", "", f"{', '.join(tie['tied'])}: {tie['selected']} by {tie['how']}", style="dim")
    return table


def _fate(option: str, written: dict[str, Any]) -> str:
    fate = [word for word in ("elected", "eliminated") if option in written[word]]
    transfers = written["transfers"].get(option, {})
    moved = [f"{votes} exhausted" if to == "exhausted" else f"{votes} to {to}" for to, votes in transfers.items()]
    return ": ".join(part for part in (", ".join(fate), ", ".join(moved)) if part)


def _compare(case: Case, tally: Tally) -> None:
    if not case.expected:
        console.fail("--check: the file says nothing of what is expected")
    found = difference(case, tally)
    if found is not None:
        console.fail(found)
    console.note("The count is as expected.")
