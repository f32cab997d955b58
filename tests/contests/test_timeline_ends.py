"""What a timeline says of a contest that is over: the steps that were taken are done, the others will not come."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlmodel import Session

from tests.contests.people import RETURNING, STRANGER, TELLER
from tests.contests.test_moves import closed, opened, published
from tests.contests.world import DAY, NOW
from voting.contests import certifying, moves, timeline
from voting.contests.terms import Terms

LATER = NOW + DAY


def done(session: Session, contest_id: str) -> list[str]:
    """The steps that were taken. No other is still to come."""
    steps = timeline.of(session, STRANGER, contest_id, now=LATER).steps
    assert {step.state for step in steps} <= {"done", "dropped"}
    return [step.name for step in steps if step.state == "done"]


@pytest.mark.parametrize(
    ("certified", "taken"),
    [
        (False, ["notice", "open", "close", "count", "publish"]),
        (True, ["notice", "open", "close", "count", "publish", "certify"]),
    ],
)
def test_an_annulled_contest_came_as_far_as_it_came(session: Session, certified: bool, taken: list[str]) -> None:
    contest_id = published(session)
    if certified:
        certifying.certify(session, RETURNING, contest_id, now=LATER)
    moves.annul(session, RETURNING, contest_id, reason="r", now=LATER)
    assert done(session, contest_id) == taken


def test_a_contest_annulled_while_open_was_not_closed(session: Session) -> None:
    contest_id = opened(session)
    moves.annul(session, RETURNING, contest_id, reason="r", now=NOW)
    assert done(session, contest_id) == ["notice", "open"]


def test_an_inconclusive_contest_is_not_published(session: Session) -> None:
    contest_id = closed(session, (0,), terms=Terms(turnout_floor=Fraction(1, 2)))
    moves.count(session, TELLER, contest_id, now=LATER)
    assert done(session, contest_id) == ["notice", "open", "close", "count"]
