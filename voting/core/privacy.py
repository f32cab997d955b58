"""How much a published box would tell about persons: the share of rankings that are expected to be unique.

A ballot whose ranking nobody else chose can be recognised by whoever knows or guesses part of it, and can be bought: the
buyer names a ranking that is sure to be unique (the pattern attack; the term is of the auditing literature). Before the
opening nobody knows how people will vote, so the expectation is that of the plainest model, which is stated with the
figure: every elector casts, and chooses each of the R legal ballots with the same probability, independently. One ballot
is then unique with probability ((R − 1) / R)^(n − 1) among n. Real voters crowd on few rankings, which makes fewer unique
where R is large beside n; where n is much larger than R the model says so little that rare rankings decide.

Figures are exact: shares are Fractions, rounded up to a millionth.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb, perm

from voting.core.ballot import Form

ELECTORS_FOR_FULL = 100
"""Fewer electors than this, and ballots are published as patterns without slots, unless the draft says otherwise."""
UNIQUE_SHARE = Fraction(1, 20)
"""So are they when more than this share of rankings is expected to be unique."""
SUB_GROUP = 10
"""No figure is published alone for fewer ballots of a sub-group."""

_BITS = 192
_MILLION = 1_000_000
_ENOUGH_OPTIONS = 30
"""More options make more ballots; with equal ranks this many already make more than there are people."""


def legal_ballots(form: Form) -> int:
    """R: how many different legal ballots the form has, the blank one among them."""
    options = len(form.places)
    if form.best is not None:
        return int((form.best + 2) ** options)
    if form.as_marked:
        # Each rank bears any set of marks, or an overvote nobody can name.
        return sum((2**options + 1) ** used for used in range(form.ranks + 1))
    if form.ranks == 1:
        return sum(comb(options, marks) for marks in range(form.marks + 1))
    if form.marks == 1:
        return sum(perm(options, used) for used in range(form.ranks + 1))
    options = min(options, _ENOUGH_OPTIONS)
    return sum(_equal_ranks(used, options, form.marks) for used in range(min(form.ranks, options) + 1))


@cache
def _equal_ranks(ranks: int, options: int, marks: int) -> int:
    """Ballots with exactly so many ranks, each of one to `marks` options of those left."""
    if ranks == 0:
        return 1
    most = min(marks, options)
    return sum(comb(options, here) * _equal_ranks(ranks - 1, options - here, marks) for here in range(1, most + 1))


def expected_unique(electors: int, ballots: int) -> Fraction:
    """The share of unique ballots that the model expects, rounded up to a millionth. Raises ValueError for no ballots.

    The power is taken in whole numbers of 192 binary places, each product rounded up, so that the figure is never too small.
    """
    if ballots < 1:
        raise ValueError("expected at least one legal ballot")
    if electors < 1:
        return Fraction(0)
    share = _power(_up((ballots - 1) << _BITS, ballots), electors - 1)
    return Fraction(_up(share * _MILLION, 1 << _BITS), _MILLION)


def settled(mode: str, electors: int, form: Form) -> str:
    """The publish mode of a contest that opens: `by_size` becomes `full`, or `patterns` where a box would tell too much."""
    if mode != "by_size":
        return mode
    few = electors < ELECTORS_FOR_FULL
    return "patterns" if few or expected_unique(electors, legal_ballots(form)) > UNIQUE_SHARE else "full"


def _power(base: int, exponent: int) -> int:
    found = 1 << _BITS
    while exponent:
        if exponent & 1:
            found = _up(found * base, 1 << _BITS)
        base, exponent = _up(base * base, 1 << _BITS), exponent >> 1
    return found


def _up(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)
