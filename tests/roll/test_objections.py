"""Objections to a roll on both databases: who may object, decide and review, and what the seal then allows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tests.roll.neighbourhood import NOW, OFFICER, RESIDENT
from voting.core.authority import Grant, Principal
from voting.errors import Forbidden, IllegalMove, Invalid, NotFound
from voting.log import journal
from voting.roll import display, eligibility, objections, service, versions
from voting.roll.objections import ObjectionView
from voting.roll.service import Scope
from voting.roll.terms import RollTerms
from voting.store import transact, writer

OTHER_OFFICER = Principal("person", "per_wang", "com_1", (Grant("returning_officer", "community", "com_1"),))
REST = timedelta(hours=8)
"""What is left of a day in Shanghai after NOW: periods are over at midnight."""
STATUTE = RollTerms(display_days=20, objection_days=5, decision_days=3)


def a_shown_roll(session: Session, terms: RollTerms = STATUTE, basis: str = "person") -> str:
    """A roll displayed at NOW."""
    view = service.create(
        session, OFFICER, "com_1", name="全体", basis=basis, scope=Scope("community"), now=NOW, terms=terms
    )
    service.compile_entries(session, OFFICER, view.roll.id, now=NOW)
    return service.display(session, OFFICER, view.roll.id, now=NOW).roll.id


def filed(session: Session, roll_id: str, who: Principal = RESIDENT, days: float = 1) -> ObjectionView:
    return objections.file(session, who, roll_id, kind="missing", statement="漏登", now=NOW + timedelta(days=days))


def decided(session: Session, who: Principal, objection_id: str, command: str, reason: str | None = "r") -> str:
    at = NOW + timedelta(days=2)
    return objections.decide(session, who, objection_id, command, reason=reason, now=at).objection.state


def test_an_objection_waits_for_its_decision_and_says_until_when(settled: Engine) -> None:
    with writer(settled) as session:
        found = filed(session, a_shown_roll(session)).objection
    assert (found.state, found.decide_by) == ("filed", NOW + timedelta(days=4) + REST)


@pytest.mark.parametrize(("days", "allowed"), [(5.333, True), (5.334, False), (6, False)])
def test_objections_are_heard_to_the_last_moment_of_their_period(settled: Engine, days: float, allowed: bool) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session)
        if allowed:
            assert filed(session, roll_id, days=days).objection.state == "filed"
        else:
            with pytest.raises(IllegalMove, match="objection_period_over"):
                filed(session, roll_id, days=days)


@pytest.mark.parametrize(
    ("terms", "days", "code"),
    [
        (STATUTE, 20.333, "display_period_running"),
        (RollTerms(display_days=2, objection_days=5), 5, "roll_objections_running"),
    ],
)
def test_objections_are_not_closed_before_their_time(settled: Engine, terms: RollTerms, days: float, code: str) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, terms)
        with pytest.raises(IllegalMove, match=code):
            service.close_objections(session, OFFICER, roll_id, now=NOW + timedelta(days=days))


def test_the_display_ends_with_its_last_day(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session)
        view = service.close_objections(session, OFFICER, roll_id, now=NOW + timedelta(days=20) + REST)
    assert view.roll.state == "objections_closed"


def test_an_undecided_objection_blocks_the_seal(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session)
        objection = filed(session, roll_id).objection
        late = NOW + timedelta(days=20) + REST
        service.close_objections(session, OFFICER, roll_id, now=late)
        with pytest.raises(IllegalMove, match="objections_undecided"):
            service.seal(session, OFFICER, roll_id, now=late)
        decided(session, OFFICER, objection.id, "dismiss")
        assert service.seal(session, OFFICER, roll_id, now=late).roll.state == "sealed"


def test_nobody_decides_on_their_own_objection(settled: Engine) -> None:
    with writer(settled) as session:
        objection = filed(session, a_shown_roll(session), OFFICER).objection
        with pytest.raises(IllegalMove, match="filer_never_decides"):
            decided(session, OFFICER, objection.id, "uphold")
        assert decided(session, OTHER_OFFICER, objection.id, "uphold") == "upheld"


def test_a_dismissal_needs_a_reason(settled: Engine) -> None:
    with writer(settled) as session:
        objection = filed(session, a_shown_roll(session)).objection
        with pytest.raises(Invalid):
            decided(session, OFFICER, objection.id, "dismiss", reason=" ")


def test_an_appeal_is_decided_by_another_officer(settled: Engine) -> None:
    with writer(settled) as session:
        objection = filed(session, a_shown_roll(session)).objection
        assert decided(session, OFFICER, objection.id, "dismiss") == "dismissed"
        assert decided(session, RESIDENT, objection.id, "appeal") == "appealed"
        with pytest.raises(IllegalMove, match="first_decider_never_reviews"):
            decided(session, OFFICER, objection.id, "uphold")
        assert decided(session, OTHER_OFFICER, objection.id, "dismiss") == "dismissed_finally"


def test_after_the_seal_no_objection_moves(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, RollTerms())
        objection = filed(session, roll_id).objection
        decided(session, OFFICER, objection.id, "dismiss")
        service.close_objections(session, OFFICER, roll_id, now=NOW)
        service.seal(session, OFFICER, roll_id, now=NOW)
        with pytest.raises(IllegalMove, match="roll_sealed"):
            decided(session, RESIDENT, objection.id, "appeal")


def test_each_move_of_an_objection_leaves_one_event(settled: Engine) -> None:
    with writer(settled) as session:
        objection = filed(session, a_shown_roll(session)).objection
        decided(session, OFFICER, objection.id, "dismiss")
        decided(session, RESIDENT, objection.id, "appeal")
        kinds = [event.kind for event in journal.of(session, "roll_objection", objection.id)]
    assert sorted(kinds) == ["appealed", "dismissed", "filed"]


def test_an_objection_is_read_by_officers_and_its_filer_alone(settled: Engine) -> None:
    neighbour = Principal("person", "per_zhao", "com_1")
    with writer(settled) as session:
        roll_id = a_shown_roll(session)
        objection = filed(session, roll_id).objection
        assert objections.get(session, RESIDENT, objection.id, now=NOW).objection.id == objection.id
        with pytest.raises(Forbidden):
            objections.get(session, neighbour, objection.id, now=NOW)
        assert objections.of_roll(session, neighbour, roll_id, None, 10, now=NOW) == ()
        assert len(objections.of_roll(session, OFFICER, roll_id, None, 10, now=NOW)) == 1


def test_a_correction_names_the_upheld_objection_in_its_version(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, RollTerms())
        objection = filed(session, roll_id).objection
        service.close_objections(session, OFFICER, roll_id, now=NOW)
        with pytest.raises(Invalid):
            service.correct(session, OFFICER, roll_id, reason="r", now=NOW, add=["per_li"], objection_id=objection.id)
        decided(session, OFFICER, objection.id, "uphold")
        service.correct(session, OFFICER, roll_id, reason="r", now=NOW, add=["per_li"], objection_id=objection.id)
        service.seal(session, OFFICER, roll_id, now=NOW)
        found = versions.of(session, RESIDENT, roll_id, None, 10)
    assert [(v.number, v.made_by, v.objection_id) for v in found] == [
        (1, "compile", None),
        (2, "correct", objection.id),
        (3, "seal", None),
    ]


def test_a_version_is_never_changed(settled: Engine) -> None:
    transact(settled, a_shown_roll)
    with pytest.raises(DBAPIError, match="append-only"), writer(settled) as session:
        session.execute(text("UPDATE roll_version SET electors = 0"))


def test_neighbours_are_masked_and_oneself_is_not(settled: Engine) -> None:
    with writer(settled) as session:
        shown = display.shown(session, RESIDENT, a_shown_roll(session), None, 50)
    assert sorted((line.label, line.own) for line in shown) == [
        ("周", False),
        ("孙", False),
        ("李", True),
        ("王", False),
        ("赵", False),
    ]


def test_a_kind_of_residency_that_does_not_count_is_the_clause(settled: Engine) -> None:
    owners_only = RollTerms(residencies=("owner_occupier",))
    with writer(settled) as session:
        roll_id = a_shown_roll(session, owners_only)
        found = eligibility.of_person(session, OFFICER, roll_id, "per_zhao")
    assert (found.eligible, found.code, found.clause) == (
        False,
        "elector_residency_not_counted",
        "terms.residencies",
    )


def test_eligibility_of_a_stranger_to_the_community_is_unknown(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session)
        with pytest.raises(NotFound):
            eligibility.of_person(session, OFFICER, roll_id, "per_far")


def test_dwellings_nobody_owns_may_be_left_out(settled: Engine) -> None:
    with writer(settled) as session:
        roll_id = a_shown_roll(session, RollTerms(unsold="left_out"), "owner")
        roll = service.get(session, OFFICER, roll_id, now=NOW).roll
    assert (roll.electors, roll.area_cm2) == (3, 2_600_000)


def test_an_overdue_objection_is_shown_as_such(settled: Engine) -> None:
    with writer(settled) as session:
        objection = filed(session, a_shown_roll(session)).objection
        early = objections.get(session, OFFICER, objection.id, now=NOW + timedelta(days=4, hours=7))
        late = objections.get(session, OFFICER, objection.id, now=NOW + timedelta(days=4) + REST)
    assert (early.overdue, late.overdue) == (False, True)
