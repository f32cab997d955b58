"""Officials sign the close before the count is shown, and the result before it is certified; the service sees signatures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from tests.contests import world
from tests.contests.people import ADMIN, FOREIGNER, OFFICER, RESIDENT, RETURNING, STRANGER, TELLER
from tests.contests.test_moves import fill, opened, refused
from tests.contests.test_officials import LI, THREE, WANG, ZHAO, official, signer
from tests.contests.world import DAY, NOW
from voting.contests import certifying, counting, key_changes, moves, officials, queries, signing
from voting.contests.officials import Official
from voting.contests.statements_signed import Statement
from voting.contests.tables import Closing, Contest, SealedBallot, StatementSignature, Tally
from voting.contests.terms import Terms
from voting.core.authority import Principal
from voting.core.evidence import event_order, events, notes, statements
from voting.core.evidence.events import (
    Certified,
    Closed,
    Corrected,
    Counted,
    KeyChanged,
    LotDrawn,
    Recounted,
    SealedSet,
)
from voting.core.evidence.notes import Signer
from voting.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from voting.ids import timed_id
from voting.log import integration, journal, logs, storage

LATER = NOW + DAY


def closed(session: Session, k: int = 2, named: tuple[Official, ...] = THREE, **changes: Any) -> str:
    contest_id = opened(session, officials=named, k=k, **changes)
    fill(session, contest_id, (0, 1), (0, 2), (1, 0))
    moves.close(session, OFFICER, contest_id, now=LATER)
    world.finish_closing(session, contest_id)
    return contest_id


def sign(session: Session, contest_id: str, name: str, *signers: Signer, who: Principal = RESIDENT) -> Statement:
    told = signing.read(session, TELLER, contest_id, name, now=LATER).note.text
    return signing.sign(session, who, contest_id, name, lines_of(told, signers), now=LATER)


def lines_of(told: str, signers: Iterable[Signer]) -> str:
    return "".join(one.sign(told).line for one in signers)


def counted(session: Session, **changes: Any) -> str:
    contest_id = closed(session, **changes)
    if changes.get("k", 2):
        sign(session, contest_id, "close", WANG, LI)
    moves.count(session, TELLER, contest_id, now=LATER)
    return contest_id


def published(session: Session, **changes: Any) -> str:
    contest_id = counted(session, **changes)
    moves.publish(session, RETURNING, contest_id, now=LATER)
    return contest_id


def log_of(session: Session, contest_id: str) -> tuple[events.Event, ...]:
    """The events of the contest's log, in an order that every reader accepts."""
    while integration.integrate(session, contest_id, LATER).more:
        pass
    return event_order.check(storage.entries(session, contest_id, 0, logs.get(session, contest_id).size))


def codes(refusal: Invalid) -> list[str]:
    return [fault.code for fault in refusal.faults]


def test_the_close_statement_says_box_check_offs_and_the_tree_that_ends_with_the_close(session: Session) -> None:
    contest_id = closed(session)
    row = session.get_one(Closing, contest_id)
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, Closed)
    assert (found.online, found.paper, found.commitments, found.participation.checked) == (3, 0, 0, 3)
    log = logs.get(session, contest_id)
    expected = statements.close(f"yishi.test/contests/{contest_id}", found.box, 3, SealedSet(log.root, log.size))
    assert signing.read(session, STRANGER, contest_id, "close", now=LATER).note.text == expected
    assert (row.box_root, row.participation) == (found.box.root, found.participation.hash)


def test_nothing_is_counted_before_k_officials_have_signed_the_close(session: Session) -> None:
    contest_id = closed(session)
    assert refused(session, contest_id, moves.count, TELLER, LATER) == "close_not_signed"
    assert not sign(session, contest_id, "close", WANG).is_signed
    assert refused(session, contest_id, moves.count, TELLER, LATER) == "close_not_signed"
    assert sign(session, contest_id, "close", LI).is_signed
    moves.count(session, TELLER, contest_id, now=LATER)


def test_the_signature_that_is_missing_stands_among_the_actions(session: Session) -> None:
    contest_id = closed(session)
    loaded = queries.load(session, RETURNING, contest_id, LATER)
    assert queries.view(session, RETURNING, loaded).actions["count"] == "close_not_signed"


def test_a_signature_handed_in_twice_is_one(session: Session) -> None:
    contest_id = closed(session)
    sign(session, contest_id, "close", WANG)
    again = sign(session, contest_id, "close", WANG, WANG)
    assert [key.name for key in again.signers] == ["wang"]
    assert len(session.exec(select(StatementSignature)).all()) == 1
    signed = [one for one in journal.of(session, "contest", contest_id) if one.kind == "statement_signed"]
    assert [one.facts for one in signed] == [{"statement": "close", "signers": ["wang"]}]


def test_a_note_is_one_that_any_reader_of_signed_notes_verifies(session: Session) -> None:
    contest_id = closed(session)
    note = notes.parse(sign(session, contest_id, "close", ZHAO, WANG).note.data)
    assert [key.name for key in note.signers([WANG.key, LI.key, ZHAO.key])] == ["wang", "zhao"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (lambda told: signer("wang", turn=1).sign(told).line, "signature_invalid"),
        (lambda told: Signer("wu", WANG.private).sign(told).line, "signature_invalid"),
        (lambda told: WANG.sign(told.replace("close", "result")).line, "signature_invalid"),
        (lambda told: "— wang !!!!\n", "signature_line_malformed"),
        (lambda told: "hello", "signature_line_malformed"),
    ],
)
def test_what_is_no_signature_of_an_official_is_refused(session: Session, lines: Any, code: str) -> None:
    contest_id = closed(session)
    told = signing.read(session, TELLER, contest_id, "close", now=LATER).note.text
    with pytest.raises(Invalid) as found:
        signing.sign(session, RESIDENT, contest_id, "close", WANG.sign(told).line + lines(told), now=LATER)
    assert codes(found.value) == [code]
    # All of it or nothing.
    assert session.exec(select(StatementSignature)).all() == []


def test_signatures_of_another_contest_sign_nothing_here(session: Session) -> None:
    other = signing.read(session, TELLER, closed(session), "close", now=LATER).note.text
    with pytest.raises(Invalid):
        signing.sign(session, RESIDENT, closed(session), "close", WANG.sign(other).line, now=LATER)


@pytest.mark.parametrize(("who", "error"), [(STRANGER, Unauthenticated), (FOREIGNER, NotFound)])
def test_signatures_come_from_the_community(session: Session, who: Principal, error: type[Exception]) -> None:
    contest_id = closed(session)
    with pytest.raises(error):
        sign(session, contest_id, "close", WANG, who=who)


def test_there_is_nothing_to_sign_before_the_close(session: Session) -> None:
    contest_id = opened(session, officials=THREE, k=1)
    with pytest.raises(Conflict, match="nothing_to_sign_yet"):
        signing.read(session, STRANGER, contest_id, "close", now=NOW)
    with pytest.raises(Conflict, match="not_counted_yet"):
        signing.read(session, RETURNING, contest_id, "result", now=NOW)
    with pytest.raises(NotFound):
        signing.read(session, RETURNING, contest_id, "roll", now=NOW)


def test_the_result_statement_is_for_those_who_may_see_the_result(session: Session) -> None:
    contest_id = counted(session)
    with pytest.raises(Conflict, match="not_published_yet"):
        signing.read(session, RESIDENT, contest_id, "result", now=LATER)
    assert signing.read(session, TELLER, contest_id, "result", now=LATER).needed == 2


def test_nothing_is_certified_before_k_officials_have_signed_the_result(session: Session) -> None:
    contest_id = published(session)
    assert refused(session, contest_id, certifying.certify, RETURNING, LATER) == "result_not_signed"
    sign(session, contest_id, "result", LI, ZHAO)
    certifying.certify(session, RETURNING, contest_id, now=LATER)
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, Certified)
    keys = [one.key for one in THREE]
    for note, name in ((found.close_note, "close"), (found.result_note, "result")):
        told = signing.read(session, STRANGER, contest_id, name, now=LATER).note.text
        assert len(statements.signers(notes.parse(note), told, keys)) == 2


def test_where_nobody_need_sign_everything_is_certified_with_bare_notes(session: Session) -> None:
    contest_id = published(session, named=(), k=0)
    certifying.certify(session, RETURNING, contest_id, now=LATER)
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, Certified)
    assert notes.parse(found.close_note).signatures == ()


def test_the_log_tells_the_whole_life_in_order(session: Session) -> None:
    contest_id = published(session)
    certifying.challenge(session, OFFICER, contest_id, reason="two were not told", now=LATER)
    certifying.recount(session, TELLER, contest_id, now=LATER)
    moves.publish(session, RETURNING, contest_id, now=LATER)
    sign(session, contest_id, "result", WANG, LI)
    certifying.certify(session, RETURNING, contest_id, now=LATER)
    assert [events.type_of(event) for event in log_of(session, contest_id)] == [
        *("opened", "closed", "counted", "challenged", "recounted", "certified")
    ]


def test_dice_drawn_after_the_close_stand_in_the_log_before_the_count(session: Session) -> None:
    contest_id = opened(session)
    fill(session, contest_id, (0,), (1,))
    moves.close(session, OFFICER, contest_id, now=LATER)
    world.finish_closing(session, contest_id)
    moves.count(session, TELLER, contest_id, lot_seed="3" * 20, now=LATER)
    drawn, found = log_of(session, contest_id)[-2:]
    assert drawn == LotDrawn(LATER, "3" * 20)
    assert isinstance(found, Counted)


def test_dice_that_decide_nothing_are_refused(session: Session) -> None:
    contest_id = closed(session, k=0, rules={"tie_break": None})
    assert refused(session, contest_id, moves.count, TELLER, LATER, lot_seed="3" * 20) == "lot_not_needed"


def test_a_challenge_holds_back_the_certificate_until_the_recount(session: Session) -> None:
    contest_id = published(session, k=0)
    with pytest.raises(Invalid, match="invalid_request"):
        certifying.challenge(session, OFFICER, contest_id, reason=" ", now=LATER)
    certifying.challenge(session, OFFICER, contest_id, reason="two were not told", now=LATER)
    assert refused(session, contest_id, certifying.certify, RETURNING, LATER) == "illegal_move"
    certifying.recount(session, TELLER, contest_id, now=LATER)
    told = [one for one in journal.of(session, "contest", contest_id) if one.kind == "recounted"]
    assert told[0].facts["same"] is True


def as_counted_by_mistake(session: Session, contest_id: str, at: datetime = LATER) -> bytes:
    """Put a tally behind the others that the box does not give, as a faulty counting would have. Its hash."""
    contest = session.get_one(Contest, contest_id)
    wrong = counting.document(contest, queries.turnout(session, contest), None)
    tally = Tally(
        id=timed_id("tal", at),
        community_id="com_1",
        contest_id=contest_id,
        counted_at=at,
        result=wrong,
        result_hash=counting.hash_of(wrong),
    )
    session.add(tally)
    session.flush()
    return tally.result_hash


def test_a_recount_that_finds_something_else_says_so(session: Session) -> None:
    contest_id = published(session, k=0)
    as_counted_by_mistake(session, contest_id)
    certifying.challenge(session, OFFICER, contest_id, reason="the sums are odd", now=LATER)
    certifying.recount(session, TELLER, contest_id, now=LATER)
    told = [one for one in journal.of(session, "contest", contest_id) if one.kind == "recounted"]
    assert told[0].facts["same"] is False
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, Recounted)
    assert found.result.hex() == told[0].facts["result_hash"]


def test_a_recount_that_finds_something_else_must_be_signed_anew(session: Session) -> None:
    contest_id = published(session)
    as_counted_by_mistake(session, contest_id)
    assert sign(session, contest_id, "result", WANG, LI).is_signed
    certifying.challenge(session, OFFICER, contest_id, reason="the sums are odd", now=LATER)
    certifying.recount(session, TELLER, contest_id, now=LATER)
    moves.publish(session, RETURNING, contest_id, now=LATER)
    assert not signing.read(session, STRANGER, contest_id, "result", now=LATER).is_signed
    assert refused(session, contest_id, certifying.certify, RETURNING, LATER) == "result_not_signed"


def test_a_recount_of_another_box_than_the_sealed_one_is_refused(session: Session) -> None:
    contest_id = published(session, k=0)
    session.add(SealedBallot(contest_id=contest_id, slot=bytes(32), seq=0, ballot=b"\x02"))
    certifying.challenge(session, OFFICER, contest_id, reason="a ballot too many", now=LATER)
    with pytest.raises(Conflict, match="box_is_not_the_sealed_one"):
        certifying.recount(session, TELLER, contest_id, now=LATER)


def test_a_certified_result_is_corrected_only_where_the_box_counts_otherwise(session: Session) -> None:
    contest_id = published(session, k=0)
    certifying.certify(session, RETURNING, contest_id, now=LATER)
    with pytest.raises(Conflict, match="nothing_to_correct"):
        certifying.correct(session, RETURNING, contest_id, reason="regret", now=LATER)
    replaced = as_counted_by_mistake(session, contest_id)
    certifying.correct(session, RETURNING, contest_id, reason="the rounding was wrong", now=LATER)
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, Corrected)
    assert (found.replaces, found.reason) == (replaced, "the rounding was wrong")
    assert session.get_one(Contest, contest_id).state == "certified"
    assert len(session.exec(select(Tally).where(Tally.contest_id == contest_id)).all()) == 3


@pytest.mark.parametrize("who", [RESIDENT, TELLER])
def test_residents_and_tellers_bring_a_challenge_to_an_officer(session: Session, who: Principal) -> None:
    contest_id = published(session, k=0)
    with pytest.raises(Forbidden):
        certifying.challenge(session, who, contest_id, reason="r", now=LATER)


def test_an_inconclusive_contest_tells_its_result_to_the_log(session: Session) -> None:
    contest_id = closed(session, k=0, terms=Terms(turnout_floor=Fraction(2, 3)))
    moves.count(session, TELLER, contest_id, now=LATER)
    assert isinstance(log_of(session, contest_id)[-1], Counted)
    assert session.get_one(Contest, contest_id).state == "inconclusive"


def test_a_contest_annulled_while_open_is_sealed_without_a_close(session: Session) -> None:
    contest_id = opened(session)
    fill(session, contest_id, (0,), (1,))
    moves.annul(session, RETURNING, contest_id, reason="wrong options", now=NOW)
    world.finish_closing(session, contest_id)
    assert [events.type_of(event) for event in log_of(session, contest_id)] == ["opened", "annulled"]
    assert len(session.exec(select(SealedBallot).where(SealedBallot.contest_id == contest_id)).all()) == 2
    left = text("SELECT count(*) FROM ballot_box WHERE contest_id = :id")
    assert session.execute(left, {"id": contest_id}).scalar_one() == 0


NEW = signer("wang-2")


def change(session: Session, contest_id: str, *signers: Signer, new: str = NEW.key.text, reason: str = "lost") -> None:
    name = THREE[0].name
    told = key_changes.statement(session, STRANGER, contest_id, name=name, new_key=new, now=NOW).note.text
    lines = lines_of(told, signers)
    key_changes.change(session, OFFICER, contest_id, name=name, new_key=new, reason=reason, lines=lines, now=NOW)


def open_with_a_log(session: Session, k: int = 2) -> str:
    contest_id = opened(session, officials=THREE if k else (), k=k)
    logs.held(session, contest_id).origin = f"yishi.test/contests/{contest_id}"
    return contest_id


def test_k_officials_agree_to_another_key(session: Session) -> None:
    contest_id = open_with_a_log(session)
    change(session, contest_id, LI, ZHAO)
    named = officials.of_document(session.get_one(Contest, contest_id).officials)
    assert [one.key for one in named] == [NEW.key.text, LI.key.text, ZHAO.key.text]
    found = log_of(session, contest_id)[-1]
    assert isinstance(found, KeyChanged)
    assert (found.old_key, found.new_key, found.reason) == (WANG.key.text, NEW.key.text, "lost")


def test_fewer_agree_to_nothing(session: Session) -> None:
    contest_id = open_with_a_log(session)
    with pytest.raises(Conflict, match="signatures_missing"):
        change(session, contest_id, LI, LI)


@pytest.mark.parametrize(("new", "code"), [(LI.key.text, "official_key_twice"), (WANG.key.text, "official_key_twice")])
def test_a_key_that_somebody_has_is_no_new_key(session: Session, new: str, code: str) -> None:
    contest_id = open_with_a_log(session)
    with pytest.raises(Invalid) as found:
        change(session, contest_id, LI, ZHAO, new=new)
    assert codes(found.value) == [code]


def test_no_key_changes_after_the_close(session: Session) -> None:
    contest_id = closed(session)
    with pytest.raises(Exception, match="illegal_move"):
        change(session, contest_id, LI, ZHAO)


def test_after_a_change_the_old_key_signs_no_more(session: Session) -> None:
    contest_id = open_with_a_log(session)
    change(session, contest_id, LI, ZHAO)
    fill(session, contest_id, (0,))
    moves.close(session, OFFICER, contest_id, now=LATER)
    world.finish_closing(session, contest_id)
    with pytest.raises(Invalid):
        sign(session, contest_id, "close", WANG)
    assert sign(session, contest_id, "close", NEW, LI).is_signed


def test_where_nobody_must_sign_nobody_agrees_to_a_key(session: Session) -> None:
    contest_id = open_with_a_log(session, k=0)
    with pytest.raises(Exception, match="nobody_must_sign"):
        key_changes.change(
            session, ADMIN, contest_id, name="x", new_key=official(NEW).key, reason="r", lines="—", now=NOW
        )
