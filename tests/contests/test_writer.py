"""The writer without HTTP: one ballot and one check-off per elector, answers after the commit, batches that stand."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.contests import world
from tests.contests.people import RETURNING
from tests.contests.world import CONTEST, DAY, NOW, person, voter
from voting.community.tables import Community
from voting.contests import closing, moves
from voting.contests.batch import Accepted, Cast
from voting.contests.tables import OpenBallotLink
from voting.contests.writer import Writer
from voting.errors import Forbidden, Invalid, NotFound, Unavailable, YishiError
from voting.log.integration import MARGIN
from voting.store import reader, transact

T = TypeVar("T")


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(engine: Engine, clock: Clock) -> Iterator[Writer]:
    made = Writer(engine, clock)
    made.start()
    yield made
    made.stop()


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def all_of(writer: Writer, casts: list[Cast]) -> list[Accepted | BaseException]:
    return await asyncio.gather(*(writer.cast(cast) for cast in casts), return_exceptions=True)


def together(writer: Writer, casts: list[Cast]) -> list[Accepted | BaseException]:
    """Cast all at once; the outcomes in the order given."""
    return run(all_of(writer, casts))


def codes(outcomes: list[Accepted | BaseException]) -> Counter[str]:
    """How often each outcome: `accepted`, `resent`, or the code of a refusal."""
    named: Counter[str] = Counter()
    for outcome in outcomes:
        if isinstance(outcome, Accepted):
            named["resent" if outcome.resent else "accepted"] += 1
        else:
            assert isinstance(outcome, YishiError), outcome
            named[outcome.code] += 1
    return named


def test_a_cast_checks_off_fills_the_box_and_waits_for_the_log(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    cast = voter(person(0)).cast("opt_b", "opt_a")
    assert together(writer, [cast]) == [Accepted(NOW + DAY + MARGIN)]
    assert world.counts(engine) == (1, 1, 1)
    assert world.ballots(engine) == {cast.slot: (0, b"\x01\x00")}


def test_everybody_casts_once(engine: Engine, writer: Writer) -> None:
    world.build(engine, electors=700)
    assert codes(together(writer, [voter(person(n)).cast("opt_a") for n in range(700)])) == {"accepted": 700}
    assert world.counts(engine) == (700, 700, 700)


def test_two_hundred_ballots_of_one_elector_with_other_slots_are_one(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    outcomes = together(writer, [voter(person(0)).cast("opt_a") for _ in range(200)])
    assert codes(outcomes) == {"accepted": 1, "already_cast": 199}
    assert world.counts(engine) == (1, 1, 1)


def test_an_open_vote_links_each_elector_to_the_one_ballot_that_counts(engine: Engine, writer: Writer) -> None:
    world.build(engine, electors=20, secrecy="open")
    casts = [voter(person(number % 20)).cast("opt_a") for number in range(100)]
    assert codes(together(writer, casts)) == {"accepted": 20, "already_cast": 80}
    with reader(engine) as session:
        links = {link.slot: link.entry_id for link in session.exec(select(OpenBallotLink))}
    assert links.keys() == world.ballots(engine).keys()
    assert sorted(links.values()) == [f"ent_rol_1_{number:05}" for number in range(20)]


def test_a_secret_vote_links_nobody(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    together(writer, [voter(person(0)).cast("opt_a")])
    with reader(engine) as session:
        assert session.exec(select(OpenBallotLink)).all() == []


def test_the_same_ballot_again_is_the_same_receipt(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    outcomes = together(writer, [voter(person(0)).cast("opt_a")] * 200)
    assert codes(outcomes) == {"accepted": 1, "resent": 199}
    assert world.counts(engine) == (1, 1, 1)


def test_a_resend_promises_what_the_first_answer_promised(engine: Engine, writer: Writer, clock: Clock) -> None:
    world.build(engine, electors=600)
    cast = voter(person(0)).cast("opt_a")
    first = together(writer, [cast])[0]
    clock.now += timedelta(minutes=7)
    again = together(writer, [cast])[0]
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert first.integrate_by == again.integrate_by == NOW + timedelta(minutes=2)


def test_a_small_roll_is_promised_the_latest_end_that_the_terms_allow(engine: Engine, writer: Writer) -> None:
    world.build(engine, terms={"revoting": False, "ballots": "valid_only", "extension_max_days": 3})
    accepted = together(writer, [voter(person(0)).cast("opt_a")])[0]
    assert isinstance(accepted, Accepted)
    assert accepted.integrate_by == NOW + 4 * DAY + MARGIN


def test_other_marks_in_the_same_slot_are_refused(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    one = voter(person(0))
    together(writer, [one.cast("opt_a")])
    assert codes(together(writer, [one.cast("opt_b")])) == {"ballot_differs": 1}
    assert list(world.ballots(engine).values()) == [(0, b"\x00")]


def test_the_same_marks_under_another_commitment_are_no_resend(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    one = voter(person(0))
    together(writer, [one.cast("opt_a")])
    other = world.Voter(one.person_id, one.secret, secrets.token_bytes(32))
    assert codes(together(writer, [other.cast("opt_a")])) == {"ballot_differs": 1}


def test_without_revoting_a_later_seq_changes_nothing(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    one = voter(person(0))
    casts = [one.cast("opt_a", seq=seq, shown=True) for seq in range(200)]
    found = codes(together(writer, casts))
    assert found["accepted"] == 1
    assert found["revoting_not_allowed"] + found["older_revision"] == 199
    assert world.counts(engine) == (1, 1, 1)


def test_a_revision_with_the_secret_replaces_the_ballot(engine: Engine, writer: Writer) -> None:
    world.build(engine, terms={"revoting": True})
    one = voter(person(0))
    together(writer, [one.cast("opt_a")])
    assert codes(together(writer, [one.cast("opt_b", seq=1, shown=True)])) == {"accepted": 1}
    assert world.counts(engine) == (1, 1, 2)
    assert world.ballots(engine) == {one.slot: (1, b"\x01")}


def test_a_revision_resent_is_the_same_receipt(engine: Engine, writer: Writer) -> None:
    world.build(engine, terms={"revoting": True})
    one = voter(person(0))
    together(writer, [one.cast("opt_a")])
    revision = one.cast("opt_b", seq=3, shown=True)
    assert codes(together(writer, [revision] * 5)) == {"accepted": 1, "resent": 4}


def test_a_revision_without_the_secret_is_refused(engine: Engine, writer: Writer) -> None:
    world.build(engine, terms={"revoting": True})
    one = voter(person(0))
    together(writer, [one.cast("opt_a")])
    outcome = together(writer, [one.cast("opt_b", seq=1)])[0]
    assert isinstance(outcome, Invalid)
    assert [(fault.pointer, fault.code) for fault in outcome.faults] == [("/secret", "secret_required")]


def test_an_older_revision_changes_nothing(engine: Engine, writer: Writer) -> None:
    world.build(engine, terms={"revoting": True})
    one = voter(person(0))
    together(writer, [one.cast("opt_a", seq=5)])
    assert codes(together(writer, [one.cast("opt_b", seq=4, shown=True)])) == {"older_revision": 1}
    assert world.ballots(engine) == {one.slot: (5, b"\x00")}


def test_the_last_of_many_revisions_stands(engine: Engine, writer: Writer) -> None:
    world.build(engine, terms={"revoting": True})
    one = voter(person(0))
    casts = [one.cast("opt_a", seq=seq, shown=True) for seq in range(60)]
    secrets.SystemRandom().shuffle(casts)
    together(writer, casts)
    assert world.ballots(engine) == {one.slot: (59, b"\x00")}
    checked, boxed, _ = world.counts(engine)
    assert (checked, boxed) == (1, 1)


def test_a_slot_that_is_taken_leaves_the_elector_unchecked(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    one = voter(person(0))
    other = world.Voter(person(1), one.secret, secrets.token_bytes(32))
    assert codes(together(writer, [one.cast("opt_a"), other.cast("opt_a")])) == {"accepted": 1, "slot_taken": 1}
    assert world.counts(engine) == (1, 1, 1)
    assert codes(together(writer, [voter(person(1)).cast("opt_a")])) == {"accepted": 1}


def test_two_voters_never_share_a_commitment(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    one, other = voter(person(0)).cast("opt_a"), voter(person(1)).cast("opt_a")
    clash = Cast(other.contest_id, other.person_id, other.slot, 0, other.ballot, one.commitment)
    assert codes(together(writer, [one, clash])) == {"accepted": 1, "commitment_taken": 1}
    assert world.counts(engine) == (1, 1, 1)


def test_a_stranger_to_the_roll_is_refused(engine: Engine, writer: Writer) -> None:
    world.build(engine, electors=2)
    outcomes = together(writer, [voter("per_stranger").cast("opt_a"), voter(person(0)).cast("opt_a")])
    assert isinstance(outcomes[0], Forbidden)
    assert outcomes[1] == Accepted(NOW + DAY + MARGIN)


def test_an_unknown_contest_is_not_found(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    cast = voter(person(0)).cast("opt_a")
    unknown = Cast("con_none", cast.person_id, cast.slot, 0, cast.ballot, cast.commitment)
    outcomes = together(writer, [unknown, cast])
    assert isinstance(outcomes[0], NotFound)
    assert isinstance(outcomes[1], Accepted)


@pytest.mark.parametrize("state", ["draft", "noticed", "closed", "counted", "provisional", "certified", "annulled"])
def test_only_an_open_contest_takes_ballots(engine: Engine, writer: Writer, state: str) -> None:
    world.build(engine, state=state)
    assert codes(together(writer, [voter(person(0)).cast("opt_a")])) == {"contest_not_open": 1}
    assert world.counts(engine) == (0, 0, 0)


def test_a_ballot_at_the_very_end_is_late(engine: Engine, writer: Writer, clock: Clock) -> None:
    world.build(engine)
    clock.now = NOW + DAY - timedelta(microseconds=1)
    assert codes(together(writer, [voter(person(0)).cast("opt_a")])) == {"accepted": 1}
    clock.now = NOW + DAY
    assert codes(together(writer, [voter(person(1)).cast("opt_a")])) == {"voting_is_over": 1}


def test_an_extension_is_seen_at_once(engine: Engine, writer: Writer, clock: Clock) -> None:
    world.build(engine)
    clock.now = NOW + DAY
    world.change(engine, closes_at=NOW + 2 * DAY)
    assert codes(together(writer, [voter(person(0)).cast("opt_a")])) == {"accepted": 1}


def test_a_receipt_is_given_again_after_the_close(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    cast = voter(person(0)).cast("opt_a")
    together(writer, [cast])
    world.change(engine, state="closed")
    assert codes(together(writer, [cast])) == {"resent": 1}


@pytest.mark.parametrize("steps", range(len(closing.STEPS)))
def test_a_receipt_is_given_again_however_far_the_sealing_has_come(engine: Engine, writer: Writer, steps: int) -> None:
    world.build(engine, electors=1)
    cast, other = voter(person(0)).cast("opt_a"), voter(person(0)).cast("opt_b")
    together(writer, [cast])
    transact(engine, lambda session: moves.close(session, RETURNING, CONTEST, now=NOW))
    for _ in range(steps):
        transact(engine, lambda session: closing.advance(session, CONTEST))
    assert codes(together(writer, [cast])) == {"resent": 1}
    assert codes(together(writer, [other])) == {"contest_not_open": 1}


def test_a_dry_run_decides_and_writes_nothing(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    one = voter(person(0))
    assert codes(together(writer, [one.cast("opt_a", dry_run=True)] * 3)) == {"accepted": 3}
    assert world.counts(engine) == (0, 0, 0)
    together(writer, [one.cast("opt_a")])
    assert codes(together(writer, [voter(person(0)).cast("opt_b", dry_run=True)])) == {"already_cast": 1}


def test_a_ballot_that_no_database_takes_leaves_its_neighbours_alone(engine: Engine, writer: Writer) -> None:
    world.build(engine)
    good = [voter(person(n)).cast("opt_a") for n in range(4)]
    poisoned = voter(person(4)).cast("opt_a")
    poisoned = Cast(poisoned.contest_id, poisoned.person_id, poisoned.slot, 2**80, poisoned.ballot, poisoned.commitment)
    outcomes = together(writer, [*good[:2], poisoned, *good[2:]])
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [True, True, False, True, True]
    assert world.counts(engine) == (4, 4, 4)


def test_a_full_queue_says_when_to_come_back(engine: Engine, clock: Clock) -> None:
    world.build(engine)
    writer = Writer(engine, clock, waiting=0)
    writer.start()
    outcome = together(writer, [voter(person(0)).cast("opt_a")])[0]
    writer.stop()
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after == 1


def test_a_lost_connection_is_told_and_replaced(engine: Engine, writer: Writer) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    world.build(engine)
    together(writer, [voter(person(0)).cast("opt_a")])
    with engine.connect() as other:
        other.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    cast = voter(person(1)).cast("opt_a")
    assert codes(together(writer, [cast])) == {"storage_unavailable": 1}
    assert codes(together(writer, [cast])) == {"accepted": 1}


def test_only_a_demo_community_lives_ahead(engine: Engine, writer: Writer) -> None:
    world.build(engine)

    def ahead(session: Session, demo: bool) -> None:
        community = session.get_one(Community, "com_1")
        community.clock_offset_seconds, community.demo = 86_400, demo

    transact(engine, lambda session: ahead(session, demo=False))
    assert codes(together(writer, [voter(person(0)).cast("opt_a")])) == {"accepted": 1}
    transact(engine, lambda session: ahead(session, demo=True))
    assert codes(together(writer, [voter(person(1)).cast("opt_a")])) == {"voting_is_over": 1}


def test_stopping_writes_what_waits(engine: Engine, clock: Clock) -> None:
    world.build(engine)
    writer = Writer(engine, clock)

    async def cast_and_stop() -> list[Accepted | BaseException]:
        waiting = asyncio.gather(
            *(writer.cast(voter(person(n)).cast("opt_a")) for n in range(3)), return_exceptions=True
        )
        await asyncio.sleep(0)
        await asyncio.to_thread(writer.stop)
        return await waiting

    writer.start()
    assert codes(run(cast_and_stop())) == {"accepted": 3}


def test_one_elector_on_two_processes_is_one_ballot(engine: Engine, clock: Clock) -> None:
    world.build(engine, electors=40)
    writers = [Writer(engine, clock), Writer(engine, clock)]

    async def race() -> list[Accepted | BaseException]:
        casts = [voter(person(n % 40)).cast("opt_a") for n in range(400)]
        waiting = [writers[turn % 2].cast(cast) for turn, cast in enumerate(casts + casts)]
        return await asyncio.gather(*waiting, return_exceptions=True)

    for writer in writers:
        writer.start()
    found = codes(run(race()))
    for writer in writers:
        writer.stop()
    assert found["accepted"] == 40
    assert found["accepted"] + found["resent"] + found["already_cast"] == 800
    assert world.counts(engine) == (40, 40, 40)


def test_a_close_while_ballots_pour_in_counts_every_acknowledged_one(engine: Engine, writer: Writer) -> None:
    world.build(engine, electors=600)

    async def pour() -> list[Accepted | BaseException]:
        first = asyncio.gather(
            *(writer.cast(voter(person(n)).cast("opt_a")) for n in range(300)), return_exceptions=True
        )
        closing = asyncio.to_thread(world.change, engine, state="closed")
        second = asyncio.gather(
            *(writer.cast(voter(person(n)).cast("opt_a")) for n in range(300, 600)), return_exceptions=True
        )
        await closing
        return [*await first, *await second]

    found = codes(run(pour()))
    assert set(found) <= {"accepted", "contest_not_open"}
    assert world.counts(engine) == (found["accepted"],) * 3
