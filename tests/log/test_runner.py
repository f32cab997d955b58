"""The thread that runs what is due: it finds it, in the community's own time, and one broken log stops no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session

from tests.contests import world as ballots
from tests.contests.world import CONTEST, NOW
from tests.log import world
from tests.log.world import EXTENDED, MINUTE
from voting.community.tables import Community
from voting.contests import queries
from voting.log.runner import Sequencer
from voting.log.sequencer import Signing
from voting.store import transact

PATIENCE = 20.0


class Clock:
    """Says what the test says."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def machine(tmp_path: Path) -> Signing:
    return world.signing(tmp_path)


@pytest.fixture
def sequencer(engine: Engine, clock: Clock, machine: Signing) -> Iterator[Sequencer]:
    made = Sequencer(engine, clock, queries.community_time, machine)
    yield made
    made.stop()


def eventually(found: Callable[[], bool]) -> bool:
    """Whether it comes true before long."""
    until = time.monotonic() + PATIENCE
    while not found() and time.monotonic() < until:
        time.sleep(0.02)
    return found()


def test_a_turn_runs_what_is_due_and_nothing_else(engine: Engine, sequencer: Sequencer, clock: Clock) -> None:
    world.build(engine)
    sequencer.turn()
    assert world.log(engine).signed_size == 1
    world.wait(engine, world.values(3), NOW + 2 * MINUTE)
    sequencer.turn()
    assert world.log(engine).size == 1
    clock.now += MINUTE
    sequencer.turn()
    assert world.log(engine).signed_size == 4


def test_a_turn_without_commitments_looks_at_events_alone(engine: Engine, sequencer: Sequencer) -> None:
    world.build(engine)
    sequencer.turn()
    world.wait(engine, world.values(3), NOW)
    sequencer.turn(commitments=False)
    assert world.log(engine).size == 1


def test_what_is_due_is_due_in_the_communitys_own_time(engine: Engine, sequencer: Sequencer) -> None:
    world.build(engine)
    world.wait(engine, world.values(3), NOW + timedelta(hours=1))
    sequencer.turn()
    assert world.log(engine).size == 1
    transact(engine, lambda session: session.execute(update(Community).values(clock_offset_seconds=3600)) and None)
    sequencer.turn()
    assert world.log(engine).signed_size == 4


def test_one_broken_log_stops_no_other(
    engine: Engine, sequencer: Sequencer, machine: Signing, caplog: pytest.LogCaptureFixture
) -> None:
    def work(session: Session) -> None:
        ballots.community(session)
        ballots.roll(session, 2)
        for contest_id in ("con_broken", CONTEST):
            ballots.open_contest(session, 600, contest_id)

    transact(engine, work)
    machine.guard.folder.mkdir(parents=True)
    (machine.guard.folder / "con_broken").write_text("?")
    with caplog.at_level(logging.ERROR, "yishi.log"):
        sequencer.turn()
    assert world.log(engine).signed_size == 1
    assert "con_broken" in caplog.text


def test_the_thread_runs_what_is_due_by_itself_and_at_once_when_woken(engine: Engine, sequencer: Sequencer) -> None:
    world.build(engine)
    sequencer.start()
    sequencer.wake()
    assert eventually(lambda: world.log(engine).signed_size == 1)
    world.append(engine, EXTENDED)
    assert eventually(lambda: world.log(engine).signed_size == 2)


def test_a_stopped_thread_runs_nothing_and_can_be_started_again(engine: Engine, sequencer: Sequencer) -> None:
    world.build(engine)
    sequencer.start()
    sequencer.stop()
    world.append(engine, EXTENDED)
    time.sleep(0.1)
    assert world.log(engine).signed_size == 0
    sequencer.start()
    sequencer.wake()
    assert eventually(lambda: world.log(engine).signed_size == 2)
