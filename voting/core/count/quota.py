"""Quotas: how many votes elect. Votes and seats in, exact amount out; places are decimal places."""

from __future__ import annotations

from fractions import Fraction

from voting.core.count.numbers import Amount, whole


def droop_integer(votes: Amount, seats: int) -> int:
    """Whole Droop quota: floor(votes / (seats + 1)) + 1."""
    return int(Fraction(votes) / (seats + 1)) + 1


def droop_fractional(votes: Amount, seats: int, places: int) -> Amount:
    """Droop quota to `places`: votes / (seats + 1), cut there, plus one unit of the last place."""
    unit = Fraction(1, 10**places)
    return whole((Fraction(votes) / (seats + 1) / unit).__floor__() * unit + unit)


def hare_ceil(votes: Amount, seats: int, places: int = 0) -> Amount:
    """Hare quota rounded up to `places`: votes / seats."""
    unit = Fraction(1, 10**places)
    return whole((Fraction(votes) / seats / unit).__ceil__() * unit)


def hare(votes: Amount, seats: int) -> Amount:
    """Exact Hare quota: votes / seats."""
    return whole(Fraction(votes) / seats)


def hagenbach_bischoff(votes: Amount, seats: int) -> Amount:
    """Exact Hagenbach-Bischoff quota: votes / (seats + 1)."""
    return whole(Fraction(votes) / (seats + 1))


def imperiali(votes: Amount, seats: int) -> Amount:
    """Exact Imperiali quota: votes / (seats + 2)."""
    return whole(Fraction(votes) / (seats + 2))


def percentage(votes: Amount, threshold: str) -> Amount:
    """`percent_of_active:N` of the votes, exact."""
    return whole(Fraction(votes) * Fraction(threshold.partition(":")[2]) / 100)
