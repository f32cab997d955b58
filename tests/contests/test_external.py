"""A vote held on an official system: two officials record it alone, it fits the roll, and no ballot is cast here."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from tests.contests import world
from tests.contests.people import ADMIN, AUDITOR, FOREIGNER, OFFICER, RESIDENT, RETURNING, STRANGER, TELLER
from tests.contests.test_decision import OPENS, QUESTION, VOTE, owners
from tests.contests.test_drafts import faults
from tests.contests.world import DAY, NOW
from voting.contests import (
    bundle_source,
    certifying,
    decision,
    drafts,
    external,
    moves,
    publishing,
    queries,
    results,
    timeline,
)
from voting.contests.external import Found, Paper
from voting.contests.tables import BoxRow, Contest, ExternalRecord, Participation
from voting.core.authority import Grant, Principal
from voting.core.rules.evaluate import FAILED, INCONCLUSIVE, PASSED
from voting.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.log import journal
from voting.store import reader, transact

HELD = OPENS + DAY
PAPER = Paper("计票结果公告.pdf", "ab" * 32)
SPECIAL = "cn.civil-code-278.special"
OUTSIDE = replace(QUESTION, channel="external")
COUNTS = {"roll": {"heads": 6}, "votes": {"for": {"heads": 4}, "against": {"heads": 1}}}


def noticed(session: Session, draft: drafts.Draft = OUTSIDE, **changes: Any) -> str:
    contest_id = drafts.create(session, OFFICER, "com_1", replace(draft, **changes), now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    return contest_id


def recorded(
    session: Session, contest_id: str, who: Principal, counts: Mapping[str, Any] = COUNTS, **changes: Any
) -> external.ExternalView:
    found = Found("市表决平台", "〔2026〕417", counts, (PAPER,))
    return external.record(session, who, contest_id, replace(found, **changes), now=HELD)


def settled(session: Session, counts: Mapping[str, Any] = COUNTS, **changes: Any) -> str:
    contest_id = noticed(session, **changes)
    recorded(session, contest_id, OFFICER, counts)
    recorded(session, contest_id, TELLER, counts)
    return contest_id


def state(session: Session, contest_id: str) -> str:
    return session.get_one(Contest, contest_id).state


def kinds(session: Session, contest_id: str) -> list[str]:
    return [event.kind for event in journal.of(session, "contest", contest_id)]


# --- two officials


def test_one_record_settles_nothing(session: Session) -> None:
    contest_id = noticed(session)
    view = recorded(session, contest_id, OFFICER)
    assert (view.records, view.agreed, state(session, contest_id)) == (1, None, "noticed")


def test_a_second_official_with_the_same_totals_settles_it(session: Session) -> None:
    contest_id = settled(session)
    view = external.of(session, OFFICER, contest_id, now=HELD)
    assert (state(session, contest_id), view.records) == ("recorded", 2)
    assert view.agreed is not None
    assert view.agreed.content["reference"] == "〔2026〕417"


def test_the_same_official_twice_is_one_official(session: Session) -> None:
    contest_id = noticed(session)
    recorded(session, contest_id, OFFICER)
    assert recorded(session, contest_id, OFFICER).records == 1
    assert state(session, contest_id) == "noticed"


def test_each_record_leaves_one_event(session: Session) -> None:
    assert kinds(session, settled(session)) == ["drafted", "noticed", "recorded", "matched"]


def test_a_figure_may_be_written_in_any_form_that_means_the_same(session: Session) -> None:
    contest_id = noticed(session)
    recorded(session, contest_id, OFFICER)
    other = {"roll": 6, "votes": {"for": "4", "against": {"count": 1}, "abstain": 0}}
    assert recorded(session, contest_id, TELLER, other).agreed is not None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"counts": {"roll": 6, "votes": {"for": 3, "against": 2}}}, "/counts/votes/against/heads"),
        ({"reference": "〔2026〕418"}, "/reference"),
        ({"documents": (replace(PAPER, sha256="cd" * 32),)}, "/documents"),
        ({"system": "另一平台"}, "/system"),
    ],
)
def test_two_that_differ_settle_nothing_and_the_place_is_named(
    session: Session, changes: dict[str, Any], pointer: str
) -> None:
    contest_id = noticed(session)
    recorded(session, contest_id, OFFICER)
    view = recorded(session, contest_id, TELLER, **changes)
    assert (state(session, contest_id), pointer in view.differing) == ("noticed", True)


def test_a_corrected_record_settles_it(session: Session) -> None:
    contest_id = noticed(session)
    recorded(session, contest_id, OFFICER, {"roll": 6, "votes": {"for": 5}})
    recorded(session, contest_id, TELLER)
    recorded(session, contest_id, OFFICER)
    assert state(session, contest_id) == "recorded"
    rows = session.scalar(
        select(func.count()).select_from(ExternalRecord).where(col(ExternalRecord.contest_id) == contest_id)
    )
    assert rows == 3


def test_nobody_reads_anothers_record_before_two_agree(session: Session) -> None:
    contest_id = noticed(session)
    recorded(session, contest_id, OFFICER)
    view = external.of(session, TELLER, contest_id, now=HELD)
    assert (view.records, view.own, view.agreed, view.differing) == (1, None, None, ())


def test_two_programs_are_not_two_officials(session: Session) -> None:
    contest_id = noticed(session)
    grant = Grant("committee_officer", "community", "com_1")
    program = Principal("client", "cli_1", "com_1", (grant,), frozenset({"contests:write"}))
    with pytest.raises(Forbidden, match="persons_only"):
        recorded(session, contest_id, program)


@pytest.mark.parametrize(
    ("who", "error"), [(STRANGER, Unauthenticated), (RESIDENT, Forbidden), (AUDITOR, Forbidden), (FOREIGNER, NotFound)]
)
def test_only_officials_record(session: Session, who: Principal, error: type[Exception]) -> None:
    contest_id = noticed(session)
    with pytest.raises(error):
        recorded(session, contest_id, who)


def test_a_record_is_never_changed(session: Session) -> None:
    settled(session)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("UPDATE external_record SET recorded_by = 'x'"))


# --- the roll and the rule


@pytest.mark.parametrize(
    ("counts", "pointer", "code"),
    [
        ({"roll": 7, "votes": {"for": 4}}, "/counts/roll", "external_roll_differs"),
        ({"roll": 6, "votes": {"for": 7}}, "/counts/votes/for", "counts_above_roll"),
        ({"roll": 6}, "/counts/votes", "missing_member"),
        ({"roll": 6, "votes": {"fro": 1}}, "/counts/votes/fro", "unknown_member_did_you_mean"),
        ({"roll": 6, "votes": {}, "seats": 1}, "/counts/seats", "unexpected_member"),
    ],
)
def test_totals_that_do_not_fit_are_refused_where_they_stand(
    session: Session, counts: dict[str, Any], pointer: str, code: str
) -> None:
    contest_id = noticed(session)
    with pytest.raises(Invalid) as refused:
        recorded(session, contest_id, OFFICER, counts)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refused.value.faults]
    assert kinds(session, contest_id) == ["drafted", "noticed"]


@pytest.mark.parametrize(("area", "fits"), [(4_000_000, True), (3_999_999, False)])
def test_the_area_of_the_roll_fits_to_the_square_centimetre(session: Session, area: int, fits: bool) -> None:
    roll_id = owners(session, (1_000_000,) * 4)
    contest_id = noticed(session, roll_id=roll_id, rule_id=SPECIAL)
    votes = {"for": {"heads": 3, "area": 3_000_000}, "against": {"heads": 1, "area": 999_999}}
    counts = {"roll": {"heads": 4, "area": area}, "votes": votes}
    if fits:
        assert recorded(session, contest_id, OFFICER, counts).records == 1
        return
    with pytest.raises(Invalid) as refused:
        recorded(session, contest_id, OFFICER, counts)
    assert refused.value.faults[0].code == "external_roll_differs"


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [({"for": 3}, INCONCLUSIVE), ({"for": 2, "against": 2}, FAILED), ({"for": 3, "against": 1}, PASSED)],
)
def test_the_rule_decides_on_the_totals(session: Session, votes: dict[str, int], outcome: str) -> None:
    contest_id = settled(session, {"roll": 6, "votes": votes})
    assert decision.of(session, OFFICER, contest_id, now=HELD).outcome == outcome


def test_the_rule_is_frozen_with_the_notice(session: Session) -> None:
    contest = session.get_one(Contest, noticed(session))
    assert (contest.rule or {})["id"] == "cn.residents-meeting"


def test_an_election_is_recorded_by_option(session: Session) -> None:
    contest_id = noticed(session, replace(VOTE, channel="external"))
    ids = [option.id for option in queries.options(session, contest_id)]
    votes = dict(zip(ids, (2, 2, 1), strict=True))
    counts = {"roll": 6, "votes": {"for": 5}, "candidates": votes}
    recorded(session, contest_id, OFFICER, counts)
    recorded(session, contest_id, TELLER, counts)
    found = decision.of(session, OFFICER, contest_id, now=HELD)
    assert found.asked is not None
    assert found.asked.options == (ids[0], ids[1])
    with pytest.raises(Invalid) as refused:
        recorded(session, noticed(session, replace(VOTE, channel="external")), OFFICER, counts)
    assert refused.value.faults[0].code == "external_candidates"


def test_an_external_vote_names_a_rule(session: Session) -> None:
    assert faults(session, channel="external") == [("/rule_id", "external_needs_rule")]


def test_a_rule_by_area_needs_no_open_vote_elsewhere(session: Session) -> None:
    assert noticed(session, roll_id=owners(session, (1,)), rule_id=SPECIAL)


# --- never here


def test_no_box_opens_for_it(session: Session) -> None:
    contest_id = noticed(session)
    for move in (moves.open_, moves.close, moves.count):
        with pytest.raises(IllegalMove) as refused:
            move(session, ADMIN, contest_id, now=HELD)
        assert "record" in refused.value.allowed
    for table in (Participation, BoxRow):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_nothing_external_is_recorded_of_a_vote_held_here(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", QUESTION, now=NOW).contest.id
    with pytest.raises(IllegalMove):
        recorded(session, contest_id, OFFICER)
    with pytest.raises(Conflict, match="contest_held_here"):
        external.of(session, OFFICER, contest_id, now=HELD)


def test_it_has_neither_box_nor_result_nor_bundle_of_this_service(session: Session) -> None:
    contest_id = settled(session)
    moves.publish(session, RETURNING, contest_id, now=HELD)
    for read in (
        lambda: results.of(session, OFFICER, contest_id, now=HELD),
        lambda: publishing.lines(session, STRANGER, contest_id, after=None, limit=1, now=HELD),
        lambda: publishing.patterns(session, STRANGER, contest_id, now=HELD),
        lambda: bundle_source.of(session, STRANGER, contest_id, "public", now=HELD),
    ):
        with pytest.raises(Conflict, match="contest_held_elsewhere"):
            read()


# --- the machine


def test_nothing_is_recorded_before_the_official_vote_is_over(session: Session) -> None:
    contest_id = noticed(session)
    found = Found("s", "r", COUNTS, (PAPER,))
    with pytest.raises(IllegalMove, match="official_vote_running") as refused:
        external.record(session, OFFICER, contest_id, found, now=HELD - timedelta(seconds=1))
    assert refused.value.facts["closes_at"] == HELD.isoformat().replace("+00:00", "Z")


def test_a_settled_result_takes_no_further_record(session: Session) -> None:
    contest_id = settled(session)
    with pytest.raises(IllegalMove, match="illegal_move"):
        recorded(session, contest_id, ADMIN)


def test_it_is_published_and_certified_as_such(session: Session) -> None:
    contest_id = settled(session)
    with pytest.raises(Conflict, match="not_published_yet"):
        external.of(session, STRANGER, contest_id, now=HELD)
    moves.publish(session, RETURNING, contest_id, now=HELD)
    view = external.of(session, STRANGER, contest_id, now=HELD)
    assert (view.own, view.agreed is not None) == (None, True)
    assert decision.of(session, STRANGER, contest_id, now=HELD).outcome == PASSED
    certifying.certify(session, RETURNING, contest_id, now=HELD)
    assert state(session, contest_id) == "certified"
    assert kinds(session, contest_id)[-2:] == ["published", "certified"]


def test_it_may_be_annulled(session: Session) -> None:
    contest_id = settled(session)
    moves.annul(session, RETURNING, contest_id, reason="名册有误", now=HELD)
    assert state(session, contest_id) == "annulled"


def test_what_was_certified_and_set_aside_is_read_as_before(session: Session) -> None:
    contest_id = settled(session)
    moves.publish(session, RETURNING, contest_id, now=HELD)
    certifying.certify(session, RETURNING, contest_id, now=HELD + 60 * DAY)
    before = external.of(session, STRANGER, contest_id, now=HELD).agreed
    moves.annul(session, RETURNING, contest_id, reason="判决", now=HELD + 61 * DAY)
    assert before is not None
    assert external.of(session, STRANGER, contest_id, now=HELD).agreed == before
    assert decision.of(session, STRANGER, contest_id, now=HELD).outcome == PASSED


def test_its_timeline_has_a_step_for_recording(session: Session) -> None:
    contest_id = noticed(session)
    steps = timeline.of(session, OFFICER, contest_id, now=NOW).steps
    assert [(step.name, step.state) for step in steps] == [
        ("notice", "done"),
        ("record", "next"),
        ("publish", "later"),
        ("certify", "later"),
    ]
    assert steps[1].from_at == HELD


def test_its_actions_are_those_of_its_machine(session: Session) -> None:
    loaded = queries.load(session, OFFICER, noticed(session), HELD)
    actions = queries.view(session, OFFICER, loaded).actions
    assert (actions["record"], "open" in actions) == (None, False)


# --- two at the same moment


def test_two_officials_at_the_same_moment_settle_it_once(engine: Engine) -> None:
    def settle(made: Session) -> str:
        world.community(made)
        world.roll(made, 6)
        return noticed(made)

    contest_id = transact(engine, settle)
    gate = Barrier(2)

    def record(who: Principal) -> str:
        gate.wait()
        return transact(engine, lambda made: recorded(made, contest_id, who).loaded.contest.state)

    with ThreadPoolExecutor(2) as pool:
        states = sorted(pool.map(record, (OFFICER, TELLER)))
    assert states == ["noticed", "recorded"]
    with reader(engine) as seen:
        assert kinds(seen, contest_id) == ["drafted", "noticed", "recorded", "matched"]


# --- the way that stays


def test_a_failed_vote_is_followed_by_the_one_that_the_law_opens(session: Session) -> None:
    counts = {"roll": {"share": 1000}, "votes": {"for": {"share": 400}, "against": {"share": 100}}}
    contest_id = settled(session, counts, roll_id=owners(session, (1, 2)), rule_id="fr-copro.25")
    moves.publish(session, RETURNING, contest_id, now=HELD)
    found = decision.of(session, OFFICER, contest_id, now=HELD)
    assert found.asked is not None
    assert (found.outcome, found.asked.kind, found.asked.rule_id) == (FAILED, "second_vote", "fr-copro.24")
    made = decision.next_round(session, OFFICER, contest_id, opens_at=HELD, closes_at=HELD + DAY, now=HELD).contest
    assert (made.rule_id, made.channel, made.follows_id) == ("fr-copro.24", "external", contest_id)
