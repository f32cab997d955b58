"""Whether homogeneous linear inequalities can hold together, exactly, and if so by which whole numbers.

Source: Fourier–Motzkin elimination over the rationals. An inequality is `c · x ≥ 0` or `c · x > 0`; a system has a solution in
rationals exactly if it has one in whole numbers, for it may be scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm


@dataclass(frozen=True, slots=True)
class Inequality:
    """`c · x ≥ 0`, or `> 0` where it is strict. Coefficients are whole and have no common factor."""

    coefficients: tuple[int, ...]
    strict: bool


def inequality(coefficients: Sequence[int], strict: bool) -> Inequality:
    """The inequality with its coefficients as small as they go."""
    common = gcd(*coefficients) or 1
    return Inequality(tuple(one // common for one in coefficients), strict)


def solve(system: Sequence[Inequality], variables: int) -> tuple[int, ...] | None:
    """Whole numbers that meet every inequality, or nothing where there are none."""
    stages = [_lean(system)]
    for place in reversed(range(variables)):
        stages.append(_eliminate(stages[-1], place))
        if any(not any(one.coefficients) and one.strict for one in stages[-1]):
            return None
    values: list[Fraction] = []
    for place in range(variables):
        values.append(_choose(stages[variables - place - 1], values, place))
    scale = lcm(*(value.denominator for value in values))
    return tuple(int(value * scale) for value in values)


def _lean(system: Sequence[Inequality]) -> tuple[Inequality, ...]:
    """Without repetitions; of two that differ in strictness alone, the strict one."""
    strict: dict[tuple[int, ...], bool] = {}
    for one in system:
        strict[one.coefficients] = strict.get(one.coefficients, False) or one.strict
    return tuple(
        Inequality(coefficients, is_strict)
        for coefficients, is_strict in strict.items()
        if is_strict or any(coefficients)
    )


def _eliminate(system: Sequence[Inequality], place: int) -> tuple[Inequality, ...]:
    """The same system without the variable at `place`: every lower bound lies below every upper bound."""
    below = [one for one in system if one.coefficients[place] > 0]
    above = [one for one in system if one.coefficients[place] < 0]
    kept = [one for one in system if one.coefficients[place] == 0]
    for low in below:
        for high in above:
            a, b = low.coefficients[place], -high.coefficients[place]
            mixed = [b * x + a * y for x, y in zip(low.coefficients, high.coefficients, strict=True)]
            kept.append(inequality(mixed, low.strict or high.strict))
    return _lean(kept)


def _choose(system: Sequence[Inequality], values: Sequence[Fraction], place: int) -> Fraction:
    """A value for the variable at `place`, given those before it: the simplest that its bounds leave."""
    low, low_strict = Fraction(0), False
    high: Fraction | None = None
    high_strict = False
    for one in system:
        factor = one.coefficients[place]
        if factor == 0:
            continue
        rest = sum((c * value for c, value in zip(one.coefficients, values, strict=False)), Fraction(0))
        bound = -rest / factor
        if factor > 0 and (bound > low or (bound == low and one.strict)):
            low, low_strict = bound, one.strict
        elif factor < 0 and (high is None or bound < high or (bound == high and one.strict)):
            high, high_strict = bound, one.strict
    return _simplest(low, low_strict, high, high_strict)


def _simplest(low: Fraction, low_strict: bool, high: Fraction | None, high_strict: bool) -> Fraction:
    """The number with the smallest denominator between two bounds."""
    denominator = 1
    while True:
        numerator = -((-low.numerator * denominator) // low.denominator)
        found = Fraction(numerator, denominator)
        if found == low and low_strict:
            found = Fraction(numerator + 1, denominator)
        if high is None or found < high or (found == high and not high_strict):
            return found
        denominator += 1
