"""A crash between any two steps, a restored backup, a rewritten tree: what a restart finds, and what is never signed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from tests.contests.world import CONTEST, NOW
from tests.log import world
from tests.log.world import ANNULLED, MINUTE
from voting.core.evidence import checkpoints, merkle
from voting.errors import Conflict, Invalid
from voting.log import sequencer, storage
from voting.log.sequencer import Signing
from voting.log.tables import CastCommitment, Log, LogEvent, LogTile
from voting.store import reader, transact

STEPS = ("leased", "integrated", "committed", "checked", "guarded", "signed", "stored")


class Crash(BaseException):
    """The process is gone."""


class Signed:
    """Everything that anybody could have seen of the log: the tree of each size."""

    def __init__(self, engine: Engine, machine: Signing) -> None:
        self._engine = engine
        self._machine = machine
        self.trees: dict[int, bytes] = {}

    def look(self) -> None:
        """Note the checkpoint and the guard; two trees of one size fail."""
        note = world.log(self._engine).checkpoint
        seen = [] if note is None else [checkpoints.opened(note, world.KEYS.signer(world.ORIGIN).key)[0]]
        guarded = self._machine.guard.read(CONTEST)
        for checkpoint in seen if guarded is None else [*seen, guarded]:
            assert self.trees.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root


def crash_at(step: str, nth: int = 1) -> Callable[[str], None]:
    """Steps that end the process at the n-th time of one of them."""
    left = nth

    def steps(done: str) -> None:
        nonlocal left
        if done == step:
            left -= 1
            if left == 0:
                raise Crash(step)

    return steps


@pytest.fixture
def machine(tmp_path: Path) -> Signing:
    return world.signing(tmp_path)


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_leaves_a_log_that_the_next_run_completes(
    engine: Engine, machine: Signing, step: str
) -> None:
    world.build(engine)
    world.run(engine, machine)
    signed, cast = Signed(engine, machine), world.values(20)
    world.wait(engine, cast)
    world.append(engine, ANNULLED)
    with pytest.raises(Crash):
        sequencer.run_once(engine, CONTEST, NOW, machine, crash_at(step))
    signed.look()
    world.run(engine, machine)
    signed.look()
    held = world.entries(engine)
    assert world.commitments(held) == sorted(cast)
    assert world.types(held)[-1] == "annulled"
    assert world.log(engine).signed_size == len(held) == 22


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_crash_between_two_portions_keeps_the_order(engine: Engine, machine: Signing, nth: int) -> None:
    world.build(engine)
    cast = world.values(20)
    world.wait(engine, cast)
    world.append(engine, ANNULLED)
    with pytest.raises(Crash):
        sequencer.run_once(engine, CONTEST, NOW, machine, crash_at("committed", nth), most=6)
    assert len(world.entries(engine)) < 22
    world.run(engine, machine, most=6)
    assert world.commitments(world.entries(engine)) == sorted(cast)


def tables(session: Session) -> list[tuple[type[Any], list[dict[str, Any]]]]:
    """Everything that a backup holds of the logs."""
    return [
        (table, [row.model_dump() for row in session.scalars(select(table))])
        for table in (Log, LogTile, LogEvent, CastCommitment)
    ]


def backup(engine: Engine) -> list[tuple[type[Any], list[dict[str, Any]]]]:
    with reader(engine) as session:
        return tables(session)


def restore(engine: Engine, kept: list[tuple[type[Any], list[dict[str, Any]]]]) -> None:
    def work(session: Session) -> None:
        for table, rows in kept:
            session.execute(delete(table))
            session.flush()
            session.add_all(table(**row) for row in rows)

    transact(engine, work)


def test_an_old_backup_is_not_signed_again(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.run(engine, machine)
    old = backup(engine)
    world.wait(engine, world.values(5))
    world.run(engine, machine)
    restore(engine, old)
    with pytest.raises(Conflict) as refused:
        world.run(engine, machine)
    assert refused.value.code == "log_went_back"
    assert world.log(engine).size == 1


def test_an_old_backup_that_grew_past_the_old_size_is_not_signed(
    engine: Engine, machine: Signing, tmp_path: Path
) -> None:
    world.build(engine)
    world.run(engine, machine)
    old = backup(engine)
    world.wait(engine, world.values(5))
    world.run(engine, machine)
    kept = world.log(engine).checkpoint
    restore(engine, old)
    world.wait(engine, world.values(9))
    # Another machine knows nothing of the longer log; this one does.
    world.run(engine, world.signing(tmp_path / "elsewhere"))
    with pytest.raises(Conflict) as refused:
        sequencer.flush(engine, CONTEST, NOW + MINUTE, machine)
    assert refused.value.code == "log_differs"
    assert kept != world.log(engine).checkpoint


def test_a_newer_backup_goes_on(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.run(engine, machine)
    world.wait(engine, world.values(5))
    world.run(engine, machine)
    newest = backup(engine)
    restore(engine, newest)
    world.append(engine, ANNULLED)
    assert world.run(engine, machine).signed_size == 7


def test_a_machine_without_guard_still_compares_with_the_stored_signature(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.wait(engine, world.values(5))
    world.run(engine, machine)
    shutil.rmtree(machine.guard.folder)
    forged = merkle.root([b"another"])
    transact(engine, lambda session: session.execute(update(Log).values(signed_root=forged)) and None)
    world.append(engine, ANNULLED)
    with pytest.raises(Conflict) as refused:
        world.run(engine, machine)
    assert refused.value.code == "log_differs"


def test_a_tile_changed_behind_our_back_is_found_before_anything_is_signed(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.wait(engine, world.values(5))
    world.run(engine, machine)

    def spoil(session: Session) -> None:
        data = bytearray(storage.reader(session, CONTEST)(0, 0, 6))
        data[40] ^= 1
        session.execute(update(LogTile).where(col(LogTile.level) == 0).values(data=bytes(data)))

    transact(engine, spoil)
    world.append(engine, ANNULLED)
    with pytest.raises(Conflict) as refused:
        world.run(engine, machine)
    assert refused.value.code == "log_differs"
    assert world.log(engine).integrated == 1


def test_a_guard_file_that_is_not_ours_stops_the_signing(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.run(engine, machine)
    (machine.guard.folder / CONTEST).write_text("?")
    world.append(engine, ANNULLED)
    with pytest.raises(Invalid):
        world.run(engine, machine)


def test_the_guard_holds_what_was_signed_last(engine: Engine, machine: Signing) -> None:
    world.build(engine)
    world.run(engine, machine)
    guarded = machine.guard.read(CONTEST)
    assert guarded is not None
    assert guarded.text in (world.log(engine).checkpoint or b"").decode()


def test_a_guard_takes_no_path_for_a_log(machine: Signing) -> None:
    with pytest.raises(ValueError, match="id of a log"):
        machine.guard.read("../con_1")
