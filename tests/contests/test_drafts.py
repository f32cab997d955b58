"""Drafting: what a contest must say, and which of it can still change."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sqlmodel import Session

from tests.contests import world
from tests.contests.people import FOREIGNER, OFFICER, RESIDENT, STRANGER
from tests.contests.world import DAY, NOW
from voting.contests import drafts, moves, queries
from voting.contests.drafts import Draft, NewOption
from voting.contests.terms import Terms
from voting.errors import Forbidden, IllegalMove, Invalid, NotFound, Unauthenticated
from voting.log import journal
from voting.roll.tables import Roll

LABELS = ("一号方案", "二号方案", "维持现状")
DRAFT = Draft(
    roll_id="rol_1",
    question={"zh-CN": "停车怎么改?", "en": "How shall we park?"},
    options=[NewOption({"zh-CN": label}, status_quo=label == LABELS[-1]) for label in LABELS],
    method="irv",
    opens_at=NOW,
    closes_at=NOW + DAY,
)


def faults(session: Session, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        drafts.create(session, OFFICER, "com_1", replace(DRAFT, **changes), now=NOW)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_stranger_drafts_nothing(session: Session) -> None:
    with pytest.raises(Unauthenticated):
        drafts.create(session, STRANGER, "com_1", DRAFT, now=NOW)


def test_another_community_drafts_nothing_here(session: Session) -> None:
    with pytest.raises(NotFound):
        drafts.create(session, FOREIGNER, "com_1", DRAFT, now=NOW)


def test_a_resident_drafts_nothing(session: Session) -> None:
    with pytest.raises(Forbidden):
        drafts.create(session, RESIDENT, "com_1", DRAFT, now=NOW)


def test_a_draft_keeps_its_options_in_order(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    found = queries.options(session, loaded.contest.id)
    assert [(option.position, option.label["zh-CN"]) for option in found] == list(enumerate(LABELS))
    assert [option.status_quo for option in found] == [False, False, True]


def test_drafting_is_one_event(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    assert [event.kind for event in journal.of(session, "contest", loaded.contest.id)] == ["drafted"]


def test_ties_are_broken_by_lot_unless_the_rules_say_otherwise(session: Session) -> None:
    assert drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW).contest.rules == {"tie_break": "random"}
    left_open = replace(DRAFT, rules={"tie_break": None})
    assert drafts.create(session, OFFICER, "com_1", left_open, now=NOW).contest.rules == {"tie_break": None}


def test_rules_name_options_by_their_place_in_the_request(session: Session) -> None:
    rules = {"tie_break": "candidate_order", "tie_break_order": ["#/options/2", "#/options/0", "#/options/1"]}
    loaded = drafts.create(session, OFFICER, "com_1", replace(DRAFT, rules=rules), now=NOW)
    ids = [option.id for option in queries.options(session, loaded.contest.id)]
    assert loaded.contest.rules["tie_break_order"] == [ids[2], ids[0], ids[1]]


LOTS = "/rules/tie_break_resolutions"
LOT = {"round": 1, "tied": ["#/options/0", "B"], "selected": "B", "selecting": "winner"}
MANY = [NewOption({"en": str(number)}) for number in range(14)]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"options": DRAFT.options[:1]}, "/options", "number_of_options"),
        ({"options": [DRAFT.options[0]] * 2}, "/options/1/label/zh-CN", "same_label"),
        ({"options": [*DRAFT.options, NewOption({"en": "4"})], "method": "yes-no"}, "/options", "options_of_yes_no"),
        ({"seats": 2, "method": "yes-no"}, "/seats", "seats_of_method"),
        ({"closes_at": NOW}, "/closes_at", "closes_before_it_opens"),
        ({"seats": 4}, "/seats", "more_seats_than_options"),
        ({"method": "dice"}, "/method", "unknown_method"),
        ({"rules": {"overvote": "ignore"}}, "/rules/overvote", "illegal_rule"),
        ({"method": "schultze"}, "/method", "unknown_method_did_you_mean"),
        ({"rules": {"overvot": "skip"}}, "/rules/overvot", "unknown_rule_did_you_mean"),
        ({"rules": {"overvote": "exhaust_immediatly"}}, "/rules/overvote", "illegal_rule_did_you_mean"),
        ({"seats": 2}, "/seats", "seats_of_method"),
        ({"seats": 0}, "/seats", "seats_of_method"),
        ({"seats": 2, "method": "smith-set"}, "/seats", "seats_of_method"),
        (
            {"method": "score", "rules": {"skipped_ranks": "exhaust_when_more_than_n_consecutive"}},
            "/rules/skipped_ranks",
            "illegal_rule",
        ),
        ({"rules": {"charm": 1}}, "/rules/charm", "unknown_rule"),
        ({"rules": {"tie_break_seed": "1"}}, "/rules/tie_break_seed", "lot_seed_elsewhere"),
        ({"rules": {"excluded_candidates": ["#/options/3"]}}, "/rules/excluded_candidates/0", "no_such_option"),
        ({"rules": {"excluded_candidates": ["Nobody"]}}, "/rules/excluded_candidates/0", "unknown_option"),
        ({"rules": {"tie_break_order": ["#/options/0", "Nobody"]}}, "/rules/tie_break_order/1", "unknown_option"),
        ({"rules": {"a/b": 1}}, "/rules/a~1b", "unknown_rule"),
        ({"rules": {"tie_break_resolutions": [LOT | {"tied": "AB"}]}}, f"{LOTS}/0/tied", "illegal_rule"),
        ({"rules": {"tie_break_resolutions": [LOT, LOT | {"tied": ["A"]}]}}, f"{LOTS}/1/selected", "illegal_rule"),
        ({"rules": {"tie_break_resolutions": [LOT | {"round": "1"}]}}, f"{LOTS}/0/round", "illegal_rule"),
        (
            {"rules": {"tie_break_resolutions": [LOT | {"selecting": "loosr"}]}},
            f"{LOTS}/0/selecting",
            "illegal_rule_did_you_mean",
        ),
        (
            {"rules": {"tie_break_resolutions": [LOT | {"tied": ["B", "#/options/1"]}]}},
            f"{LOTS}/0/tied",
            "unknown_option",
        ),
        ({"options": MANY, "method": "stv-gregory-exact", "seats": 13}, "/seats", "method_takes_fewer"),
    ],
)
def test_a_wrong_value_is_named_where_it_stands(
    session: Session, changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert faults(session, **changes) == [(pointer, code)]


def grow(session: Session, electors: int, state: str = "corrected") -> None:
    """The second roll, as if it had so many electors."""
    if session.get(Roll, "rol_2") is None:
        world.roll(session, 2, "rol_2", state="corrected", start=10)
    roll = session.get_one(Roll, "rol_2")
    roll.electors, roll.state, roll.root = electors, state, bytes(32) if state == "sealed" else None
    session.flush()


def test_more_electors_than_the_method_counts_ballots_of_are_refused_beforehand(session: Session) -> None:
    grow(session, 10**6)
    equal = {"roll_id": "rol_2", "method": "stv-meek", "options": MANY, "seats": 2}
    assert faults(session, **equal) == [("/method", "method_takes_fewer_ballots")]
    for takes in ({"rules": {"overvote": "exhaust_immediately"}}, {"seats": 1, "method": "irv"}):
        assert drafts.create(session, OFFICER, "com_1", replace(DRAFT, **{**equal, **takes}), now=NOW)
    assert faults(session, **equal, channel="external") == [("/rule_id", "external_needs_rule")]


def test_a_roll_that_has_grown_beyond_the_method_stands_in_the_way_of_notice_and_opening(session: Session) -> None:
    grow(session, 2)
    draft = replace(DRAFT, roll_id="rol_2", method="stv-meek")
    contest = drafts.create(session, OFFICER, "com_1", draft, now=NOW).contest
    grow(session, 10**7)
    with pytest.raises(IllegalMove, match="more_ballots_than_can_be_counted"):
        moves.notice(session, OFFICER, contest.id, now=NOW)
    grow(session, 2)
    moves.notice(session, OFFICER, contest.id, now=NOW)
    grow(session, 10**7, state="sealed")
    with pytest.raises(IllegalMove, match="more_ballots_than_can_be_counted"):
        moves.open_(session, OFFICER, contest.id, now=NOW)


def test_the_record_of_another_election_keeps_its_seats(session: Session) -> None:
    record = replace(DRAFT, seats=9, method="stv-scottish", terms=Terms(ballots="as_marked"))
    assert drafts.create(session, OFFICER, "com_1", record, now=NOW).contest.seats == 9


def test_a_roll_of_another_community_is_absent(session: Session) -> None:
    with pytest.raises(NotFound, match="roll_not_found"):
        drafts.create(session, replace(FOREIGNER), "com_2", DRAFT, now=NOW)


def test_an_edit_changes_what_it_names_and_nothing_else(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    before = queries.options(session, loaded.contest.id)
    changes = {"seats": 2, "method": "plurality", "terms": Terms(turnout_floor=Fraction(2, 4))}
    edited = drafts.edit(session, OFFICER, loaded, changes).contest
    assert (edited.seats, edited.method, edited.terms["turnout_floor"]) == (2, "plurality", "1/2")
    assert edited.question == DRAFT.question
    assert queries.options(session, edited.id) == before


def test_new_options_replace_the_old(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    old = {option.id for option in queries.options(session, loaded.contest.id)}
    drafts.edit(session, OFFICER, loaded, {"options": list(reversed(DRAFT.options))})
    new = queries.options(session, loaded.contest.id)
    assert [option.label["zh-CN"] for option in new] == list(reversed(LABELS))
    assert old.isdisjoint(option.id for option in new)


def test_an_edit_is_checked_like_a_draft(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    with pytest.raises(Invalid):
        drafts.edit(session, OFFICER, loaded, {"closes_at": NOW})


def test_a_noticed_contest_is_no_longer_edited(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    moves.notice(session, OFFICER, loaded.contest.id, now=NOW)
    with pytest.raises(IllegalMove):
        drafts.edit(session, OFFICER, loaded, {"seats": 1})


def test_a_draft_is_absent_outside_its_community(session: Session) -> None:
    loaded = drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW)
    for outsider in (STRANGER, FOREIGNER):
        with pytest.raises(NotFound):
            queries.load(session, outsider, loaded.contest.id, NOW)
        assert queries.page(session, outsider, "com_1", now=NOW) == ()
    assert len(queries.page(session, RESIDENT, "com_1", now=NOW)) == 1


def test_pages_of_contests_are_disjoint_and_complete(session: Session) -> None:
    ids = [drafts.create(session, OFFICER, "com_1", DRAFT, now=NOW + n * DAY).contest.id for n in range(5)]
    first = queries.page(session, OFFICER, "com_1", limit=3, now=NOW)
    rest = queries.page(session, OFFICER, "com_1", limit=3, after=first[-1].contest.id, now=NOW)
    assert [view.contest.id for view in (*first, *rest)] == ids
