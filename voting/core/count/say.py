"""Sentences in Chinese and English from data: templates by key, exact figures, lists and plurals.

A template names its facts in braces. `{votes}` is the figure alone; `{votes:vote is|votes are}` adds the word that fits
the number, which only English needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from voting.core.count.numbers import Amount, terminates, written
from voting.core.count.sentences import CLAUSES, JOINTS, SENTENCES

Locale = Literal["zh", "en"]
SHORT = 10_000
"""The largest denominator that is written out as a fraction; beyond it the decimals are shown, cut, with an ellipsis."""

CUT = 6


def locale_of(tag: str) -> Locale:
    """The language of a tag such as `zh-CN` or `en-GB`. Raises `ValueError` for any other."""
    language = tag.partition("-")[0].lower()
    if language == "zh":
        return "zh"
    if language == "en":
        return "en"
    raise ValueError(f"locale: expected zh or en; got {tag!r}")


def figure(amount: Amount) -> str:
    """The number exactly: an integer, a decimal, a mixed fraction, else its first six decimals and an ellipsis."""
    if terminates(amount) and len(str(written(amount)).partition(".")[2]) <= 2 * CUT:
        return str(written(amount))
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount.numerator), amount.denominator)
    if amount.denominator <= SHORT:
        return f"{sign}{whole} {rest}/{amount.denominator}" if whole else f"{sign}{rest}/{amount.denominator}"
    return f"{sign}{whole}.{rest * 10**CUT // amount.denominator:0{CUT}}…"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a template; a format `one|more` adds the word that fits."""

    amount: Amount

    def __str__(self) -> str:
        return figure(self.amount)

    def __format__(self, words: str) -> str:
        one, bar, more = words.partition("|")
        return f"{self} {one if self.amount == 1 else more}" if bar else str(self)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says facts in one language. `labels` are the names of options; an option without one is named by its id."""

    locale: Locale
    labels: Mapping[str, str] = field(default_factory=dict)

    def name(self, option: str) -> str:
        """What an option is called."""
        return self.labels.get(option, option)

    @property
    def comma(self) -> str:
        """What stands between the items of a list."""
        return JOINTS[self.locale][0]

    def names(self, options: Iterable[str]) -> str:
        """Several options, in the order given."""
        return self.joined([self.name(option) for option in options])

    def joined(self, parts: list[str]) -> str:
        """A list in words: "a, b and c"."""
        return _joined(parts, JOINTS[self.locale])

    def clauses(self, parts: list[str]) -> str:
        """A list of clauses, which are longer than names."""
        return _joined(parts, CLAUSES[self.locale])

    def in_order(self, options: Iterable[str]) -> str:
        """Options in a strict order, without a word before the last."""
        return self.comma.join(self.name(option) for option in options)

    def say(self, key: str, **facts: Amount | str) -> str:
        """The sentence of a key with its facts; a number becomes a `Figure`."""
        filled = {name: fact if isinstance(fact, str) else Figure(fact) for name, fact in facts.items()}
        return SENTENCES[key][self.locale == "en"].format_map(filled)

    def listed(self, key: str, pairs: Iterable[tuple[str, Amount]]) -> str:
        """A list of options with a number each, every item by the template of `key`."""
        return self.comma.join(self.say(key, option=self.name(option), votes=votes) for option, votes in pairs)


def _joined(parts: list[str], joint: tuple[str, str]) -> str:
    """Parts with one text between them and another before the last."""
    between, last = joint
    return last.join((between.join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)
