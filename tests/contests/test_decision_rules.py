"""What a decision rule asks of a draft, what of it is frozen with the contest, how the clock keeps it, and the timeline."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.contests.people import OFFICER, RETURNING, STRANGER
from tests.contests.test_decision import (
    MEETING,
    OPENS,
    ORDINARY,
    QUESTION,
    RESIDENTS,
    SPECIAL,
    VOTE,
    YES_NO,
    cast_open,
    decided,
    finish,
    found,
    opened,
    owners,
)
from tests.contests.test_drafts import DRAFT, faults
from tests.contests.test_moves import fill
from tests.contests.world import DAY, NOW
from voting.contests import drafts, moves, ruling, timeline
from voting.contests.tables import Contest
from voting.core import rules
from voting.core.rules.evaluate import FAILED, PASSED
from voting.core.rules.strictest import STRICTER
from voting.errors import Conflict, IllegalMove, Invalid
from voting.log import journal
from voting.roll.tables import Roll

# --- the draft


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"rule_id": "cn.nowhere"}, "/rule_id", "rule_unknown"),
        ({"rule_id": MEETING, "method": "irv"}, "/method", "rule_needs_method"),
        ({"rule_id": RESIDENTS, "method": "yes-no", "options": YES_NO[:2]}, "/method", "rule_needs_method"),
        ({"rule_id": "fr-copro.24", "method": "yes-no", "options": YES_NO}, "/rule_id", "rule_basis_not_on_roll"),
        ({"rule_id": ORDINARY, "method": "yes-no", "options": YES_NO}, "/secrecy", "rule_needs_open_vote"),
        ({"rule_id": ORDINARY, "method": "yes-no", "options": YES_NO}, "/roll_id", "rule_of_another_electorate"),
        ({"effects": ["cn.flying"]}, "/effects/0", "rule_effect_unknown"),
        (
            {"rule_id": ORDINARY, "effects": ["cn.civil-code-278.item-8"], "method": "yes-no", "options": YES_NO},
            "/rule_id",
            "rule_not_strict_enough",
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_where_it_stands(
    session: Session, changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert (pointer, code) in faults(session, **changes)


def test_the_strictest_rule_that_the_effects_demand_is_taken(session: Session) -> None:
    effects = ["cn.civil-code-278.item-5", "cn.parking.on-common-ground"]
    draft = replace(QUESTION, roll_id=owners(session, (1, 2)), rule_id=None, effects=effects, secrecy="open")
    assert drafts.create(session, OFFICER, "com_1", draft, now=NOW).contest.rule_id == SPECIAL


def test_effects_of_which_none_contains_the_others_are_refused_with_counts_that_show_it() -> None:
    apart = rules.strictest((rules.rule(ORDINARY), rules.rule("cn.property-regs-2018.ordinary")))
    with pytest.raises(Invalid) as refused:
        ruling.the_one(apart)
    fault = refused.value.faults[0]
    assert (fault.pointer, fault.code) == ("/effects", "effects_need_several_rules")
    counts = json.loads(str(fault.facts["counts"]))
    first, second = str(fault.facts["first"]), str(fault.facts["second"])
    assert (rules.evaluate(first, counts).passed, rules.evaluate(second, counts).passed) == (True, False)


def test_a_decision_says_why_this_rule_decides(session: Session) -> None:
    effects = ["cn.civil-code-278.item-5", "cn.parking.on-common-ground"]
    changes = {"roll_id": owners(session, (1, 1, 1, 1)), "rule_id": None, "effects": effects, "secrecy": "open"}
    contest_id = opened(session, **changes)
    cast_open(session, contest_id, {0: 0, 1: 0, 2: 0, 3: 1})
    because = found(session, finish(session, contest_id)).because
    assert because is not None
    assert [rule.id for rule in because.binding] == [SPECIAL]
    assert [(one.first.id, one.second.id, one.kind) for one in because.relations] == [(SPECIAL, ORDINARY, STRICTER)]


def test_a_stricter_rule_than_the_effects_demand_may_be_named(session: Session) -> None:
    draft = replace(QUESTION, roll_id=owners(session, (1, 2)), rule_id=SPECIAL, secrecy="open")
    made = drafts.create(session, OFFICER, "com_1", replace(draft, effects=["cn.civil-code-278.item-5"]), now=NOW)
    assert made.contest.rule_id == SPECIAL


def test_a_contest_without_a_rule_is_as_before(session: Session) -> None:
    contest_id = decided(session, (0,), (1,), rule_id=None)
    with pytest.raises(Conflict, match="contest_has_no_rule"):
        found(session, contest_id)


# --- frozen, and kept by the clock


def test_the_opening_freezes_the_rule_whole(session: Session) -> None:
    contest_id = opened(session, VOTE, rule_id=RESIDENTS)
    contest = session.get_one(Contest, contest_id)
    assert contest.rule == rules.rule(RESIDENTS).document
    event = next(event for event in journal.of(session, "contest", contest_id) if event.kind == "opened")
    assert (event.facts["rule"], event.facts["rule_version"]) == (RESIDENTS, 1)


def test_a_decision_is_by_the_frozen_rule_not_by_todays(session: Session) -> None:
    contest_id = decided(session, (0,), (0,), (0,), (1,))
    contest = session.get_one(Contest, contest_id)
    assert found(session, contest_id).outcome == PASSED
    # As if the catalogue had asked for nine tenths when it opened.
    frozen = dict(rules.rule(MEETING).document)
    frozen["tests"] = [*frozen["tests"][:-1], {**frozen["tests"][-1], "fraction": "9/10"}]
    contest.rule = frozen
    session.flush()
    assert found(session, contest_id).outcome == FAILED


def test_a_rule_that_takes_over_an_election_is_frozen_with_it(session: Session) -> None:
    draft = replace(VOTE, roll_id=owners(session, (1, 2), "household"), rule_id="cn.unit-leader.double-majority")
    contest_id = opened(session, draft)
    assert "first_round" in (session.get_one(Contest, contest_id).rule or {})["elect"]


def test_the_notice_of_the_rule_is_kept_to_the_day_and_the_refusal_names_it(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", replace(QUESTION, opens_at=NOW), now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    # Ten days after 1 March, in Shanghai: the eleventh is over at 16:00 UTC.
    end = datetime(2026, 3, 11, 16, tzinfo=NOW.tzinfo)
    with pytest.raises(IllegalMove, match="rule_lets_open_later") as refused:
        moves.open_(session, OFFICER, contest_id, now=end - timedelta(seconds=1))
    assert refused.value.facts["opens_from"] == "2026-03-11T16:00:00Z"
    assert timeline.of(session, STRANGER, contest_id, now=NOW).steps[1].from_at == end
    moves.open_(session, OFFICER, contest_id, now=end)


def test_the_display_of_the_roll_counts_as_well(session: Session) -> None:
    session.execute(Roll.__table__.insert().values(  # type: ignore[attr-defined]  # a roll that was displayed, then sealed
        id="rol_shown", community_id="com_1", name="x", basis="person", scope={"kind": "community"}, state="sealed",
        electors=1, heads=1, area_cm2=0, terms={}, displayed_at=NOW, created_at=NOW, version=1,
    ))  # fmt: skip
    contest_id = drafts.create(session, OFFICER, "com_1", replace(VOTE, roll_id="rol_shown"), now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    with pytest.raises(IllegalMove, match="rule_lets_open_later") as refused:
        moves.open_(session, OFFICER, contest_id, now=OPENS)
    assert refused.value.facts["opens_from"] == "2026-03-21T16:00:00Z"


# --- extensions


def with_extension(session: Session, **values: Any) -> str:
    """An open vote of seven days' extension at most, whose rule provides for extensions in its own way."""
    contest_id = opened(session, terms=replace(DRAFT.terms, extension_max_days=7))
    document = {**rules.rule(MEETING).document, "extension": {"length": 3, "unit": "day", **values}}
    session.get_one(Contest, contest_id).rule = document
    session.flush()
    return contest_id


def extend(session: Session, contest_id: str, days: int) -> None:
    moves.extend(session, OFFICER, contest_id, closes_at=OPENS + (1 + days) * DAY, reason="雨", now=OPENS)


def test_a_rule_that_is_silent_leaves_extensions_to_the_terms(session: Session) -> None:
    extend(session, opened(session, terms=replace(DRAFT.terms, extension_max_days=7)), 7)


def test_a_rule_limits_how_far_the_end_is_moved(session: Session) -> None:
    contest_id = with_extension(session)
    # Three days after the day of the first end, to the end of that day in Shanghai.
    with pytest.raises(Invalid) as refused:
        extend(session, contest_id, 4)
    assert refused.value.faults[0].facts["until"] == "2026-03-21T16:00:00Z"
    extend(session, contest_id, 3)


def test_a_rule_limits_how_often_the_end_is_moved(session: Session) -> None:
    contest_id = with_extension(session)
    extend(session, contest_id, 1)
    with pytest.raises(IllegalMove, match="extension_used_up"):
        extend(session, contest_id, 2)


@pytest.mark.parametrize(("cast", "allowed"), [(3, True), (4, False)])
def test_a_rule_extends_for_low_turnout_alone(session: Session, cast: int, allowed: bool) -> None:
    contest_id = with_extension(session, turnout_below="2/3")
    fill(session, contest_id, *[(0,)] * cast)
    if allowed:
        extend(session, contest_id, 1)
        return
    with pytest.raises(IllegalMove, match="extension_turnout_enough"):
        extend(session, contest_id, 1)


def test_an_extension_never_makes_the_window_longer_than_the_rule_lets_it_be(session: Session) -> None:
    contest_id = opened(session, terms=replace(DRAFT.terms, extension_max_days=30))
    words = {"zh": "x", "en": "x"}
    clock = {"what": "window", "bound": "max", "length": 10, "unit": "day", "clause": words, "certainty": "practice"}
    session.get_one(Contest, contest_id).rule = {**rules.rule(MEETING).document, "clocks": [clock]}
    session.flush()
    with pytest.raises(Invalid) as refused:
        extend(session, contest_id, 11)
    assert refused.value.faults[0].code == "window_too_long"


# --- the timeline


def steps(session: Session, contest_id: str, now: datetime = NOW) -> dict[str, timeline.Step]:
    return {step.name: step for step in timeline.of(session, STRANGER, contest_id, now=now).steps}


def test_a_draft_says_by_when_the_notice_must_be_out(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", QUESTION, now=NOW).contest.id
    seen = {step.name: step for step in timeline.of(session, OFFICER, contest_id, now=NOW).steps}
    # Ten whole days before 17 March in Shanghai: the notice goes out on the sixth at the latest.
    assert seen["notice"].until_at == datetime(2026, 3, 6, 16, tzinfo=NOW.tzinfo)
    assert (seen["notice"].state, seen["open"].state) == ("next", "later")


def test_each_bound_names_its_clause(session: Session) -> None:
    contest_id = drafts.create(session, OFFICER, "com_1", QUESTION, now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    bounds = {bound.what: bound.clause for bound in steps(session, contest_id)["open"].bounds}
    assert set(bounds) == {"opens_at", "notice"}
    assert "26" in bounds["notice"]["zh"]


def test_steps_are_done_next_or_later(session: Session) -> None:
    contest_id = decided(session, (0,))
    seen = steps(session, contest_id)
    assert [(step.name, step.state) for step in seen.values()] == [
        ("notice", "done"),
        ("open", "done"),
        ("close", "done"),
        ("count", "done"),
        ("publish", "done"),
        ("certify", "next"),
    ]
    assert seen["open"].at == OPENS


def test_an_annulled_contest_has_nothing_next(session: Session) -> None:
    contest_id = opened(session)
    moves.annul(session, RETURNING, contest_id, reason="x", now=OPENS)
    seen = steps(session, contest_id)
    assert [step.state for step in seen.values()] == ["done", "done", "dropped", "dropped", "dropped", "dropped"]


def test_the_timeline_says_what_this_caller_may_do(session: Session) -> None:
    contest_id = opened(session)
    mine = timeline.of(session, OFFICER, contest_id, now=OPENS).actions
    assert mine["close"] == "window_still_open"
    assert timeline.of(session, STRANGER, contest_id, now=OPENS).actions["close"] == "authentication_required"
