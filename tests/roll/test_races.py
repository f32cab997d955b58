"""Two connections at one roll at the same moment: one consistent outcome, whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from tests.roll.neighbourhood import NOW, OFFICER
from tests.roll.test_service import electors, events, made
from voting.core.evidence import hashes, merkle
from voting.errors import YishiError
from voting.roll import service
from voting.roll.tables import Roll, RollEntry
from voting.store import reader, transact, writer

ROUNDS = 6
WAIT = 10


def at_once(engine: Engine, *works: Callable[[Session], object]) -> list[BaseException | None]:
    """Run each work in a transaction of its own, all released together; what each was refused with."""
    barrier = threading.Barrier(len(works))
    refused: list[BaseException | None] = [None] * len(works)

    def run(place: int) -> None:
        barrier.wait(WAIT)
        try:
            transact(engine, works[place])
        except (YishiError, DBAPIError) as error:
            refused[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert not any(thread.is_alive() for thread in threads)
    return refused


def seal_holds(engine: Engine, roll_id: str) -> bool:
    """Whether totals and root of the sealed roll are those of its entries."""
    with reader(engine) as session:
        roll = session.get_one(Roll, roll_id)
        held = session.exec(select(RollEntry).where(RollEntry.roll_id == roll_id)).all()
    leaves = sorted(hashes.roll_leaf(entry.salt, entry.elector, entry.unit_id) for entry in held)
    return (roll.state, roll.electors, roll.root) == ("sealed", len(held), merkle.root(leaves))


def correct(roll_id: str) -> Callable[[Session], object]:
    return lambda session: service.correct(session, OFFICER, roll_id, reason="r", add=["per_li"], now=NOW)


def seal(roll_id: str) -> Callable[[Session], object]:
    return lambda session: service.seal(session, OFFICER, roll_id, now=NOW)


def test_a_correction_and_a_seal_at_one_moment_leave_one_consistent_roll(settled: Engine) -> None:
    for _ in range(ROUNDS):
        roll_id = made(settled, "objections_closed")
        refused = at_once(settled, correct(roll_id), seal(roll_id))
        assert refused[1] is None
        assert refused[0] is None or getattr(refused[0], "code", None) == "roll_sealed"
        assert seal_holds(settled, roll_id)
        assert events(settled, roll_id).count("corrected") == (refused[0] is None)


def test_of_two_seals_at_one_moment_one_is_written(settled: Engine) -> None:
    for _ in range(ROUNDS):
        roll_id = made(settled, "objections_closed")
        refused = at_once(settled, seal(roll_id), seal(roll_id))
        assert [getattr(error, "code", None) for error in refused if error] == ["roll_sealed"]
        assert events(settled, roll_id).count("sealed") == 1


def test_two_compilations_at_one_moment_leave_each_elector_once(settled: Engine) -> None:
    roll_id = made(settled, "draft")

    def compile_it(session: Session) -> object:
        return service.compile_entries(session, OFFICER, roll_id, now=NOW)

    assert at_once(settled, compile_it, compile_it) == [None, None]
    assert len(electors(settled, roll_id)) == 5


def test_a_compilation_and_a_display_at_one_moment_show_what_was_compiled(settled: Engine) -> None:
    for _ in range(ROUNDS):
        roll_id = made(settled, "compiled")
        refused = at_once(
            settled,
            lambda session, roll_id=roll_id: service.compile_entries(session, OFFICER, roll_id, now=NOW),
            lambda session, roll_id=roll_id: service.display(session, OFFICER, roll_id, now=NOW),
        )
        assert refused[1] is None
        assert events(settled, roll_id).count("compiled") == 2 - (refused[0] is not None)


def test_an_entry_slipped_in_around_the_service_is_in_the_seal_or_refused(settled: Engine) -> None:
    """Both orders, forced: the seal begins while the stray row is uncommitted, and the row comes while the seal is."""
    insert = text(
        "INSERT INTO roll_entry (id, community_id, roll_id, elector, label, heads, area_cm2, salt)"
        " VALUES (:id, 'com_1', :roll, :id, 'x', 1, 0, :salt)"
    )

    def slip(roll_id: str) -> Callable[[Session], object]:
        return lambda session: session.execute(insert, {"id": f"ent_{roll_id}", "roll": roll_id, "salt": b"s" * 32})

    for first_is_the_row in (True, False):
        roll_id = made(settled, "objections_closed")
        first, second = (slip(roll_id), seal(roll_id)) if first_is_the_row else (seal(roll_id), slip(roll_id))
        refused = overlapping(settled, first, second)
        assert refused is None if first_is_the_row else "the roll is sealed" in str(refused)
        with reader(settled) as session:
            held = session.exec(select(RollEntry).where(RollEntry.roll_id == roll_id)).all()
            root = session.get_one(Roll, roll_id).root
        assert root == merkle.root(sorted(hashes.roll_leaf(e.salt, e.elector, e.unit_id) for e in held))
        assert len(held) == (6 if first_is_the_row else 5)


def overlapping(
    engine: Engine, first: Callable[[Session], object], second: Callable[[Session], object]
) -> BaseException | None:
    """Run `second` while `first` is done but not committed; what `second` was refused with."""
    refused: list[BaseException | None] = [None]

    def follow() -> None:
        try:
            transact(engine, second)
        except (YishiError, DBAPIError) as error:
            refused[0] = error

    with writer(engine) as session:
        first(session)
        follower = threading.Thread(target=follow)
        follower.start()
        # Long enough for the follower to reach the lock; were it not held back, it would be done by then.
        follower.join(0.3)
        assert follower.is_alive()
        session.commit()
    follower.join(WAIT)
    assert not follower.is_alive()
    return refused[0]
