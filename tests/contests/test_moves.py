"""The life of a contest in the database: moves, what each freezes, what a count finds, and who sees it when."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from tests.contests import world
from tests.contests.people import ADMIN, AUDITOR, FOREIGNER, OFFICER, RESIDENT, RETURNING, STRANGER, TELLER
from tests.contests.test_drafts import DRAFT
from tests.contests.world import DAY, NOW
from voting.community import search_index
from voting.community.tables import Community
from voting.contests import certifying, counting, drafts, moves, queries, results
from voting.contests.tables import BoxRow, Contest, Participation, Tally
from voting.contests.terms import Terms
from voting.core import searching
from voting.core.authority import Principal
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.log import journal

SEED = "31415926535897932384"


def drafted(session: Session, **changes: Any) -> str:
    return drafts.create(session, OFFICER, "com_1", replace(DRAFT, **changes), now=NOW).contest.id


def opened(session: Session, **changes: Any) -> str:
    contest_id = drafted(session, **changes)
    moves.notice(session, OFFICER, contest_id, now=NOW)
    moves.open_(session, OFFICER, contest_id, now=NOW)
    return contest_id


def fill(session: Session, contest_id: str, *rankings: tuple[int, ...]) -> None:
    """Put ballots into the box by positions, and check off as many electors."""
    for ranking in rankings:
        session.add(BoxRow(contest_id=contest_id, slot=secrets.token_bytes(32), ballot=bytes(ranking)))
    waiting = select(Participation).where(col(Participation.contest_id) == contest_id)
    for row in session.scalars(waiting.limit(len(rankings))).all():
        row.channel = "online"
    session.flush()


def closed(session: Session, *rankings: tuple[int, ...], **changes: Any) -> str:
    contest_id = opened(session, **changes)
    fill(session, contest_id, *rankings)
    moves.close(session, OFFICER, contest_id, now=NOW + DAY)
    world.finish_closing(session, contest_id)
    return contest_id


def published(session: Session, **changes: Any) -> str:
    contest_id = closed(session, (0, 1), (0, 2), (1, 0), **changes)
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    moves.publish(session, RETURNING, contest_id, now=NOW + DAY)
    return contest_id


def state(session: Session, contest_id: str) -> str:
    return session.get_one(Contest, contest_id).state


def refused(
    session: Session, contest_id: str, move: Any, who: Principal = OFFICER, now: datetime = NOW, **values: Any
) -> str:
    with pytest.raises((IllegalMove, Conflict)) as found:
        move(session, who, contest_id, now=now, **values)
    return found.value.code


def test_a_contest_goes_from_draft_to_certified_with_one_event_each(session: Session) -> None:
    contest_id = published(session, terms=Terms(notice_days=0, objection_days=3))
    certifying.certify(session, RETURNING, contest_id, now=NOW + 4 * DAY)
    events = journal.of(session, "contest", contest_id)
    found = [(event.kind, event.from_state, event.to_state) for event in events]
    assert sorted(found) == sorted(
        [
            ("drafted", None, "draft"),
            ("noticed", "draft", "noticed"),
            ("opened", "noticed", "open"),
            ("closed", "open", "closed"),
            ("counted", "closed", "counted"),
            ("published", "counted", "provisional"),
            ("certified", "provisional", "certified"),
        ]
    )


def test_opening_puts_every_elector_on_the_participation_list(session: Session) -> None:
    contest_id = opened(session)
    assert queries.turnout(session, session.get_one(Contest, contest_id)) == queries.Turnout(6, 0)
    listed = select(func.count()).select_from(Participation).where(col(Participation.contest_id) == contest_id)
    assert session.scalar(listed) == 6


def test_a_contest_opens_only_with_a_sealed_roll(session: Session) -> None:
    world.roll(session, 2, "rol_2", state="corrected", start=10)
    contest_id = drafted(session, roll_id="rol_2")
    moves.notice(session, OFFICER, contest_id, now=NOW)
    assert refused(session, contest_id, moves.open_) == "roll_not_sealed"
    assert state(session, contest_id) == "noticed"


def test_a_refused_move_leaves_no_event(session: Session) -> None:
    contest_id = drafted(session)
    assert refused(session, contest_id, moves.close) == "illegal_move"
    assert [event.kind for event in journal.of(session, "contest", contest_id)] == ["drafted"]


def test_the_notice_lasts_its_days(session: Session) -> None:
    contest_id = drafted(session, terms=Terms(notice_days=2), closes_at=NOW + 9 * DAY)
    moves.notice(session, OFFICER, contest_id, now=NOW)
    almost = NOW + 2 * DAY - timedelta(microseconds=1)
    assert refused(session, contest_id, moves.open_, now=almost) == "notice_period_running"
    moves.open_(session, OFFICER, contest_id, now=NOW + 2 * DAY)


def test_a_demo_community_lives_ahead(session: Session) -> None:
    contest_id = opened(session)
    session.get_one(Community, "com_1").clock_offset_seconds = 86_400
    moves.close(session, OFFICER, contest_id, now=NOW)
    assert session.get_one(Contest, contest_id).closed_at == NOW + DAY


@pytest.mark.parametrize(("electors", "mode"), [(6, "patterns"), (100, "full")])
def test_small_contests_publish_patterns_by_default(session: Session, electors: int, mode: str) -> None:
    world.roll(session, electors, "rol_2", start=1000)
    assert session.get_one(Contest, opened(session, roll_id="rol_2")).publish_mode == mode


def test_the_end_moves_within_the_days_allowed(session: Session) -> None:
    contest_id = opened(session, terms=Terms(extension_max_days=2))
    moves.extend(session, OFFICER, contest_id, closes_at=NOW + 2 * DAY, reason="rain", now=NOW)
    moves.extend(session, OFFICER, contest_id, closes_at=NOW + 3 * DAY, reason="more rain", now=NOW)
    assert session.get_one(Contest, contest_id).closes_at == NOW + 3 * DAY


@pytest.mark.parametrize("days", [1, 4])
def test_an_extension_beyond_the_days_allowed_is_refused(session: Session, days: int) -> None:
    contest_id = opened(session, terms=Terms(extension_max_days=2))
    with pytest.raises(Invalid, match="invalid_request") as found:
        moves.extend(session, OFFICER, contest_id, closes_at=NOW + days * DAY, reason="rain", now=NOW)
    assert [(fault.pointer, fault.code) for fault in found.value.faults] == [("/closes_at", "extension_out_of_range")]


def test_several_extensions_count_from_the_first_end(session: Session) -> None:
    contest_id = opened(session, terms=Terms(extension_max_days=2))
    moves.extend(session, OFFICER, contest_id, closes_at=NOW + 3 * DAY, reason="rain", now=NOW)
    with pytest.raises(Invalid):
        moves.extend(session, OFFICER, contest_id, closes_at=NOW + 4 * DAY, reason="rain", now=NOW)


def test_a_box_closes_at_its_end_or_when_everybody_has_cast(session: Session) -> None:
    contest_id = opened(session)
    fill(session, contest_id, *[(0,)] * 5)
    assert refused(session, contest_id, moves.close) == "window_still_open"
    session.execute(Participation.__table__.update().values(channel="online"))  # type: ignore[attr-defined]
    moves.close(session, OFFICER, contest_id, now=NOW)


def test_a_count_is_the_engines_own_with_turnout_and_hash(session: Session) -> None:
    contest_id = closed(session, (0, 1), (0, 2), (1, 0))
    loaded = moves.count(session, TELLER, contest_id, now=NOW + DAY)
    _, tally = results.of(session, TELLER, contest_id, now=NOW + DAY)
    first = queries.options(session, contest_id)[0].id
    assert tally.result["winners"] == [first]
    assert tally.result["turnout"] == {"electors": 6, "cast": 3}
    assert tally.result_hash == counting.hash_of(tally.result)
    assert loaded.contest.state == "counted"


def test_a_missed_floor_makes_the_contest_inconclusive(session: Session) -> None:
    contest_id = closed(session, (0,), (0,), terms=Terms(turnout_floor=Fraction(1, 2)))
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    _, tally = results.of(session, STRANGER, contest_id, now=NOW + DAY)
    assert state(session, contest_id) == "inconclusive"
    assert tally.result["turnout"] == {"electors": 6, "cast": 2, "floor": "1/2", "floor_met": False}
    assert tally.result["winners"] == []
    assert tally.result["rounds"] == []


def test_a_floor_met_exactly_is_met(session: Session) -> None:
    contest_id = closed(session, (0,), (0,), (1,), terms=Terms(turnout_floor=Fraction(1, 2)))
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    assert state(session, contest_id) == "counted"


def test_a_tie_waits_for_the_dice(session: Session) -> None:
    contest_id = closed(session, (0,), (1,))
    assert refused(session, contest_id, moves.count, TELLER, NOW + DAY) == "tie_needs_lot"
    assert session.scalar(select(func.count()).select_from(Tally)) == 0
    moves.count(session, TELLER, contest_id, lot_seed=SEED, now=NOW + DAY)
    _, tally = results.of(session, TELLER, contest_id, now=NOW + DAY)
    assert len(tally.result["winners"]) == 1
    assert session.get_one(Contest, contest_id).lot_seed == SEED


def test_dice_drawn_before_the_opening_are_not_drawn_again(session: Session) -> None:
    contest_id = closed(session, (0,), (1,), lot_seed=SEED)
    assert refused(session, contest_id, moves.count, TELLER, NOW + DAY, lot_seed=SEED[::-1]) == "lot_already_drawn"
    moves.count(session, TELLER, contest_id, now=NOW + DAY)


def test_an_empty_box_has_a_result_without_winner(session: Session) -> None:
    contest_id = closed(session)
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    assert results.of(session, TELLER, contest_id, now=NOW + DAY)[1].result["winners"] == []


def test_the_order_of_the_box_and_its_slots_change_no_byte_of_the_result(session: Session) -> None:
    contest_id = opened(session, lot_seed=SEED)

    def result_of(ballots: list[tuple[int, ...]]) -> bytes:
        with session.begin_nested() as attempt:
            fill(session, contest_id, *ballots)
            moves.close(session, OFFICER, contest_id, now=NOW + DAY)
            world.finish_closing(session, contest_id)
            contest = session.get_one(Contest, contest_id)
            tally = counting.tally(session, contest, SEED)
            found = counting.hash_of(counting.document(contest, queries.turnout(session, contest), tally))
            attempt.rollback()
        return found

    ballots = [(0, 1), (1, 2), (2,), (1, 0), (0,)]
    assert result_of(ballots) == result_of(list(reversed(ballots)))


@pytest.mark.parametrize("who", [STRANGER, RESIDENT, OFFICER, RETURNING, AUDITOR, ADMIN])
def test_nobody_sees_a_result_before_the_count(session: Session, who: Principal) -> None:
    contest_id = closed(session, (0,))
    with pytest.raises(Conflict, match="not_counted_yet"):
        results.of(session, who, contest_id, now=NOW + DAY)


def test_between_count_and_publication_only_officers_see_the_result(session: Session) -> None:
    contest_id = closed(session, (0,))
    moves.count(session, TELLER, contest_id, now=NOW + DAY)
    for who in (STRANGER, RESIDENT, FOREIGNER):
        with pytest.raises(Conflict, match="not_published_yet"):
            results.of(session, who, contest_id, now=NOW + DAY)
    results.of(session, RETURNING, contest_id, now=NOW + DAY)


def test_a_published_result_needs_no_account(session: Session) -> None:
    contest_id = published(session)
    assert results.of(session, STRANGER, contest_id, now=NOW + DAY)[1].result["outcome"] == "decided"


def test_a_published_result_is_found_by_its_question(session: Session) -> None:
    contest_id = published(session)
    question = session.get_one(Contest, contest_id).question
    terms = searching.wanted(next(iter(question.values())))
    assert [hit.document.subject_id for hit in search_index.find(session, "com_1", terms)] == [contest_id]


def test_objections_last_their_days(session: Session) -> None:
    contest_id = published(session, terms=Terms(objection_days=5))
    assert refused(session, contest_id, certifying.certify, RETURNING, NOW + 5 * DAY) == "objection_period_running"
    certifying.certify(session, RETURNING, contest_id, now=NOW + 6 * DAY)


def test_a_certificate_set_aside_leaves_result_and_certificate_as_they_were(session: Session) -> None:
    contest_id = published(session)
    certifying.certify(session, RETURNING, contest_id, now=NOW + DAY)
    before = results.of(session, STRANGER, contest_id, now=NOW + DAY)[1].result_hash
    with pytest.raises(Forbidden):
        moves.annul(session, OFFICER, contest_id, reason="late regret", now=NOW + DAY)
    moves.annul(session, RETURNING, contest_id, reason="judgment 417", now=NOW + DAY)
    assert results.of(session, STRANGER, contest_id, now=NOW + DAY)[1].result_hash == before
    told = [(event.kind, event.from_state) for event in journal.of(session, "contest", contest_id)]
    assert set(told) >= {("certified", "provisional"), ("annulled", "certified")}
    assert refused(session, contest_id, moves.annul, RETURNING, reason="again") == "illegal_move"


def test_annulling_says_why(session: Session) -> None:
    contest_id = opened(session)
    moves.annul(session, RETURNING, contest_id, reason="wrong question", now=NOW)
    annulled = next(event for event in journal.of(session, "contest", contest_id) if event.kind == "annulled")
    assert (annulled.reason, annulled.actor_id) == ("wrong question", RETURNING.id)


@pytest.mark.parametrize(
    "move", [moves.notice, moves.open_, moves.close, moves.count, moves.publish, certifying.certify]
)
@pytest.mark.parametrize(
    ("who", "error"), [(STRANGER, Unauthenticated), (FOREIGNER, NotFound), (RESIDENT, Forbidden), (AUDITOR, Forbidden)]
)
def test_only_officers_move_a_contest(session: Session, move: Any, who: Principal, error: type[Exception]) -> None:
    contest_id = opened(session)
    with pytest.raises(error):
        move(session, who, contest_id, now=NOW)


def test_whoever_counts_does_not_certify(session: Session) -> None:
    contest_id = published(session)
    for who in (TELLER, OFFICER, ADMIN):
        with pytest.raises(Forbidden):
            certifying.certify(session, who, contest_id, now=NOW + DAY)


def test_actions_say_what_this_caller_may_do_and_why_not_the_rest(session: Session) -> None:
    contest_id = opened(session)
    loaded = queries.load(session, OFFICER, contest_id, NOW)
    officer = queries.view(session, OFFICER, loaded).actions
    assert {name: code for name, code in officer.items() if name in ("close", "count", "certify", "notice")} == {
        "close": "window_still_open",
        "count": "role_missing",
        "certify": "role_missing",
        "notice": "wrong_state",
    }
    resident = queries.view(session, RESIDENT, loaded).actions
    assert resident["cast"] is None
    assert resident["close"] == "role_missing"
    assert queries.view(session, STRANGER, loaded).actions["cast"] == "authentication_required"


def test_who_has_cast_may_not_cast_again(session: Session) -> None:
    contest_id = opened(session)
    session.execute(Participation.__table__.update().values(channel="online"))  # type: ignore[attr-defined]
    loaded = queries.load(session, RESIDENT, contest_id, NOW)
    assert queries.view(session, RESIDENT, loaded).actions["cast"] == "already_cast"


def test_who_is_not_on_the_roll_may_not_cast(session: Session) -> None:
    contest_id = opened(session)
    assert (
        queries.view(session, OFFICER, queries.load(session, OFFICER, contest_id, NOW)).actions["cast"] == "not_on_roll"
    )
