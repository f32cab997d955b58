"""One test: both numbers, the comparison, and the sentence by which anyone recomputes it by hand."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voting.core.rules.counts import Amounts
from voting.core.rules.form import Figure, Test, Words
from voting.core.rules.numbers import Amount
from voting.core.rules.sentences import of_test

COMPARE: Mapping[str, Callable[[Amount, Amount], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Tested:
    """A test with what it found. `who` names the candidate where the test is about one."""

    test: Test
    have: Amount
    of: Amount
    result: bool
    who: str | None = None

    @property
    def text(self) -> Words:
        """The sentence in `zh` and `en`."""
        return of_test(self.test, self.have, self.of, self.result, self.who)


@dataclass(frozen=True, slots=True)
class Sums:
    """Votes by state, the roll, and which states take part."""

    roll: Amounts
    votes: Mapping[str, Amounts]
    participating: tuple[str, ...]

    def value(self, figure: Figure, basis: str) -> Amount:
        """A figure on a basis."""
        if figure == ("roll",):
            return self.roll[basis]
        states = self.participating if figure == ("participating",) else figure
        return sum(self.votes[state][basis] for state in states)


def holds(test: Test, have: Amount, of: Amount) -> bool:
    """Whether the test is met. A share of nothing meets no test: where nobody voted, nothing was decided."""
    return of > 0 and COMPARE[test.op](have * test.fraction.denominator, of * test.fraction.numerator)


def run(test: Test, sums: Sums, have: Amount | None = None, who: str | None = None) -> Tested:
    """Try a test; `have` stands in for the figure where it is one candidate's votes."""
    found = sums.value(test.have, test.basis) if have is None else have
    of = sums.value(test.of, test.basis)
    return Tested(test, found, of, holds(test, found, of), who)
