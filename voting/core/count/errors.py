"""What a count refuses, and with which facts.

CountError
├── UnknownMethod   no such method; carries the methods there are
├── UnknownRule     the method has no rule member of that name; carries the members it has
├── IllegalRule     the member cannot have that value; carries the legal values
├── IllegalPoll     options, seats or ballots that do not fit together
│   └── UnknownOption   a rule names an option that does not stand; carries where
├── IllegalBallot   one ranking that cannot be read
├── IllegalCase     a case file of the wrong form; carries where
├── IllegalFile     a file of another format that cannot be read; carries line and column
├── Inexpressible   ballots that a format has no way to write; carries the format
├── Unpackable      ballots that the packed box cannot hold; carries what it holds
└── TooLarge        more than the method counts in reasonable time; carries the limit
"""

from __future__ import annotations


class CountError(ValueError):
    """Base of all refusals of a count. The message says what was expected and what came."""


class UnknownMethod(CountError):
    """No method has this name."""

    def __init__(self, method: str, legal: tuple[str, ...]) -> None:
        super().__init__(f"method: expected one of {', '.join(legal)}; got {method!r}")
        self.method = method
        self.legal = legal


class UnknownRule(CountError):
    """The method has no rule member of this name."""

    def __init__(self, method: str, member: str, legal: tuple[str, ...]) -> None:
        super().__init__(f"{method} has no rule {member!r}; it has {', '.join(legal)}")
        self.method = method
        self.member = member
        self.legal = legal


class IllegalRule(CountError):
    """The rule member exists, but not with this value. `at` are the steps from the member's value to what is wrong in it."""

    def __init__(
        self, method: str, member: str, value: object, legal: tuple[str, ...], at: tuple[str | int, ...] = ()
    ) -> None:
        where = "/".join((member, *map(str, at)))
        super().__init__(f"{method}: {where} expected {' or '.join(legal)}; got {value!r}")
        self.method = method
        self.member = member
        self.value = value
        self.legal = legal
        self.at = at


class IllegalPart(ValueError):
    """A part of a rule value is wrong. It is read by `rules.read`, which knows method and member."""

    def __init__(self, at: tuple[str | int, ...], value: object, legal: tuple[str, ...]) -> None:
        super().__init__(value)
        self.at = at
        self.value = value
        self.legal = legal


class IllegalPoll(CountError):
    """Options, seats and rules that do not fit together: no options, a name twice, an order that names a stranger."""


class UnknownOption(IllegalPoll):
    """A rule member names an option that does not stand. `at` are the steps from the member's value to the name."""

    def __init__(self, member: str, at: tuple[str | int, ...], option: str) -> None:
        where = "/".join((member, *map(str, at)))
        super().__init__(f"{where}: expected options of this contest; got {option!r}")
        self.member = member
        self.at = at
        self.option = option


class IllegalBallot(CountError):
    """One ranking that cannot be read: an option nobody stands under, a count below zero."""

    def __init__(self, ranking: object, reason: str) -> None:
        super().__init__(f"ballot {ranking!r}: {reason}")
        self.ranking = ranking
        self.reason = reason


class IllegalCase(CountError):
    """A case file that has not the form of a case."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class IllegalFile(CountError):
    """A file that cannot be read; nothing of it is taken. Lines and columns begin with 1."""

    def __init__(self, form: str, line: int, column: int, reason: str) -> None:
        super().__init__(f"{form}, line {line}, column {column}: {reason}")
        self.form = form
        self.line = line
        self.column = column
        self.reason = reason


class Inexpressible(CountError):
    """Ballots that a format has no way to write."""

    def __init__(self, form: str, reason: str) -> None:
        super().__init__(f"{form} cannot hold {reason}")
        self.form = form
        self.reason = reason


class Unpackable(CountError):
    """Ballots that no key can hold; carries what was found instead of what fits."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(f"packed ballots: expected {expected}; got {found!r}")
        self.expected = expected
        self.found = found


class TooLarge(CountError):
    """The poll is larger than this method finishes in reasonable time and memory."""

    def __init__(self, method: str, what: str, size: int, limit: int) -> None:
        super().__init__(f"{method} counts at most {limit} {what}; got {size}")
        self.method = method
        self.what = what
        self.size = size
        self.limit = limit
