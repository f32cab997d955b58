"""`yishi count`: count the ballots of a file, with no service and no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from voting.commands import console
from voting.core.count import Case, CountError, Round, Tally, case_from_json, difference, tally_to_json
from voting.core.count.written import round_to_json

CaseFile = Annotated[
    Path, typer.Argument(help="A case: method, seats, candidates, rules, ballots. `-` reads standard input.")
]


def count(
    file: CaseFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: winners and rounds.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="End with status 1 unless the file's `expected` is found.")
    ] = False,
) -> None:
    """Count the ballots of a file, round by round."""
    case = read_case(file)
    try:
        tally = case.count()
    except CountError as error:
        console.fail(str(error))
    if as_json:
        console.say(json.dumps(tally_to_json(tally), ensure_ascii=False, indent=2))
    else:
        _present(case, tally)
    if check:
        _compare(case, tally)


def read_case(file: Path) -> Case:
    """The case of a file; ends the command with a sentence when it is none."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return case_from_json(json.loads(content))
    except OSError as error:
        console.fail(f"{file}: {error.strerror}")
    except ValueError as error:
        console.fail(f"{file}: {error}")


def _present(case: Case, tally: Tally) -> None:
    seats = "seat" if tally.seats == 1 else "seats"
    title = f"{case.name}: " if case.name else ""
    console.say(f"{title}{tally.method}, {tally.seats} {seats}, {tally.cast} ballots, {tally.valid} with marks")
    for entry in tally.rounds:
        console.say()
        console.show(_round(entry))
    console.say()
    console.say(f"Elected: {', '.join(tally.winners) or 'nobody'}")
    if not tally.complete:
        console.say(f"The count did not come to its end: {tally.outcome}.")


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
