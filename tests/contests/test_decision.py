"""Whether a contest passed by its rule, and what comes next."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlmodel import Session

from tests.contests import world
from tests.contests.people import OFFICER, RESIDENT, RETURNING, STRANGER, TELLER
from tests.contests.test_drafts import DRAFT
from tests.contests.test_moves import fill
from tests.contests.world import DAY, NOW
from voting.contests import decision, drafts, moves, queries
from voting.contests.drafts import NewOption
from voting.contests.tables import BoxRow, OpenBallotLink, Participation
from voting.core.rules.evaluate import FAILED, INCONCLUSIVE, PASSED
from voting.errors import Conflict, Forbidden, Unauthenticated
from voting.log import journal
from voting.roll.tables import Roll, RollEntry, RollVoter

MEETING, ORDINARY, SPECIAL = "cn.residents-meeting", "cn.civil-code-278.ordinary", "cn.civil-code-278.special"
RESIDENTS = "cn.rc-election.residents"
LATER = NOW + timedelta(days=40)
OPENS = NOW + timedelta(days=16)
YES_NO = [NewOption({"en": name}) for name in ("yes", "no", "abstain")]
QUESTION = replace(DRAFT, options=YES_NO, method="yes-no", rule_id=MEETING, opens_at=OPENS, closes_at=OPENS + DAY)
VOTE = replace(QUESTION, rule_id=RESIDENTS, method="plurality", options=DRAFT.options)


def owners(session: Session, areas: tuple[int, ...], basis: str = "owner", *, voters: bool = False) -> str:
    """A sealed roll with these exclusive areas; with `voters` person n acts for the n-th."""
    roll = Roll(
        id=f"rol_{basis}", community_id="com_1", name="x", basis=basis, scope={"kind": "community"}, created_at=NOW
    )
    session.add(roll)
    session.flush()
    for place, area in enumerate(areas):
        session.add(
            RollEntry(
                id=f"ent_{basis}_{place}",
                community_id="com_1",
                roll_id=roll.id,
                elector=f"o{place}",
                label=str(place),
                area_cm2=area,
                salt=b"s" * 32,
            )
        )
    session.flush()
    for place in range(len(areas) if voters else 0):
        session.add(RollVoter(roll_id=roll.id, person_id=world.person(place), entry_id=f"ent_{basis}_{place}"))
    session.flush()
    roll.state, roll.electors, roll.heads, roll.area_cm2 = "sealed", len(areas), len(areas), sum(areas)
    roll.root = b"r" * 32
    session.flush()
    return roll.id


def opened(session: Session, draft: drafts.Draft = QUESTION, **changes: Any) -> str:
    contest_id = drafts.create(session, OFFICER, "com_1", replace(draft, **changes), now=NOW).contest.id
    moves.notice(session, OFFICER, contest_id, now=NOW)
    moves.open_(session, OFFICER, contest_id, now=OPENS)
    return contest_id


def finish(session: Session, contest_id: str, now: datetime = OPENS + DAY) -> str:
    moves.close(session, OFFICER, contest_id, now=now)
    world.finish_closing(session, contest_id)
    moves.count(session, TELLER, contest_id, now=now)
    moves.publish(session, RETURNING, contest_id, now=now)
    return contest_id


def decided(session: Session, *rankings: tuple[int, ...], draft: drafts.Draft = QUESTION, **changes: Any) -> str:
    contest_id = opened(session, draft, **changes)
    fill(session, contest_id, *rankings)
    return finish(session, contest_id)


def found(session: Session, contest_id: str, now: datetime = LATER) -> decision.Decided:
    return decision.of(session, STRANGER, contest_id, now=now)


# --- the decision


def test_three_of_five_for_it_carry_a_residents_meeting(session: Session) -> None:
    contest_id = decided(session, (0,), (0,), (0,), (1,), (2,))
    answer = found(session, contest_id)
    assert answer.decision is not None
    assert [(test.have, test.of, test.result) for test in answer.decision.evaluation.tests] == [
        (5, 6, True),
        (3, 5, True),
    ]


@pytest.mark.parametrize(
    ("rankings", "outcome"),
    [
        ([(0,), (0,), (0,)], INCONCLUSIVE),  # Half of six is not more than half.
        ([(0,), (0,), (1,), (2,)], FAILED),  # Two of four are not more than half: abstentions stay in the base.
        ([(0,), (0,), (0,), (1,)], PASSED),
    ],
)
def test_a_question_is_decided_by_quorum_and_majority(
    session: Session, rankings: list[tuple[int, ...]], outcome: str
) -> None:
    assert found(session, decided(session, *rankings)).outcome == outcome


def test_a_missed_turnout_floor_leaves_it_undecided_without_figures(session: Session) -> None:
    contest_id = opened(session, terms=replace(DRAFT.terms, turnout_floor=Fraction(1, 2)))
    fill(session, contest_id, (0,))
    moves.close(session, OFFICER, contest_id, now=OPENS + DAY)
    world.finish_closing(session, contest_id)
    moves.count(session, TELLER, contest_id, now=OPENS + DAY)
    answer = found(session, contest_id)
    assert (answer.outcome, answer.decision) == (INCONCLUSIVE, None)


def test_nobody_sees_a_decision_before_the_result(session: Session) -> None:
    contest_id = opened(session)
    with pytest.raises(Conflict, match="not_counted_yet"):
        found(session, contest_id)


def test_nobody_outside_sees_a_decision_before_the_publication(session: Session) -> None:
    contest_id = opened(session)
    fill(session, contest_id, (0,))
    moves.close(session, OFFICER, contest_id, now=OPENS + DAY)
    world.finish_closing(session, contest_id)
    moves.count(session, TELLER, contest_id, now=OPENS + DAY)
    with pytest.raises(Conflict, match="not_published_yet"):
        found(session, contest_id)
    assert decision.of(session, RETURNING, contest_id, now=LATER).rule.id == MEETING


# --- area


def weighed(session: Session, areas: tuple[int, ...], marks: tuple[int | None, ...], rule_id: str = SPECIAL) -> str:
    """An open vote of owners: the n-th marks the option at its place, or stays away."""
    contest_id = opened(session, roll_id=owners(session, areas), rule_id=rule_id, secrecy="open")
    cast_open(session, contest_id, {place: mark for place, mark in enumerate(marks) if mark is not None})
    return finish(session, contest_id)


def cast_open(session: Session, contest_id: str, marks: dict[int, int]) -> None:
    """Ballots of an open vote: owner → the place of the option they mark."""
    for place, mark in marks.items():
        slot, entry = secrets.token_bytes(32), f"ent_owner_{place}"
        session.add(BoxRow(contest_id=contest_id, slot=slot, ballot=bytes((mark,))))
        session.add(OpenBallotLink(contest_id=contest_id, entry_id=entry, slot=slot))
        session.get_one(Participation, (contest_id, entry)).channel = "online"
    session.flush()


def test_one_square_centimetre_decides_a_vote(session: Session) -> None:
    # Three of four are for it by heads; by area exactly three quarters, or 1 cm² short of it.
    exact = weighed(session, (1_000_000, 1_000_000, 1_000_000, 1_000_000), (0, 0, 0, 1))
    assert found(session, exact).outcome == PASSED


def test_one_square_centimetre_less_and_it_fails(session: Session) -> None:
    short = weighed(session, (1_000_000, 1_000_000, 999_999, 1_000_000), (0, 0, 0, 1))
    answer = found(session, short)
    assert answer.decision is not None
    by_area = answer.decision.evaluation.tests[2]
    assert (by_area.have, by_area.of, answer.outcome) == (2_999_999, 3_999_999, FAILED)


def test_whoever_stays_away_weighs_in_the_roll_alone(session: Session) -> None:
    answer = found(session, weighed(session, (400, 300, 300), (0, 0, None), ORDINARY))
    assert answer.decision is not None
    quorum = answer.decision.evaluation.tests[0]
    assert (quorum.have, quorum.of, answer.outcome) == (700, 1000, PASSED)


def test_ballots_without_their_elector_are_not_weighed(session: Session) -> None:
    contest_id = opened(session, roll_id=owners(session, (1, 1)), rule_id=ORDINARY, secrecy="open")
    fill(session, contest_id, (0,), (0,))
    finish(session, contest_id)
    with pytest.raises(Conflict, match="weights_do_not_reconcile"):
        found(session, contest_id)


# --- what comes next


def ballots(*votes: int) -> list[tuple[int, ...]]:
    """So many ballots for each candidate."""
    return [(place,) for place, number in enumerate(votes) for _ in range(number)]


def test_an_election_without_a_majority_asks_for_a_second_round(session: Session) -> None:
    contest_id = decided(session, *ballots(2, 2, 1), draft=VOTE)
    answer = found(session, contest_id)
    ids = [option.id for option in queries.options(session, contest_id)]
    assert answer.outcome == INCONCLUSIVE
    assert answer.asked == decision.Asked("second_round", RESIDENTS, 1, (ids[0], ids[1]))


def test_the_second_round_is_drafted_among_the_first_two(session: Session) -> None:
    first = decided(session, *ballots(2, 2, 1), draft=VOTE)
    values = {"opens_at": LATER, "closes_at": LATER + DAY, "now": OPENS + DAY}
    made = decision.next_round(session, OFFICER, first, **values)
    labels = [option.label for option in queries.options(session, made.contest.id)]
    assert (made.contest.follows_id, labels) == (first, [option.label for option in DRAFT.options[:2]])
    assert found(session, first).next_id == made.contest.id
    with pytest.raises(Conflict, match="next_round_drafted"):
        decision.next_round(session, OFFICER, first, **values)


def test_an_annulled_second_round_may_be_drafted_again(session: Session) -> None:
    first = decided(session, *ballots(2, 2, 1), draft=VOTE)
    values = {"opens_at": LATER, "closes_at": LATER + DAY, "now": OPENS + DAY}
    made = decision.next_round(session, OFFICER, first, **values)
    moves.annul(session, RETURNING, made.contest.id, reason="x", now=OPENS + DAY)
    assert decision.next_round(session, OFFICER, first, **values).contest.id != made.contest.id


@pytest.mark.parametrize(("votes", "outcome", "elected"), [((3, 1), PASSED, 1), ((2, 2), INCONCLUSIVE, 0)])
def test_the_second_round_elects_by_plurality(
    session: Session, votes: tuple[int, ...], outcome: str, elected: int
) -> None:
    first = decided(session, *ballots(2, 2, 1), draft=VOTE)
    begins = NOW + timedelta(days=30)
    values = {"opens_at": begins, "closes_at": begins + DAY, "now": OPENS + DAY}
    second = decision.next_round(session, OFFICER, first, **values).contest.id
    moves.notice(session, OFFICER, second, now=OPENS + DAY)
    moves.open_(session, OFFICER, second, now=begins)
    fill(session, second, *ballots(*votes))
    finish(session, second, begins + DAY)
    answer = found(session, second)
    assert answer.decision is not None
    assert (answer.outcome, len(answer.decision.elected)) == (outcome, elected)
    assert answer.decision.evaluation.rounds[0].number == 2


def test_a_decision_that_asks_for_nothing_has_no_next_round(session: Session) -> None:
    contest_id = decided(session, *ballots(4, 1), draft=VOTE)
    assert found(session, contest_id).outcome == PASSED
    with pytest.raises(Conflict, match="no_next_round"):
        decision.next_round(session, OFFICER, contest_id, opens_at=LATER, closes_at=LATER + DAY, now=OPENS + DAY)


@pytest.mark.parametrize(("who", "error"), [(STRANGER, Unauthenticated), (RESIDENT, Forbidden)])
def test_only_officers_draft_the_next_round(session: Session, who: Any, error: type[Exception]) -> None:
    contest_id = decided(session, *ballots(2, 2, 1), draft=VOTE)
    with pytest.raises(error):
        decision.next_round(session, who, contest_id, opens_at=LATER, closes_at=LATER + DAY, now=OPENS + DAY)


def test_drafting_the_next_round_is_one_event(session: Session) -> None:
    contest_id = decided(session, *ballots(2, 2, 1), draft=VOTE)
    made = decision.next_round(session, OFFICER, contest_id, opens_at=LATER, closes_at=LATER + DAY, now=OPENS + DAY)
    assert [event.kind for event in journal.of(session, "contest", made.contest.id)] == ["drafted"]
