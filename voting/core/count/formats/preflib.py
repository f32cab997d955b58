"""PrefLib orders: `.soc`, `.soi` (strict, complete or not) and `.toc`, `.toi` (with ties, complete or not).

Source: PrefLib, "File formats". The head is lines `# KEY: value`; an order is `number: 1,2,{3,4}` by the numbers of the
alternatives. The head's counts must agree with the orders.
"""

from __future__ import annotations

import re
from typing import Literal

from voting.core.count.ballots import Ranking
from voting.core.count.errors import IllegalFile, Inexpressible
from voting.core.count.formats.ballot_file import BallotFile, plain_ballots, refuse_repeated, refuse_unknown_marks

FORM = "PrefLib"
MOST_DIGITS = 15

Kind = Literal["soc", "soi", "toc", "toi"]
KINDS: tuple[Kind, ...] = ("soc", "soi", "toc", "toi")

_HEAD = re.compile(r"#\s*(?P<key>[A-Z][A-Z ]*?)(?:\s+(?P<number>\d{1,9}))?\s*:(?P<value>.*)")
_PART = re.compile(r"\s*(?:(?P<single>\d{1,9})|\{(?P<tied>[\d\s,]*)\})\s*")


def read(text: str) -> BallotFile:
    """Read a whole file of any of the four kinds. Raises `IllegalFile` with line and column."""
    reader = _Reader()
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line.startswith("#"):
            reader.head(number, line)
        elif line.strip():
            reader.order(number, line)
    return reader.file()


def write(file: BallotFile, kind: Kind | None = None) -> str:
    """Write a file of a kind, or of the narrowest that fits.

    Raises `Inexpressible` for blank ballots, skipped ranks, repeated or unknown marks, and orders the kind cannot hold.
    """
    ballots = {ranking: count for ranking, count in plain_ballots(file).items() if count}
    refuse_unknown_marks(FORM, ballots)
    refuse_repeated(FORM, ballots)
    if any(not ranking or not all(ranking) for ranking in ballots):
        raise Inexpressible(FORM, "a blank ballot or a skipped rank")
    fits = narrowest(file.options, ballots)
    kind = kind or fits
    if (fits[0], kind[0]) == ("t", "s") or (fits[2], kind[2]) == ("i", "c"):
        raise Inexpressible(FORM, f"orders of kind {fits} in a file of kind {kind}")
    head = {
        "FILE NAME": "",
        "TITLE": _line(file.title),
        "DESCRIPTION": "",
        "DATA TYPE": kind,
        "MODIFICATION TYPE": "original",
        "RELATES TO": "",
        "RELATED FILES": "",
        "PUBLICATION DATE": "",
        "MODIFICATION DATE": "",
        "NUMBER ALTERNATIVES": str(len(file.options)),
        "NUMBER VOTERS": str(sum(ballots.values())),
        "NUMBER UNIQUE ORDERS": str(len(ballots)),
        **{f"ALTERNATIVE NAME {place}": _line(option) for place, option in enumerate(file.options, start=1)},
    }
    number = {option: str(place) for place, option in enumerate(file.options, start=1)}
    lines = [f"# {key}: {value}".rstrip() for key, value in head.items()]
    for ranking, count in sorted(ballots.items(), key=lambda item: -item[1]):
        ranks = [number[rank[0]] if len(rank) == 1 else f"{{{','.join(number[o] for o in rank)}}}" for rank in ranking]
        lines.append(f"{count}: {','.join(ranks)}")
    return "\n".join(lines) + "\n"


def narrowest(options: tuple[str, ...], ballots: dict[Ranking, int]) -> Kind:
    """The kind that says most of the orders."""
    tied = any(len(rank) > 1 for ranking in ballots for rank in ranking)
    complete = all(sum(map(len, ranking)) == len(options) for ranking in ballots)
    if tied:
        return "toc" if complete else "toi"
    return "soc" if complete else "soi"


def _line(text: str) -> str:
    """A text that stands on one line, without space at its ends."""
    if not text.isprintable() or text != text.strip():
        raise Inexpressible(FORM, f"a name with a line break or space at its ends: {text!r}")
    return text


class _Reader:
    """Takes the lines one by one."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.values: dict[str, tuple[str, int, int]] = {}
        self.orders: dict[tuple[tuple[int, ...], ...], int] = {}
        self.places: dict[tuple[tuple[int, ...], ...], int] = {}
        self.lines = 0

    def head(self, number: int, line: str) -> None:
        """One line of the head. Comments of another form are passed over."""
        self.lines = number
        found = _HEAD.fullmatch(line)
        if found is None:
            return
        key, value = found["key"].strip(), found["value"].strip()
        column = found.start("value") + 1 + (len(found["value"]) - len(found["value"].lstrip()))
        if key == "ALTERNATIVE NAME" and found["number"]:
            place = int(found["number"])
            if place in self.names or value in self.names.values() or not value:
                raise IllegalFile(FORM, number, column, f"expected a new name for alternative {place}; got {value!r}")
            self.names[place] = value
            return
        if key in self.values:
            raise IllegalFile(FORM, number, 1, f"{key} stands twice")
        self.values[key] = (value, number, column)

    def order(self, number: int, line: str) -> None:
        """One order."""
        self.lines = number
        count, colon, rest = line.partition(":")
        digits = count.strip()
        if not colon or not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS) or int(digits) < 1:
            raise IllegalFile(FORM, number, 1, f"expected a number of voters and a colon; got {line!r}")
        order = self.ranks(number, rest, len(count) + 1)
        if order in self.orders:
            raise IllegalFile(FORM, number, 1, f"the order of line {self.places[order]} stands here again")
        self.orders[order] = int(digits)
        self.places[order] = number

    def ranks(self, number: int, text: str, before: int) -> tuple[tuple[int, ...], ...]:
        """The ranks of an order."""
        order: list[tuple[int, ...]] = []
        seen: set[int] = set()
        at = 0
        while True:
            part = _PART.match(text, at)
            if part is None:
                raise IllegalFile(
                    FORM, number, before + at + 1, f"expected an alternative or a group; got {text[at:]!r}"
                )
            inside = part["single"] or part["tied"]
            rank = tuple(int(digits) for digits in re.findall(r"\d+", inside))
            fault = next((place for place in rank if place not in self.names), None)
            if fault is not None or not rank:
                raise IllegalFile(FORM, number, before + at + 1, f"expected a named alternative; got {inside!r}")
            if len(set(rank)) < len(rank) or not seen.isdisjoint(rank):
                raise IllegalFile(FORM, number, before + at + 1, f"an alternative stands twice: {inside!r}")
            seen.update(rank)
            order.append(rank)
            at = part.end()
            if at == len(text):
                return tuple(order)
            if text[at] != ",":
                raise IllegalFile(FORM, number, before + at + 1, f"expected a comma; got {text[at]!r}")
            at += 1

    def file(self) -> BallotFile:
        """All that was read, if head and orders agree."""
        if not self.names or sorted(self.names) != list(range(1, len(self.names) + 1)):
            raise IllegalFile(
                FORM, self.lines or 1, 1, f"expected names for alternatives 1 to n; got {sorted(self.names)}"
            )
        self.agree("NUMBER ALTERNATIVES", len(self.names))
        self.agree("NUMBER VOTERS", sum(self.orders.values()))
        self.agree("NUMBER UNIQUE ORDERS", len(self.orders))
        names = tuple(self.names[place] for place in sorted(self.names))
        ballots = {tuple(tuple(self.names[p] for p in rank) for rank in order): n for order, n in self.orders.items()}
        self.kind(narrowest(names, ballots))
        return BallotFile(names, ballots, title=self.values.get("TITLE", ("", 1, 1))[0])

    def agree(self, key: str, found: int) -> None:
        """A count of the head, if given, must be what was found."""
        value, line, column = self.values.get(key, (str(found), 1, 1))
        if value != str(found):
            raise IllegalFile(FORM, line, column, f"{key} says {value}; the file has {found}")

    def kind(self, fits: Kind) -> None:
        """The kind of the head, if given, must hold the orders."""
        kind, line, column = self.values.get("DATA TYPE", (fits, 1, 1))
        if kind not in KINDS:
            raise IllegalFile(FORM, line, column, f"expected one of {', '.join(KINDS)}; got {kind!r}")
        if (fits[0], kind[0]) == ("t", "s") or (fits[2], kind[2]) == ("i", "c"):
            raise IllegalFile(FORM, line, column, f"DATA TYPE says {kind}; the orders are {fits}")
