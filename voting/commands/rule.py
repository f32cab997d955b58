"""`yishi rule`: apply a decision rule to counts, with no service and no database; or list the rules there are."""

from __future__ import annotations

import sys
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from voting.commands import console
from voting.core import rules
from voting.core.count.errors import IllegalFile
from voting.core.count.formats import json_text
from voting.errors import Invalid
from voting.phrases import phrase

Profile = Annotated[
    str | None,
    typer.Argument(help="The id of a rule (see --list), or a file with a rule of your own.", show_default=False),
]
CountsFile = Annotated[
    Path | None, typer.Argument(help="Counts: roll and votes. `-` reads standard input.", show_default=False)
]


def rule(
    profile: Profile = None,
    counts: CountsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_list: Annotated[bool, typer.Option("--list", help="List the rules there are.")] = False,
    language: Annotated[str, typer.Option("--language", help="Of the sentences: en or zh.")] = "en",
) -> None:
    """Apply a decision rule to counts, and show every step."""
    if language not in ("en", "zh"):
        console.fail(f"--language: expected en or zh; got {language!r}")
    if as_list:
        _list(language, as_json)
        return
    if profile is None or counts is None:
        console.fail("expected a rule and a file of counts, or --list", 2)
    chosen = _rule(profile)
    document = _document(counts)
    try:
        found = rules.evaluation_to_json(rules.evaluate(chosen, document))
    except Invalid as error:
        console.fail(f"{counts}: {_told(error)}")
    if as_json:
        console.say(json_text.dump(found))
    else:
        _present(chosen, found, language)


def _list(language: str, as_json: bool) -> None:
    found = rules.catalogue().values()
    if as_json:
        console.say(json_text.dump([dict(rule.document) for rule in found]))
        return
    table = console.table(f"{len(found)} rules", "id", "title", "certainty", "clause")
    for one in found:
        console.row(table, one.id, one.title[language], one.certainty.replace("_", " "), one.clause[language])
    console.show(table)


def _rule(profile: str) -> rules.Rule:
    known = rules.catalogue()
    if profile in known:
        return known[profile]
    path = Path(profile)
    if profile.endswith(".json") and path.is_file():
        try:
            return rules.read(_document(path), known.get)
        except Invalid as error:
            return console.fail(f"{path}: {_told(error)}")
    near = get_close_matches(profile, known, n=1)
    return console.fail(f"no rule {profile!r}; " + (f"did you mean {near[0]}?" if near else "see `yishi rule --list`"))


def _document(file: Path) -> Any:
    """The parsed JSON of a file; a number with a point is exact."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return json_text.parse("counts", content.decode("utf-8-sig"), Decimal)
    except OSError as error:
        console.fail(f"{file}: {error.strerror}")
    except IllegalFile as error:
        console.fail(f"{file}: {error}")
    except UnicodeDecodeError as error:
        console.fail(f"{file}: byte {error.start} is not UTF-8")


def _told(error: Invalid) -> str:
    """Every fault with its place, one a line."""
    lines = []
    for fault in error.faults:
        said = phrase(fault.code, "en", fault.facts)
        lines.append(f"{fault.pointer or '/'}: {said.detail} {said.fix}".rstrip())
    return "\n".join(lines)


def _present(chosen: rules.Rule, found: dict[str, Any], language: str) -> None:
    console.say(f"{chosen.title[language]} ({chosen.id}, version {chosen.version})")
    console.say(f"{chosen.clause[language]} ({chosen.certainty.replace('_', ' ')})")
    console.say()
    table = console.table("", "test", "basis", "figures", "asked", "result", numbers=(2, 3))
    for test in found["tests"]:
        figures = f"{test['have_value']} of {test['of_value']}"
        basis = "heads" if test["basis"] == "count" else test["basis"]
        console.row(table, test["kind"], basis, figures, f"{test['op']} {test['fraction']}", _word(test["result"]))
    if found["tests"]:
        console.show(table)
        console.say()
    for text in _sentences(found):
        console.say(text[language])
    for number in found.get("rounds", ()):
        names = ", ".join(number["elected"]) or "nobody"
        console.say(f"Round {number['round']}, elected: {names}")
        if "next_round" in number:
            following = number["next_round"]
            console.say(f"Next round, seats {following['seats']}: {', '.join(following['candidates'])}")
    _verdict(found)


def _word(met: bool) -> str:
    return "met" if met else "not met"


def _sentences(found: dict[str, Any]) -> list[dict[str, str]]:
    """Every sentence of an evaluation, in the order of reading."""
    parts = [
        *found.get("weights", ()),
        *found.get("silence", ()),
        *found.get("folds", ()),
        *found.get("petition", ()),
        *found["tests"],
    ]
    parts += [test for number in found.get("rounds", ()) for one in number["candidates"] for test in one["tests"]]
    parts += [*found.get("objection", ()), *found.get("proxies", ())]
    if "min_participants" in found:
        parts.append(found["min_participants"])
    if "fallback" in found:
        parts += found["fallback"]["when"]
    return [part["text"] for part in parts]


def _verdict(found: dict[str, Any]) -> None:
    console.say()
    if found["folded"] is not None:
        console.say(f"Strictly: {'passed' if found['strict'] else 'not passed'}")
        console.say(f"Folded: {'passed' if found['folded'] else 'not passed'}")
    fallback = found.get("fallback")
    if fallback and fallback["open"]:
        console.say(f"Open: {fallback['needs'].replace('_', ' ')} under {fallback['then']}")
    if found["pending"]:
        console.say(f"Not counted yet: {', '.join(found['pending'])}")
    console.say(f"Result: {found['outcome']}")
