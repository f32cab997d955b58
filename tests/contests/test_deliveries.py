"""Silence follows the majority only where the bylaws say so, and only of those who were reached with proof and warning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.contests.people import AUDITOR, OFFICER, RESIDENT, STRANGER
from tests.contests.test_decision import OPENS, QUESTION, cast_open, finish, found, owners
from tests.contests.world import DAY, NOW
from voting.community import documents
from voting.community.tables import Building, Dwelling, Ownership, Unit
from voting.contests import deliveries, delivery_file, drafts, moves
from voting.contests.deliveries import Given
from voting.core.authority import SYSTEM
from voting.core.rules.evaluate import INCONCLUSIVE, PASSED
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, Unauthenticated
from voting.log import journal

FOLLOW = "cn.civil-code-278.ordinary.follow-majority"
WORDS = {"zh": "第12条", "en": "art. 12"}
BYLAWS: dict[str, Any] = {
    "silence": {"clause": WORDS, "warning": {"zh": "不回票视为同意多数", "en": "silence follows"}}
}
AREAS = (1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 999_999)


def lay_down(session: Session, bylaws: dict[str, Any]) -> None:
    documents.put(session, SYSTEM, "com_1", documents.BYLAWS, bylaws, lambda _: None, now=NOW)


def noticed(session: Session, bylaws: dict[str, Any] | None = BYLAWS) -> str:
    """A vote of six owners by the rule that folds silence, whose notice is out."""
    if bylaws is not None:
        lay_down(session, bylaws)
    draft = replace(QUESTION, roll_id=owners(session, AREAS), rule_id=FOLLOW, secrecy="open")
    contest_id = drafts.create(session, OFFICER, "com_1", draft, now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    return contest_id


def to(number: int, **changes: Any) -> Given:
    """A delivery to the n-th owner."""
    made = Given("in_person", NOW + DAY, "楼组长", b"h" * 32, True, entry_id=f"ent_owner_{number}")
    return replace(made, **changes)


def deliver(session: Session, contest_id: str, *given: Given, now: Any = NOW + 2 * DAY) -> deliveries.Report:
    return deliveries.record_all(session, OFFICER, contest_id, given, now=now)


def counted(session: Session, contest_id: str, marks: dict[int, int]) -> str:
    """Open, let these owners mark these options, and publish."""
    moves.open_(session, OFFICER, contest_id, now=OPENS)
    cast_open(session, contest_id, marks)
    return finish(session, contest_id)


def test_without_a_clause_in_the_bylaws_the_rule_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        noticed(session, None)
    assert [fault.code for fault in refused.value.faults] == ["silence_rule_not_stated"]


def test_a_clause_that_went_before_the_opening_leaves_the_vote_closed(session: Session) -> None:
    contest_id = noticed(session)
    lay_down(session, {})
    with pytest.raises(IllegalMove, match="silence_rule_not_stated"):
        moves.open_(session, OFFICER, contest_id, now=OPENS)


def test_exactly_those_reached_with_proof_and_warning_are_folded(session: Session) -> None:
    contest_id = noticed(session)
    # Reached: one who votes, one who stays silent, that one again, one without the warning. The last two: not at all.
    deliver(session, contest_id, to(0), to(3), to(3, method="post"), to(4, warned=False))
    counted(session, contest_id, {0: 0, 1: 0, 2: 1})
    answer = found(session, contest_id)
    assert answer.decision is not None
    evaluation = answer.decision.evaluation
    assert [(one.basis, one.delivered, one.undelivered) for one in evaluation.silence] == [
        ("count", 1, 2),
        ("area", 1_000_000, 1_999_999),
    ]
    # Strictly three of six are too few; with the one who was reached four of six are enough, and three of four are for it.
    assert (evaluation.strict, evaluation.folded, answer.outcome) == (False, True, PASSED)
    assert [test.have for test in evaluation.strict_tests] == [3_000_000, 3, 2_000_000, 2]
    assert [test.have for test in evaluation.tests] == [4_000_000, 4, 3_000_000, 3]
    assert evaluation.pending == ()
    assert answer.rule.silence is not None
    assert answer.rule.silence.clause == WORDS


def test_without_a_delivery_nobody_is_silent(session: Session) -> None:
    contest_id = counted(session, noticed(session), {0: 0, 1: 0, 2: 1})
    answer = found(session, contest_id)
    assert answer.decision is not None
    assert (answer.outcome, answer.decision.evaluation.folded) == (INCONCLUSIVE, False)


def test_a_delivery_that_was_taken_back_does_not_count(session: Session) -> None:
    contest_id = noticed(session)
    made = deliveries.record(session, OFFICER, contest_id, to(3), now=NOW + 2 * DAY).delivery
    taken = deliveries.revoke(session, OFFICER, made.id, reason="非本户", now=NOW + 2 * DAY)
    assert [(action.action, action.code) for action in taken.actions] == [("revoke", "delivery_revoked")]
    counted(session, contest_id, {0: 0, 1: 0, 2: 1})
    assert found(session, contest_id).outcome == INCONCLUSIVE
    kinds = [event.kind for event in journal.of(session, "contest", contest_id)]
    assert (kinds.count("delivery_recorded"), kinds.count("delivery_revoked")) == (1, 1)


def test_after_the_close_no_delivery_is_recorded_or_taken_back(session: Session) -> None:
    contest_id = noticed(session)
    made = deliveries.record(session, OFFICER, contest_id, to(3), now=NOW + 2 * DAY).delivery
    counted(session, contest_id, {0: 0})
    late = OPENS + 2 * DAY
    with pytest.raises(Conflict, match="deliveries_before_the_close"):
        deliver(session, contest_id, to(4), now=late)
    with pytest.raises(Conflict, match="deliveries_before_the_close"):
        deliveries.revoke(session, OFFICER, made.id, reason="r", now=late)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"entry_id": "ent_rol_1_00000"}, "/rows/2/entry_id", "entry_not_on_roll"),
        ({"dwelling_id": "dwl_1"}, "/rows/2/entry_id", "delivery_to_one_elector"),
        ({"entry_id": None, "dwelling_id": "dwl_x"}, "/rows/2/dwelling_id", "entry_not_on_roll"),
        ({"delivered_at": NOW - timedelta(seconds=1)}, "/rows/2/delivered_at", "delivered_out_of_time"),
        ({"delivered_at": NOW + 3 * DAY}, "/rows/2/delivered_at", "delivered_out_of_time"),
    ],
)
def test_a_delivery_that_does_not_fit_is_refused_where_it_stands(
    session: Session, changes: dict[str, Any], pointer: str, code: str
) -> None:
    contest_id = noticed(session)
    with pytest.raises(Invalid) as refused:
        deliver(session, contest_id, to(0), to(1, place="/rows/2", **changes))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    assert deliveries.page(session, OFFICER, contest_id, now=NOW) == ()


@pytest.mark.parametrize(("who", "error"), [(STRANGER, Unauthenticated), (RESIDENT, Forbidden), (AUDITOR, Forbidden)])
def test_deliveries_are_the_officers_to_record_and_to_read(session: Session, who: Any, error: type[Exception]) -> None:
    contest_id = noticed(session)
    with pytest.raises(error):
        deliveries.record(session, who, contest_id, to(0), now=NOW + 2 * DAY)
    with pytest.raises(error):
        deliveries.page(session, who, contest_id, now=NOW)


HEADER = "楼栋,单元,房号,送达方式,送达时间,送达人,凭证哈希,已告知后果"


def test_a_file_names_dwellings_and_their_owner_is_reached(session: Session) -> None:
    contest_id = noticed(session)
    session.add(Building(id="bld_1", community_id="com_1", label="3栋"))
    session.flush()
    session.add(Unit(id="unt_1", community_id="com_1", building_id="bld_1", label="2单元"))
    session.flush()
    for label in ("501", "502"):
        session.add(Dwelling(id=f"dwl_{label}", community_id="com_1", unit_id="unt_1", label=label, area_cm2=1))
        session.flush()
        owned = {"owner_name": "王", "merge_key": "o3", "is_voter": True}
        session.add(Ownership(id=f"own_{label}", community_id="com_1", dwelling_id=f"dwl_{label}", **owned))
    session.flush()
    row = f"3栋,2单元,501,当面,2026-03-02 10:00,王芳,{'0' * 64},是"
    content = "\r\n".join((HEADER, row, row.replace("501", "502"))).encode()
    report = delivery_file.record(session, OFFICER, contest_id, content, now=NOW + 2 * DAY)
    assert (report.recorded, report.reached) == (2, 1)
    first = deliveries.page(session, OFFICER, contest_id, now=NOW)[0].delivery
    assert (first.entry_id, first.delivered_at.isoformat()) == ("ent_owner_3", "2026-03-02T02:00:00+00:00")


def test_every_wrong_cell_of_a_file_is_named(session: Session) -> None:
    contest_id = noticed(session)
    content = f"{HEADER}\r\n9栋,1单元,101,飞,昨天,,x,也许\r\n".encode()
    with pytest.raises(Invalid) as refused:
        delivery_file.record(session, OFFICER, contest_id, content, now=NOW + 2 * DAY)
    columns = {fault.pointer.rpartition("/")[2] for fault in refused.value.faults}
    assert columns == {"method", "document_sha256", "warned", "delivered_by", "dwelling", "delivered_at"}


# --- matters that go to an official system


def official(matter: str) -> dict[str, Any]:
    return {"official_channel": [{"matter": matter, "clause": WORDS, "system": "https://evote.example.cn"}]}


@pytest.mark.parametrize("matter", ["everything", "owners", "cn.civil-code-278.item-4"])
def test_a_matter_of_the_official_system_is_not_drafted_here(session: Session, matter: str) -> None:
    lay_down(session, official(matter))
    effects = ["cn.civil-code-278.item-4"]
    draft = replace(QUESTION, roll_id=owners(session, AREAS), rule_id=None, effects=effects, secrecy="open")
    with pytest.raises(Invalid) as refused:
        drafts.create(session, OFFICER, "com_1", draft, now=NOW)
    fault = refused.value.faults[0]
    assert (fault.pointer, fault.code) == ("/channel", "official_channel_demanded")
    assert fault.facts["system"] == "https://evote.example.cn"
    outside = drafts.create(session, OFFICER, "com_1", replace(draft, channel="external"), now=NOW)
    moves.notice(session, OFFICER, outside.contest.id, now=NOW)


def test_a_clause_of_another_matter_says_nothing(session: Session) -> None:
    lay_down(session, official("elections"))
    drafts.create(session, OFFICER, "com_1", QUESTION, now=NOW)


def test_a_clause_that_comes_after_the_notice_keeps_the_box_shut(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", QUESTION, now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    lay_down(session, official("everything"))
    with pytest.raises(IllegalMove, match="official_channel_demanded") as refused:
        moves.open_(session, OFFICER, contest_id, now=OPENS)
    assert {"clause", "system", "matter"} <= set(refused.value.facts)
