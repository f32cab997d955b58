"""Written objections bring a result down where its rule says so: by how many, until when, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from tests.contests.people import ADMIN, FOREIGNER, OFFICER, RETURNING, STRANGER, TELLER, holding
from tests.contests.test_decision import OPENS, QUESTION, cast_open, decided, finish, found, owners
from tests.contests.test_drafts import faults
from tests.contests.world import DAY, NOW, person
from voting.contests import certifying, decision, drafts, external, moves, objecting, queries
from voting.contests.external import Found, Paper
from voting.contests.objecting import Wanted
from voting.core.evidence import hashes
from voting.core.rules.evaluate import FAILED, INCONCLUSIVE, PASSED
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.log import journal

LISHUI, TAIWAN_31, TAIWAN_32 = "cn.objection.lishui", "tw.31", "tw.32"
PAPER = hashes.digest("external", b"paper")
SHOWN = OPENS + DAY
"""When the results of these tests are published."""


def outside(session: Session, rule_id: str, areas: tuple[int, ...], counts: dict[str, Any]) -> str:
    """A resolution taken elsewhere, recorded by two officials and published."""
    draft = replace(QUESTION, roll_id=owners(session, areas, voters=True), rule_id=rule_id, channel="external")
    contest_id = drafts.create(session, OFFICER, "com_1", draft, now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    return recorded(session, contest_id, counts)


def recorded(session: Session, contest_id: str, counts: dict[str, Any], now: Any = SHOWN) -> str:
    told = Found("delegates' meeting", "2026-1", counts, (Paper("minutes.pdf", "0" * 64),))
    for official in (TELLER, ADMIN):
        external.record(session, official, contest_id, told, now=now)
    moves.publish(session, RETURNING, contest_id, now=now)
    return contest_id


def lishui(session: Session, areas: tuple[int, ...] = (100, 100, 100)) -> str:
    roll = {"heads": len(areas), "area": sum(areas)}
    return outside(session, LISHUI, areas, {"roll": roll, "votes": {}})


def objects(session: Session, contest_id: str, number: int, now: Any = SHOWN + DAY) -> objecting.ObjectionView:
    return objecting.file(session, holding(person(number)), contest_id, Wanted("不同意"), now=now)


def test_an_objection_of_exactly_a_third_brings_a_resolution_down_in_lishui(session: Session) -> None:
    contest_id = lishui(session)
    assert found(session, contest_id, SHOWN + DAY).outcome == PASSED
    objects(session, contest_id, 0)
    answer = found(session, contest_id, SHOWN + 11 * DAY)
    assert answer.decision is not None
    tests = answer.decision.evaluation.tests
    assert [(test.have, test.of, test.result) for test in tests] == [(100, 300, False), (1, 3, False)]
    assert (answer.outcome, answer.decision.evaluation.pending) == (FAILED, ())


def test_one_square_centimetre_below_a_third_leaves_the_area_unvetoed(session: Session) -> None:
    contest_id = lishui(session, (99, 100, 100, 1))
    objects(session, contest_id, 0)
    answer = found(session, contest_id)
    assert answer.decision is not None
    assert (answer.outcome, [test.have for test in answer.decision.evaluation.tests]) == (PASSED, [99, 1])


def test_the_decision_waits_for_objections_until_their_last_day_is_over(session: Session) -> None:
    contest_id = lishui(session)
    # Ten days after the publication, to midnight in Shanghai.
    end = SHOWN + 10 * DAY + 8 * (DAY / 24)
    before = found(session, contest_id, end - DAY / 86400)
    after = found(session, contest_id, end)
    assert before.decision is not None
    assert after.decision is not None
    assert (before.decision.evaluation.pending, after.decision.evaluation.pending) == (("objection",), ())
    with pytest.raises(IllegalMove, match="rule_lets_certify_later"):
        certifying.certify(session, RETURNING, contest_id, now=end - DAY / 86400)
    objects(session, contest_id, 0, end - DAY / 86400)
    with pytest.raises(Conflict, match="result_objections_over"):
        objects(session, contest_id, 1, end)
    certifying.certify(session, RETURNING, contest_id, now=end)
    with pytest.raises(Conflict, match="result_not_provisional"):
        objects(session, contest_id, 1, end)


def test_an_elector_objects_once_and_may_withdraw_and_object_again(session: Session) -> None:
    contest_id = lishui(session)
    made = objects(session, contest_id, 0).objection
    with pytest.raises(Conflict, match="objected_already"):
        objects(session, contest_id, 0)
    gone = objecting.withdraw(session, holding(person(0)), made.id, now=SHOWN + DAY)
    assert (gone.objection.state, gone.actions[0].code) == ("withdrawn", "objection_withdrawn")
    assert found(session, contest_id, SHOWN + DAY).outcome == PASSED
    assert objects(session, contest_id, 0).objection.id == made.id
    kinds = [event.kind for event in journal.of(session, "result_objection", made.id)]
    assert kinds == ["filed", "withdrawn", "filed"]


def test_an_officer_records_a_paper_with_its_hash(session: Session) -> None:
    contest_id = lishui(session)
    with pytest.raises(Invalid):
        objecting.file(session, OFFICER, contest_id, Wanted("x", "ent_owner_1"), now=SHOWN)
    view = objecting.file(session, OFFICER, contest_id, Wanted("x", "ent_owner_1", PAPER), now=SHOWN)
    assert (view.objection.form, view.actions[0].allowed) == ("written", True)
    with pytest.raises(Invalid) as refused:
        objecting.file(session, OFFICER, contest_id, Wanted("x", "ent_rol_1_00000", PAPER), now=SHOWN)
    assert [fault.code for fault in refused.value.faults] == ["entry_not_on_roll"]


@pytest.mark.parametrize(
    ("who", "error"), [(STRANGER, Unauthenticated), (FOREIGNER, NotFound), (holding(person(5)), Forbidden)]
)
def test_nobody_objects_who_is_not_on_the_roll(session: Session, who: Any, error: type[Exception]) -> None:
    contest_id = lishui(session)
    with pytest.raises(error):
        objecting.file(session, who, contest_id, Wanted("x"), now=SHOWN)
    with pytest.raises(Forbidden):
        objecting.file(session, holding(person(0)), contest_id, Wanted("x", "ent_owner_1", PAPER), now=SHOWN)


def test_objections_are_read_by_officers_and_their_elector_alone(session: Session) -> None:
    contest_id = lishui(session)
    made = objects(session, contest_id, 0).objection
    assert len(objecting.page(session, OFFICER, contest_id, now=SHOWN)) == 1
    assert len(objecting.page(session, holding(person(0)), contest_id, now=SHOWN)) == 1
    assert objecting.page(session, holding(person(1)), contest_id, now=SHOWN) == ()
    with pytest.raises(NotFound):
        objecting.read(session, holding(person(1)), made.id, now=SHOWN)


def test_a_rule_without_a_veto_hears_no_objection(session: Session) -> None:
    contest_id = decided(session, (0,), (0,), (0,), (0,))
    with pytest.raises(Conflict, match="rule_hears_no_objections"):
        objects(session, contest_id, 0)


def test_a_rule_of_objections_alone_is_not_voted_here(session: Session) -> None:
    changes = {"rule_id": LISHUI, "method": "yes-no", "options": QUESTION.options, "secrecy": "open"}
    assert ("/channel", "rule_decides_no_ballots") in faults(session, **changes, roll_id=owners(session, (1, 2)))


def test_an_official_record_that_tells_the_objections_counts_alone(session: Session) -> None:
    told = {"roll": {"heads": 3, "area": 300}, "votes": {"object": {"heads": 1, "area": 100}}}
    contest_id = outside(session, LISHUI, (100, 100, 100), told)
    objects(session, contest_id, 1)
    answer = found(session, contest_id)
    assert answer.decision is not None
    assert [test.have for test in answer.decision.evaluation.tests] == [100, 1]


# --- a second meeting, a second vote


def test_taiwan_meets_again_and_falls_only_to_more_than_half(session: Session) -> None:
    roll_id = owners(session, (200, 200, 200, 200, 200, 200), voters=True)
    draft = replace(QUESTION, roll_id=roll_id, rule_id=TAIWAN_31, secrecy="open")
    first = drafts.create(session, OFFICER, "com_1", draft, now=NOW).contest.id
    moves.notice(session, OFFICER, first, now=NOW)
    moves.open_(session, OFFICER, first, now=OPENS)
    cast_open(session, first, {0: 0, 1: 0, 2: 0})
    finish(session, first)
    answer = found(session, first)
    assert answer.outcome == INCONCLUSIVE
    assert answer.asked is not None
    assert (answer.asked.kind, answer.asked.rule_id) == ("new_meeting", TAIWAN_32)
    begins = OPENS + 10 * DAY
    values = {"opens_at": begins, "closes_at": begins + DAY, "now": SHOWN}
    second = decision.next_round(session, OFFICER, first, **values).contest.id
    moves.notice(session, OFFICER, second, now=SHOWN)
    moves.open_(session, OFFICER, second, now=begins)
    cast_open(session, second, {0: 0, 1: 0, 2: 1})
    finish(session, second, begins + DAY)
    for number in (3, 4, 5):
        objects(session, second, number, begins + 2 * DAY)
    half = found(session, second, begins + 2 * DAY)
    assert half.decision is not None
    assert (half.outcome, half.decision.evaluation.pending) == (PASSED, ("objection",))
    objects(session, second, 2, begins + 2 * DAY)
    over = found(session, second, begins + 20 * DAY)
    assert over.decision is not None
    assert [(test.have, test.of, test.result) for test in over.decision.evaluation.objection] == [
        (4, 6, False),
        (800, 1200, False),
    ]
    assert (over.outcome, over.decision.evaluation.pending) == (FAILED, ())
    offered = queries.view(session, holding(person(0)), over.loaded).actions
    assert offered["object"] is None or offered["object"] == "result_objections_over"


def test_france_votes_again_under_article_24_with_a_third(session: Session) -> None:
    votes = {"for": {"share": 400}, "against": {"share": 300}}
    first = outside(session, "fr-copro.25", (1, 1), {"roll": {"share": 1000}, "votes": votes})
    answer = found(session, first)
    assert answer.asked is not None
    assert (answer.outcome, answer.asked.kind, answer.asked.rule_id) == (FAILED, "second_vote", "fr-copro.24")
    begins = SHOWN + DAY
    values = {"opens_at": begins, "closes_at": begins + DAY, "now": SHOWN}
    second = decision.next_round(session, OFFICER, first, **values).contest.id
    moves.notice(session, OFFICER, second, now=SHOWN)
    recorded(session, second, {"roll": {"share": 1000}, "votes": votes}, begins + DAY)
    assert (found(session, second).outcome, found(session, first).next_id) == (PASSED, second)


def test_france_below_a_third_does_not_vote_again(session: Session) -> None:
    counts = {"roll": {"share": 999}, "votes": {"for": {"share": 332}, "against": {"share": 300}}}
    assert found(session, outside(session, "fr-copro.25", (1, 1), counts)).asked is None
