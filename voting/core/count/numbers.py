"""Amounts of votes: whole ballots as `int`, shares as `Fraction`; never floats. Written as integers or decimal strings."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

Amount = int | Fraction
WRITTEN_PLACES = 20


def whole(amount: Amount) -> Amount:
    """The same amount, as `int` if it has no fraction."""
    return int(amount) if amount.denominator == 1 else amount


def units(value: int, places: int) -> Amount:
    """The amount of `value` units of 10^-places."""
    return whole(Fraction(value, 10**places))


def terminates(amount: Amount) -> bool:
    """Whether the amount has a finite decimal expansion: only 2 and 5 divide its denominator."""
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def written(amount: Amount) -> int | str:
    """The amount as JSON carries it: an integer, else a decimal string; endless decimals are cut after 20 places."""
    if amount.denominator == 1:
        return int(amount)
    places = _places(amount.denominator) if terminates(amount) else WRITTEN_PLACES
    scaled = abs(amount.numerator) * 10**places // amount.denominator
    digits = str(scaled).rjust(places + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def amount(text: int | str | float | Decimal) -> Amount:
    """Read an amount back: an integer, a decimal string, or a float of somebody else's file, taken as printed."""
    return whole(Fraction(str(text)))


def _places(denominator: int) -> int:
    """How many decimal places 1/denominator takes; the denominator has no prime but 2 and 5."""
    places = 0
    while 10**places % denominator:
        places += 1
    return places
