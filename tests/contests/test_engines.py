"""The service counts a large box by the fast engine: what it stores is, to the byte, what the reference finds."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.contests.people import TELLER
from tests.contests.test_moves import closed
from tests.contests.world import DAY, NOW
from voting.contests import counting, moves, queries
from voting.contests.tables import Contest, Tally
from voting.core import count as engine
from voting.core.count import fast, large, packed

SEED = "1" * 20
FAST: dict[str, dict[str, Any]] = {method: {} for method in fast.MATRIX} | {
    "plurality": {},
    "irv": {},
    "irv-bottoms-up": {"seats": 2},
    "irv-bottoms-up-threshold": {"seats": 0, "rules": {"threshold": "percent_of_active:20"}},
    "stv-gregory-exact": {"seats": 2},
}


@pytest.fixture
def counted_fast(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods that the fast engine counted; every box is large."""
    counted: list[str] = []

    def count_packed(method: str, *given: Any) -> engine.Tally:
        counted.append(method)
        return original(method, *given)

    original = fast.count_packed
    monkeypatch.setattr(large, "MANY", 1)
    monkeypatch.setattr(fast, "count_packed", count_packed)
    return counted


@pytest.mark.parametrize("method", FAST)
def test_a_large_box_is_counted_fast_with_the_references_result(
    session: Session, counted_fast: list[str], method: str
) -> None:
    drawn = random.Random(method)
    ranks = 1 if method == "plurality" else 3
    marked = [tuple(drawn.sample(range(3), drawn.randint(0, ranks))) for _ in range(6)]
    contest_id = closed(session, *marked, method=method, **FAST[method])
    moves.count(session, TELLER, contest_id, lot_seed=SEED, now=NOW + DAY)
    stored = session.exec(select(Tally).where(Tally.contest_id == contest_id)).one()
    contest = session.get_one(Contest, contest_id)
    given = counting.ballots(session, contest)
    rules = {**contest.rules, "tie_break_seed": SEED, "tie_break_contest": contest_id}
    expected = engine.count(method, given.options, given.rankings, contest.seats, rules)
    assert counted_fast == [method]
    assert stored.result == counting.document(contest, queries.turnout(session, contest), expected)


def test_what_no_key_holds_is_counted_by_the_reference(counted_fast: list[str]) -> None:
    many = tuple(f"o{place}" for place in range(packed.OPTIONS + 1))
    assert large.count("irv", many, {((many[0],),): 2}).winners == (many[0],)
    assert large.count("schulze", many[:3], {((many[0], many[1]),): 2}, 2).winners == many[:2]
    assert counted_fast == []


def test_a_method_without_a_fast_way_is_left_to_the_reference(counted_fast: list[str]) -> None:
    for method in set(engine.METHODS) - set(FAST):
        large.count(method, ("a", "b"), {(("a",),): 2})
    assert counted_fast == []
