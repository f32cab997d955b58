"""Ten thousand random counts, decided by the definition and by the engine: they agree on every test."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.core.rules import oracle
from tests.core.rules.conftest import a_test, document
from voting.core import rules
from voting.core.rules.counts import of_ballots

BALLOTS = ("for", "against", "abstain", "invalid", "silent")
BASES = ("count", "area", "share", "entitlement")
EACH = 400
"""Random counts for each of the 27 rules."""


def random_counts(dice: Random) -> tuple[dict[str, Fraction], dict[str, dict[str, Fraction]]]:
    """Small whole figures, so that exact shares come up often; large ones with fractions now and then."""
    roll: dict[str, Fraction] = {}
    votes: dict[str, dict[str, Fraction]] = {state: {} for state in (*BALLOTS, "object", "sign")}
    for basis in BASES:
        large = basis != "count" and dice.random() < 0.2
        total = dice.randint(1, 10**9) if large else dice.choice((3, 4, 6, 12, 24, dice.randint(1, 40)))
        size = Fraction(1, dice.choice((1, 3, 100))) if large else Fraction(1)
        cuts = sorted(dice.randint(0, total) for _ in BALLOTS)
        parts = [after - before for before, after in zip([0, *cuts], cuts, strict=False)]
        roll[basis] = total * size
        for state, part in zip(BALLOTS, parts, strict=True):
            votes[state][basis] = part * size
        for state in ("object", "sign"):
            votes[state][basis] = dice.randint(0, total) * size
    return roll, votes


def as_document(roll: dict[str, Fraction], votes: dict[str, dict[str, Fraction]]) -> dict[str, Any]:
    """The same as COUNTS."""

    def each(amounts: dict[str, Fraction]) -> dict[str, int | str]:
        named = {"heads" if basis == "count" else basis: amount for basis, amount in amounts.items()}
        return {name: int(amount) if amount.denominator == 1 else str(amount) for name, amount in named.items()}

    return {"roll": each(roll), "votes": {state: each(amounts) for state, amounts in votes.items()}}


def test_ten_thousand_random_counts_agree_with_the_definition(published: dict[str, dict[str, Any]]) -> None:
    dice = Random("議事")
    tried = 0
    for identifier, profile in published.items():
        rule = rules.rule(identifier)
        for _ in range(EACH):
            roll, votes = random_counts(dice)
            found = rules.evaluate_counts(rule, of_ballots(roll, votes))
            assert [one.result for one in found.tests] == oracle.results(profile, roll, votes), (
                identifier,
                roll,
                votes,
            )
            tried += 1
    assert tried > 10_000


def test_counts_that_were_read_decide_as_those_that_were_added_up(published: dict[str, dict[str, Any]]) -> None:
    dice = Random("文本")
    for identifier in published:
        for _ in range(5):
            roll, votes = random_counts(dice)
            read, added = rules.evaluate(identifier, as_document(roll, votes)), of_ballots(roll, votes)
            assert read.tests == rules.evaluate_counts(rules.rule(identifier), added).tests


EDGES = [
    # operator, fraction, have, of, met
    (">=", "2/3", 2, 3, True),
    (">", "2/3", 2, 3, False),
    ("<=", "2/3", 2, 3, True),
    ("<", "2/3", 2, 3, False),
    (">=", "1/2", 3, 6, True),
    (">", "1/2", 3, 6, False),
    ("<=", "1/2", 3, 6, True),
    ("<", "1/2", 3, 6, False),
    (">=", "3/4", 9, 12, True),
    (">", "3/4", 9, 12, False),
    ("<=", "3/4", 9, 12, True),
    ("<", "3/4", 9, 12, False),
    (">=", "1", 5, 5, True),
    (">", "1", 5, 5, False),
    ("<=", "0", 0, 5, True),
    ("<", "0", 0, 5, False),
]


@pytest.mark.parametrize(("op", "fraction", "have", "of", "met"), EDGES)
def test_an_exact_share_falls_on_the_right_side(op: str, fraction: str, have: int, of: int, met: bool) -> None:
    rule = rules.read(document(tests=[a_test(op=op, fraction=fraction)]))
    found = rules.evaluate(rule, {"roll": of, "votes": {"for": have, "against": of - have}})
    assert found.tests[0].result is met


@pytest.mark.parametrize(("fraction", "op"), [("2/3", ">="), ("1/2", ">"), ("3/4", ">=")])
def test_one_square_centimetre_decides(fraction: str, op: str) -> None:
    # Twelve million cm²: the share is met exactly at `edge`, and 1 cm² more or less turns every operator over.
    whole = 12_000_000
    edge = int(Fraction(fraction) * whole)
    rule = rules.read(document(tests=[a_test(basis="area", op=op, fraction=fraction)]))

    def met(area: int) -> bool:
        counts = {"roll": {"area": whole}, "votes": {"for": {"area": area}, "against": {"area": whole - area}}}
        return rules.evaluate(rule, counts).tests[0].result

    assert (met(edge - 1), met(edge), met(edge + 1)) == (False, op == ">=", True)


@pytest.mark.parametrize("op", [">=", ">", "<=", "<"])
def test_a_share_of_nothing_meets_no_test(op: str) -> None:
    rule = rules.read(document(tests=[a_test(op=op, fraction="1/2")]))
    found = rules.evaluate(rule, {"roll": 5, "votes": {"for": 0, "against": 0}})
    assert found.tests[0].result is False
    assert "Nothing is" in found.tests[0].text["en"]


def test_a_sentence_holds_everything_to_recompute_it() -> None:
    found = rules.evaluate(
        "cn.civil-code-278.ordinary", {"roll": 1291, "votes": {"for": 417, "against": 278, "abstain": 8}}
    )
    quorum = found.tests[1].text
    for figure in ("703", "1291", "2/3", "2109", "2582"):
        assert figure in quorum["zh"]
        assert figure in quorum["en"]
    assert quorum["en"].endswith("not met.")
