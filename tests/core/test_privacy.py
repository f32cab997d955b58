"""How many rankings are expected to be unique: the model's figure, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from voting.core import ballot, privacy
from voting.core.ballot import Form

OPTIONS = ("a", "b", "c")


def brute(form: Form) -> int:
    """Every ranking that the ballot paper's own rules find no fault in. Marks at a rank stand in ballot order."""
    subsets = [tuple(o for o, taken in zip(OPTIONS, bits, strict=True) if taken) for bits in product((0, 1), repeat=3)]
    if form.as_marked:
        subsets.append(("__OVERVOTE__",))
    rankings = (ranks for used in range(form.ranks + 1) for ranks in product(subsets, repeat=used))
    return sum(not ballot.faults(form, ranking) for ranking in rankings)


@pytest.mark.parametrize(
    ("method", "rules"),
    [
        ("plurality", {}),
        ("approval", {}),
        ("irv", {}),
        ("irv", {"max_rankings": 2}),
        ("schulze", {}),
        ("borda", {"max_rankings": 2}),
    ],
)
def test_every_legal_ballot_is_counted_once(method: str, rules: dict[str, int]) -> None:
    form = ballot.form(method, OPTIONS, rules=rules)
    assert privacy.legal_ballots(form) == brute(form)


def test_every_ballot_taken_as_marked_is_counted_once() -> None:
    form = replace(ballot.form("irv", OPTIONS, as_marked=True), ranks=3)
    assert privacy.legal_ballots(form) == brute(form)


def test_grades_are_given_or_not_given_to_each_option() -> None:
    assert privacy.legal_ballots(ballot.form("score", OPTIONS, rules={"max_score": 5})) == 7**3


@pytest.mark.parametrize(("electors", "ballots"), [(1, 7), (2, 2), (5, 3), (40, 16), (1000, 326)])
def test_the_share_is_the_models_rounded_up_to_a_millionth(electors: int, ballots: int) -> None:
    exact = Fraction(ballots - 1, ballots) ** (electors - 1)
    found = privacy.expected_unique(electors, ballots)
    assert exact <= found < exact + Fraction(1, 1_000_000)


def test_a_city_is_computed_as_fast_as_a_unit() -> None:
    assert privacy.expected_unique(10_000_000, 326) == Fraction(1, 1_000_000)
    assert privacy.expected_unique(10_000_000, 10**80) == 1


def test_one_elector_is_always_recognised_and_nobody_never() -> None:
    assert privacy.expected_unique(1, 16) == 1
    assert privacy.expected_unique(0, 16) == 0


@pytest.mark.parametrize(
    ("electors", "options", "mode"), [(99, 3, "patterns"), (100, 3, "full"), (100, 5, "patterns"), (1000, 5, "full")]
)
def test_small_or_telling_contests_publish_patterns(electors: int, options: int, mode: str) -> None:
    form = ballot.form("irv", [str(n) for n in range(options)])
    assert privacy.settled("by_size", electors, form) == mode


def test_what_the_draft_chose_is_kept() -> None:
    form = ballot.form("irv", OPTIONS)
    assert [privacy.settled(mode, 5, form) for mode in ("full", "restricted")] == ["full", "restricted"]
