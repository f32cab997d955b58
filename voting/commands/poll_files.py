"""A file of ballots, in whichever format, as a poll that can be counted.

The format is known by the end of the name, else by how the content begins. What a format does not carry (method, seats, rule
values) is said beside it; what a case carries may be said otherwise. A fault names line and column.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from voting.commands import console
from voting.core.count import METHODS, Case, CountError, IllegalRule, UnknownRule, legal_rules, validate_rules
from voting.core.count.errors import IllegalFile
from voting.core.count.formats import READERS, BallotFile, case_form
from voting.near import nearest

_CVR = re.compile(r'"@type"\s*:\s*"CVR\.CastVoteRecordReport"')
_NAMES = ".json, .cvr.json, .blt, .csv, .soc, .soi, .toc, .toi"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said beside the file; nothing of it if empty."""

    method: str = ""
    seats: int | None = None
    rules: Mapping[str, Any] | None = None

    @property
    def anything(self) -> bool:
        """Whether the poll is another than the file's own."""
        return bool(self.method) or self.seats is not None or self.rules is not None


NOTHING = Said()


def read(file: Path, said: Said = NOTHING) -> Case:
    """The poll of a file (`-` is standard input). Ends the command with a sentence when there is none."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return poll(_text(content), file.name, said)
    except OSError as error:
        console.fail(f"{file}: {error.strerror}")
    except CountError as error:
        console.fail(f"{file}: {error}")


def poll(text: str, name: str, said: Said = NOTHING) -> Case:
    """The poll that a text holds; `name` tells its format by its end. Raises a `CountError`."""
    form = format_of(text, name)
    if form == case_form.FORM:
        return _said_otherwise(case_form.read(text), said)
    return _completed(READERS[form](text), said)


def format_of(text: str, name: str) -> str:
    """The key of `READERS`, or `case`."""
    ends = sorted((end for end in READERS if name.lower().endswith(end)), key=len)
    if ends:
        return ends[-1]
    begin = text.removeprefix("\ufeff").lstrip()[:2000]
    if begin.startswith(("{", "[")) or name.lower().endswith(".json"):
        return ".cvr.json" if _CVR.search(text) else case_form.FORM
    if re.match(r"#\s*(FILE NAME|TITLE|DATA TYPE|ALTERNATIVE NAME|NUMBER [A-Z ]+)[^:\n]*:", begin):
        return ".toi"
    if re.match(r"(\s|#[^\n]*)*[0-9]+\s+[0-9]+\s", begin):
        return ".blt"
    if begin[:8].casefold().startswith("ballots"):
        return ".csv"
    raise IllegalFile("file", 1, 1, f"not a format of ballots that is known; a name ends in {_NAMES}")


def rules_of(pairs: Sequence[str]) -> dict[str, Any] | None:
    """Rule values from `member=value`; a value that is JSON is what it says, any other a word."""
    rules: dict[str, Any] = {}
    for pair in pairs:
        member, equals, value = pair.partition("=")
        if not equals or not member:
            console.fail(f"--rule: expected member=value; got {pair!r}", status=2)
        try:
            rules[member] = json.loads(value)
        except ValueError:
            rules[member] = value
    return rules or None


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise IllegalFile("file", line, column, "not UTF-8") from error


def _said_otherwise(case: Case, said: Said) -> Case:
    """The case, with what was said instead of its own. Rules of one method are not those of another."""
    if not said.anything:
        return case
    method = said.method or case.method
    seats = case.seats if said.seats is None else said.seats
    kept = case.rules if method == case.method and said.rules is None else _rules(method, said.rules or {})
    return replace(case, method=method, seats=seats, rules=kept, open=())


def _completed(file: BallotFile, said: Said) -> Case:
    """The ballots with the method, seats and rules that were said."""
    if not said.method:
        console.fail(f"--method: this format does not say how its ballots are counted; one of {', '.join(METHODS)}")
    rules = dict(said.rules or {})
    if file.withdrawn:
        rules["excluded_candidates"] = [*rules.get("excluded_candidates", ()), *file.withdrawn]
    seats = said.seats if said.seats is not None else 1 if file.seats is None else file.seats
    return Case(said.method, seats, file.options, _rules(said.method, rules), file.ballots, {}, name=file.title)


def _rules(method: str, values: Mapping[str, Any]) -> Any:
    """The rule values of a method; a wrong word ends the command with the one that was likely meant."""
    if method not in METHODS:
        console.fail(f"--method: expected one of {', '.join(METHODS)}; got {method!r}{_guess(method, tuple(METHODS))}")
    try:
        return validate_rules(method, values)
    except UnknownRule as error:
        console.fail(f"--rule: {error}{_guess(error.member, error.legal)}")
    except IllegalRule as error:
        console.fail(f"--rule: {error}{_guess(str(error.value), legal_rules(method)[error.member])}")


def _guess(word: str, known: Sequence[str]) -> str:
    found = nearest(word, known)
    return "" if found is None else f"; did you mean {found!r}?"
