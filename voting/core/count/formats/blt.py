"""BLT, the ballot file of Hill, Wichmann and Woodall, with the extensions of OpenSTV.

Source: "Algorithm 123: Single transferable vote by Meek's method"; OpenSTV: `=` for an equal rank, `-` for a skipped
rank, `#` to the end of the line, a ballot id in parentheses (read and dropped). Names are quoted; a quote or backslash
within is written after a backslash. A name without quotes is its whole line,
as election offices publish them; where there are fewer lines than names, it is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voting.core.count.ballots import Rank, Ranking
from voting.core.count.errors import IllegalFile, Inexpressible
from voting.core.count.formats.ballot_file import BallotFile, plain_ballots, refuse_unknown_marks

FORM = "BLT"
MOST_DIGITS = 15

_TOKEN = re.compile(
    r'(?P<space>\s+|#[^\n]*)|(?P<text>"(?:[^"\\\n]|\\["\\])*")|(?P<id>\([^()\n]*\))|(?P<word>[^\s"#()]+)'
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or quoted text, and where it begins."""

    kind: str
    text: str
    line: int
    column: int


def read(text: str) -> BallotFile:
    """Read a whole file. Raises `IllegalFile` with line and column; nothing is taken from a file with a fault."""
    return _Reader(text).file()


def write(file: BallotFile) -> str:
    """Write a file. Raises `Inexpressible` for unknown marks, a line break in a name, or a file without seats."""
    if file.seats is None:
        raise Inexpressible(FORM, "ballots without a number of seats")
    ballots = plain_ballots(file)
    refuse_unknown_marks(FORM, ballots)
    number = {option: str(place) for place, option in enumerate(file.options, start=1)}
    lines = [f"{len(file.options)} {file.seats}"]
    if file.withdrawn:
        lines.append(" ".join(f"-{number[option]}" for option in file.withdrawn))
    for ranking, count in ballots.items():
        if not count:
            continue
        ranks = ["=".join(number[option] for option in rank) or "-" for rank in ranking]
        lines.append(" ".join((str(count), *ranks, "0")))
    lines.append("0")
    lines += [_quoted(option) for option in file.options]
    lines.append(_quoted(file.title))
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    """A name as the file holds it."""
    if not name.isprintable():
        raise Inexpressible(FORM, f"a name with a character that is not printed: {name!r}")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Reader:
    """Takes the tokens one by one."""

    def __init__(self, text: str) -> None:
        self.last = (1, 1)
        self.lines = text.split("\n")
        self.by_line = False
        self.tokens = list(self.scan(text))
        self.place = 0

    def scan(self, text: str) -> Iterator[_Token]:
        """All tokens of the text."""
        at, line, start = 0, 1, 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise IllegalFile(
                    FORM, line, at - start + 1, f"unexpected {text[at]!r}: a quote or bracket without its end"
                )
            if found.lastgroup != "space":
                yield _Token(str(found.lastgroup), found.group(), line, at - start + 1)
            breaks = found.group().count("\n")
            if breaks:
                line, start = line + breaks, at + found.group().rindex("\n") + 1
            at = found.end()
        self.last = (line, at - start + 1)

    def take(self, wanted: str) -> _Token:
        """The next token; a fault at the end of the file if there is none."""
        if self.place >= len(self.tokens):
            raise IllegalFile(FORM, *self.last, f"expected {wanted}; the file ends")
        self.place += 1
        return self.tokens[self.place - 1]

    def peek(self) -> _Token | None:
        """The next token, left where it is."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def file(self) -> BallotFile:
        """Head, withdrawn options, ballots, names, title."""
        size = self.whole(self.take("the number of options"), "the number of options", 1)
        seats = self.whole(self.take("the number of seats"), "the number of seats", 0)
        withdrawn = self.withdrawn(size)
        rankings = self.rankings(size)
        names = self.names(size)
        title = self.title()
        ballots: dict[Ranking, int] = {}
        for ranking, count in rankings:
            named = tuple(tuple(names[place - 1] for place in rank) for rank in ranking)
            ballots[named] = ballots.get(named, 0) + count
        return BallotFile(names, ballots, seats, tuple(names[place - 1] for place in withdrawn), title)

    def whole(self, token: _Token, wanted: str, least: int) -> int:
        """A whole number of at least `least`."""
        digits = token.text
        if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS) or int(digits) < least:
            raise self.fault(token, f"expected {wanted}, a whole number of at least {least}; got {digits}")
        return int(digits)

    def option(self, token: _Token, digits: str, size: int) -> int:
        """The number of an option."""
        if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS) or not 1 <= int(digits) <= size:
            raise self.fault(token, f"expected an option from 1 to {size}; got {digits}")
        return int(digits)

    def withdrawn(self, size: int) -> tuple[int, ...]:
        """The options written with a minus before the ballots."""
        found: list[int] = []
        while (token := self.peek()) is not None and token.text.startswith("-") and token.text != "-":
            self.place += 1
            option = self.option(token, token.text[1:], size)
            if option in found:
                raise self.fault(token, f"option {option} is withdrawn twice")
            found.append(option)
        return tuple(found)

    def rankings(self, size: int) -> list[tuple[tuple[tuple[int, ...], ...], int]]:
        """All ballots up to the 0 that ends them."""
        found: list[tuple[tuple[tuple[int, ...], ...], int]] = []
        while True:
            token = self.take("a number of ballots, or 0 after the last")
            if token.kind == "id":
                token = self.take("a number of ballots")
            count = self.whole(token, "a number of ballots", 0)
            if count == 0:
                return found
            found.append((self.ranking(size), count))

    def ranking(self, size: int) -> tuple[tuple[int, ...], ...]:
        """One ranking up to its 0."""
        ranks: list[tuple[int, ...]] = []
        while (token := self.take("an option, or 0 at the end of the ranking")).text != "0":
            if token.text == "-":
                ranks.append(())
                continue
            rank = tuple(self.option(token, part, size) for part in token.text.split("="))
            if len(set(rank)) < len(rank):
                raise self.fault(token, f"an option stands twice at one rank: {token.text}")
            ranks.append(rank)
        return tuple(ranks)

    def names(self, size: int) -> Rank:
        """The names of the options."""
        found: list[str] = []
        self.by_line = len({token.line for token in self.tokens[self.place :]}) >= size
        for number in range(1, size + 1):
            token = self.take(f"the name of option {number}")
            name = self.named(token)
            if name in found:
                raise self.fault(token, f"two options have the name {name!r}")
            if not name:
                raise self.fault(token, f"expected the name of option {number}; got an empty one")
            found.append(name)
        return tuple(found)

    def named(self, token: _Token) -> str:
        """What a token names: the quoted text, else the rest of its line, else the word."""
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if not self.by_line:
            return token.text
        while (following := self.peek()) is not None and following.line == token.line:
            self.place += 1
        return self.lines[token.line - 1][token.column - 1 :].partition("#")[0].strip()

    def title(self) -> str:
        """The title, if there is one; source and comment may follow and are dropped."""
        first = self.peek()
        if first is None:
            return ""
        if first.kind == "word":
            return self.named(self.take("the title"))
        texts = self.tokens[self.place :]
        for token in texts[3:] or [token for token in texts if token.kind == "id"]:
            raise self.fault(token, f"expected the end of the file; got {token.text}")
        return self.named(texts[0])

    @staticmethod
    def fault(token: _Token, reason: str) -> IllegalFile:
        """A fault at a token."""
        return IllegalFile(FORM, token.line, token.column, reason)
