"""A closing is finished by whoever comes next: wherever a process dies, box, participation and log have one outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from tests.contests import processes, world
from tests.contests.people import FOREIGNER, RESIDENT, RETURNING, STRANGER, TELLER
from tests.contests.world import CONTEST, NOW, person, voter
from voting.clock import system_now
from voting.contests import closing, moves
from voting.contests.closer import Closer
from voting.contests.tables import BoxRow, Closing, Participation, SealedBallot, SealedParticipation
from voting.contests.writer import Writer
from voting.core.evidence import event_order, events
from voting.core.evidence.events import Closed
from voting.errors import Forbidden, IllegalMove, NotFound, Unauthenticated
from voting.log import logs, storage
from voting.store import reader, transact

VOTERS = 12


def cast(engine: Engine, voters: int = VOTERS) -> None:
    """A contest in which everybody has cast."""
    world.build(engine, electors=voters)
    writer = Writer(engine, lambda: NOW)
    writer.start()

    async def all_of() -> None:
        await asyncio.gather(*(writer.cast(voter(person(n)).cast("opt_a", "opt_b")) for n in range(voters)))

    try:
        asyncio.run(all_of())
    finally:
        writer.stop()


def close(engine: Engine) -> None:
    transact(engine, lambda session: moves.close(session, RETURNING, CONTEST, now=NOW))


def outcome(engine: Engine, voters: int = VOTERS) -> Closing:
    """The closing, after everything that must hold of it was found to hold."""
    with reader(engine) as session:
        left = [session.exec(select(func.count()).select_from(table)).one() for table in (BoxRow, Participation)]
        sealed = [
            session.exec(select(func.count()).select_from(table)).one() for table in (SealedBallot, SealedParticipation)
        ]
        log = logs.get(session, CONTEST)
        found = event_order.check(storage.entries(session, CONTEST, 0, log.size))
        row = session.get_one(Closing, CONTEST)
    assert (left, sealed) == ([0, 0], [voters, voters])
    told = [event for event in found if isinstance(event, Closed)]
    assert len(told) == 1
    assert [events.type_of(event) for event in found] == ["opened", "closed"]
    assert (told[0].box.size, told[0].box.root) == (row.box_size, row.box_root)
    assert (told[0].commitments, told[0].participation.checked) == (voters, voters)
    assert (row.step, row.log_size, row.log_root) == (closing.DONE, voters + 2, log.signed_root)
    return row


def test_only_who_may_count_has_the_closing_finished_and_a_dry_run_finishes_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    cast(engine)
    close(engine)
    closer = Closer(engine, world.flusher(engine, tmp_path))
    for who, error in ((STRANGER, Unauthenticated), (RESIDENT, Forbidden), (FOREIGNER, NotFound)):
        with pytest.raises(error):
            closer.finish_for(who, CONTEST, now=NOW)
    closer.finish_for(TELLER, CONTEST, now=NOW, dry_run=True)
    with reader(engine) as session:
        assert session.get_one(Closing, CONTEST).step == closing.STEPS[0]
    closer.finish_for(TELLER, CONTEST, now=NOW)
    outcome(engine)


@pytest.mark.parametrize("steps", range(len(closing.STEPS)))
def test_whoever_comes_next_goes_on_from_any_step(engine: Engine, tmp_path: Path, steps: int) -> None:
    cast(engine)
    close(engine)
    for _ in range(steps):
        transact(engine, lambda session: closing.advance(session, CONTEST))
    assert closing.finish(engine, CONTEST, world.flusher(engine, tmp_path))
    outcome(engine)


@pytest.mark.parametrize(
    "step", [name for name in closing.STEPS if name not in (closing.SIGN, closing.SCRUB, closing.DONE)]
)
def test_a_step_that_fails_half_way_leaves_nothing(engine: Engine, tmp_path: Path, step: str) -> None:
    cast(engine)
    close(engine)
    for _ in range(closing.STEPS.index(step)):
        transact(engine, lambda session: closing.advance(session, CONTEST))

    def half(session: Session) -> None:
        closing.advance(session, CONTEST)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transact(engine, half)
    with reader(engine) as session:
        assert session.get_one(Closing, CONTEST).step == step
    assert closing.finish(engine, CONTEST, world.flusher(engine, tmp_path))
    outcome(engine)


def test_a_flush_that_dies_is_done_again(engine: Engine, tmp_path: Path) -> None:
    cast(engine)
    close(engine)
    flush = world.flusher(engine, tmp_path)

    def dies(log_id: str) -> object:
        flush(log_id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        closing.finish(engine, CONTEST, dies)
    closing.tidy(engine, flush)
    outcome(engine)


def test_two_who_finish_at_once_have_one_outcome(engine: Engine, tmp_path: Path) -> None:
    cast(engine)
    close(engine)
    flush = world.flusher(engine, tmp_path)

    async def both() -> list[bool]:
        finish: Callable[[], bool] = lambda: closing.finish(engine, CONTEST, flush)  # noqa: E731 (given twice)
        return await asyncio.gather(*(asyncio.to_thread(finish) for _ in range(4)))

    assert asyncio.run(both()) == [True] * 4
    outcome(engine)


def test_nothing_is_counted_until_it_is_finished(engine: Engine, tmp_path: Path) -> None:
    cast(engine)
    close(engine)
    with pytest.raises(IllegalMove, match="closing_not_finished"):
        transact(engine, lambda session: moves.count(session, RETURNING, CONTEST, now=NOW))
    assert closing.finish(engine, CONTEST, world.flusher(engine, tmp_path))
    transact(engine, lambda session: moves.count(session, RETURNING, CONTEST, now=NOW))


@pytest.mark.prove
@pytest.mark.anyio
@pytest.mark.parametrize("delay_ms", [0, 5, 15, 30, 60, 120, 250, 500])
async def test_a_process_killed_while_it_closes_is_followed_by_another(
    engine: Engine, database_url: str, tmp_path: Path, delay_ms: int
) -> None:
    """Two processes; the one that closes is killed at some moment of it; the other finishes in the background."""
    await asyncio.to_thread(cast, engine, 300)
    world.change(engine, closes_at=system_now())
    place = processes.place(database_url, tmp_path)
    with place.server() as first, place.server() as second:
        await processes.ready(first, second)
        transact(engine, lambda session: moves.close(session, RETURNING, CONTEST, now=system_now()))
        await asyncio.sleep(3 + delay_ms / 1000)
        first.process.kill()
        for _ in range(200):
            with reader(engine) as session:
                if session.get_one(Closing, CONTEST).step == closing.DONE:
                    break
            await asyncio.sleep(0.1)
    with reader(engine) as session:
        assert session.exec(select(Closing.step)).one() == closing.DONE
        assert session.exec(select(func.count()).where(col(SealedBallot.contest_id) == CONTEST)).one() == 300
    outcome(engine, 300)
