"""Sequencing on both databases: what comes into the tree and when, in which order, and who may run it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from tests.contests.world import CONTEST, DAY, NOW
from tests.log import world
from tests.log.world import ANNULLED, EXTENDED, MINUTE
from voting.core.evidence import checkpoints
from voting.core.evidence.events import Closed, Participation, SealedSet
from voting.errors import Invalid, NotFound, Unavailable
from voting.log import logs, sequencer
from voting.log.integration import MARGIN, integrate
from voting.log.sequencer import Signing
from voting.store import engine_for, transact

CLOSED = Closed(NOW, SealedSet(b"\x01" * 32, 0), 0, 0, 0, Participation(0, b"\x02" * 32))


@pytest.fixture
def machine(tmp_path: Path) -> Signing:
    return world.signing(tmp_path)


def test_a_log_begins_with_its_opening_and_is_signed(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    assert world.run(engine, machine).signed_size == 1
    assert world.types(world.entries(engine)) == ["opened"]
    told, _ = checkpoints.opened(world.log(engine).checkpoint or b"", world.KEYS.signer(world.ORIGIN).key)
    assert told.origin == "yishi.example/contests/con_1"


def test_commitments_of_a_batch_stand_sorted_and_know_their_place(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    cast = world.values(300)
    world.wait(engine, cast)
    assert world.run(engine, machine).integrated == 301
    held = world.entries(engine)
    assert world.commitments(held) == sorted(cast)
    assert {value: held.index(value) for value in cast} == world.places(engine)


def test_a_commitment_waits_until_its_casting_period_is_over(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    early, late = world.values(3), world.values(3)
    world.wait(engine, early, NOW + 2 * MINUTE)
    world.wait(engine, late, NOW + 3 * MINUTE)
    world.run(engine, machine, NOW + MINUTE)
    assert world.commitments(world.entries(engine)) == sorted(early)
    world.run(engine, machine, NOW + 2 * MINUTE)
    assert world.commitments(world.entries(engine)) == sorted(early) + sorted(late)


def test_an_event_brings_no_commitment_in_early(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.wait(engine, world.values(3), NOW + 3 * MINUTE)
    world.append(engine, EXTENDED)
    world.run(engine, machine)
    assert world.types(world.entries(engine)) == ["opened", "extended"]


def test_the_end_of_the_casting_brings_everything_in_before_it(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    cast = world.values(5)
    world.wait(engine, cast, NOW + DAY)
    world.append(engine, EXTENDED)
    world.append(engine, CLOSED)
    world.run(engine, machine)
    held = world.entries(engine)
    assert world.types(held) == ["opened", "extended", *["commitment"] * 5, "closed"]
    assert world.commitments(held) == sorted(cast)


def test_a_small_roll_has_one_batch_at_the_close(engine: Engine, machine: Signing) -> None:
    world.build(engine, electors=5)
    cast = world.values(4)
    world.wait(engine, cast[:2], NOW + DAY + MARGIN)
    world.wait(engine, cast[2:], NOW + 2 * DAY + MARGIN)
    world.run(engine, machine, NOW + DAY - timedelta(seconds=1))
    assert world.commitments(world.entries(engine)) == []
    world.run(engine, machine, NOW + DAY)
    assert world.commitments(world.entries(engine)) == sorted(cast)


def test_a_large_batch_comes_in_portions_of_one_order(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    cast = world.values(50)
    world.wait(engine, cast)
    world.append(engine, ANNULLED)
    world.run(engine, machine, most=7)
    held = world.entries(engine)
    assert world.commitments(held) == sorted(cast)
    assert world.types(held)[-1] == "annulled"


def test_a_run_without_anything_due_changes_nothing(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.run(engine, machine)
    before = world.log(engine)
    assert world.run(engine, machine).integrated == 0
    after = world.log(engine)
    assert (after.checkpoint, after.size) == (before.checkpoint, before.size)


def test_a_service_can_integrate_in_its_own_transaction(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.wait(engine, world.values(9))

    def close(session: logs.Session) -> tuple[int, bytes]:
        logs.append_event(session, CONTEST, CLOSED)
        while integrate(session, CONTEST, NOW, most=4).more:
            pass
        log = logs.get(session, CONTEST)
        return log.size, log.root

    size, root = transact(engine, close)
    assert world.run(engine, machine).signed_size == size == 11
    assert world.log(engine).root == root
    assert world.types(world.entries(engine))[-1] == "closed"


def test_an_event_out_of_order_is_refused_as_it_is_appended(engine: Engine) -> None:
    world.build(engine)
    world.append(engine, CLOSED)
    with pytest.raises(Invalid):
        world.append(engine, EXTENDED)


def test_a_transaction_that_fails_appends_nothing(engine: Engine, machine: Signing) -> None:
    world.build(engine)

    def fail(session: logs.Session) -> None:
        logs.append_event(session, CONTEST, ANNULLED)
        raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError):
        transact(engine, fail)
    world.run(engine, machine)
    assert world.types(world.entries(engine)) == ["opened"]


def test_a_log_that_is_run_elsewhere_is_left_alone_until_the_lease_ends(engine: Engine, machine: Signing) -> None:
    world.build(engine)

    def lease(session: logs.Session) -> None:
        log = logs.held(session, CONTEST)
        log.lease_holder, log.lease_until = "another", NOW + sequencer.LEASE

    transact(engine, lease)
    assert sequencer.run_once(engine, CONTEST, NOW, machine) is None
    with pytest.raises(Unavailable):
        sequencer.flush(engine, CONTEST, NOW, machine, patience=0.1)
    assert sequencer.run_once(engine, CONTEST, NOW + sequencer.LEASE, machine) is not None


def test_a_lease_is_given_back(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.run(engine, machine)
    log = world.log(engine)
    assert (log.lease_holder, log.lease_until) == (None, None)


def test_there_is_nothing_to_flush_without_a_log(engine: Engine, machine: Signing) -> None:
    with pytest.raises(NotFound):
        sequencer.flush(engine, "con_none", NOW, machine)


SERIALIZABLE = {"options": "-c default_transaction_isolation=serializable"}


@pytest.mark.parametrize("isolation", ["as it is", "serializable"])
def test_many_runs_at_once_make_one_tree(engine: Engine, database_url: str, tmp_path: Path, isolation: str) -> None:
    world.build(engine)
    if isolation == "serializable":
        if engine.dialect.name == "sqlite":
            pytest.skip("SQLite's transactions are serializable as they are")
        url = make_url(database_url).update_query_dict(SERIALIZABLE)
        engine = engine_for(url.render_as_string(hide_password=False))
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "serializable"
    cast = world.values(400)
    machines = [world.signing(tmp_path) for _ in range(4)]

    def sequence(machine: Signing, portion: list[bytes]) -> None:
        for place in range(0, len(portion), 20):
            world.wait(engine, portion[place : place + 20])
            sequencer.flush(engine, CONTEST, NOW + MINUTE, machine)

    threads = [
        threading.Thread(target=sequence, args=(machine, cast[place * 100 : (place + 1) * 100]))
        for place, machine in enumerate(machines)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = world.entries(engine)
    engine.dispose()
    assert sorted(world.commitments(held)) == sorted(cast)
    assert world.log(engine).signed_size == len(held)
