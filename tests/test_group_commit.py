"""Group commit, on a writer that keeps what it was given in a list."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from voting.errors import Unavailable
from voting.group_commit import GroupCommit, Waiting


class Doubling(GroupCommit[int, int]):
    """Answers twice the number, refuses what is negative; a batch waits until `gate` is open."""

    def __init__(self, *, most: int = 8, enough: int = 4, waiting: int = 100) -> None:
        super().__init__("doubling", most=most, enough=enough, waiting=waiting)
        self.batches: list[list[int]] = []
        self.finished: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def serve(self, waiting: Sequence[Waiting[int, int]]) -> None:
        """Keep the batch."""
        self.gate.wait()
        self.batches.append([one.asked for one in waiting])
        self.answer(waiting, [ValueError(one.asked) if one.asked < 0 else 2 * one.asked for one in waiting])

    def finish(self, asked: int, answer: int) -> int:
        """One more than written; 13 cannot be finished."""
        self.finished.append(threading.current_thread().name)
        if asked == 13:
            raise KeyError(asked)
        return answer + 1

    async def all_of(self, numbers: Sequence[int]) -> list[int | BaseException]:
        """Ask for these within one turn of the loop."""
        return await asyncio.gather(*map(self.one, numbers), return_exceptions=True)

    async def one(self, number: int) -> int:
        """Ask for this one."""
        return await self.ask(number)


def test_what_comes_within_a_turn_is_one_batch_and_is_finished_on_the_loop() -> None:
    writer = Doubling()
    writer.start()
    assert asyncio.run(writer.all_of([1, 2, 3])) == [3, 5, 7]
    writer.stop()
    assert writer.batches == [[1, 2, 3]]
    assert set(writer.finished) == {threading.current_thread().name}


def test_a_batch_is_never_larger_than_the_most() -> None:
    writer = Doubling(most=3)
    writer.start()
    assert asyncio.run(writer.all_of(range(7))) == [2 * number + 1 for number in range(7)]
    writer.stop()
    assert [number for batch in writer.batches for number in batch] == list(range(7))
    assert max(map(len, writer.batches)) <= 3


def test_a_refusal_and_a_fault_in_finishing_are_of_their_own_asker() -> None:
    writer = Doubling()
    writer.start()
    answers = asyncio.run(writer.all_of([1, -2, 13, 4]))
    writer.stop()
    assert [type(answer) for answer in answers] == [int, ValueError, KeyError, int]


def test_each_loop_has_its_answers() -> None:
    writer = Doubling()
    writer.start()
    answers: dict[int, list[int | BaseException]] = {}
    loops = [
        threading.Thread(target=lambda at=at: answers.__setitem__(at, asyncio.run(writer.all_of([at, at + 1]))))
        for at in (10, 20, 30)
    ]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
    writer.stop()
    assert answers == {at: [2 * at + 1, 2 * at + 3] for at in (10, 20, 30)}


def test_too_many_are_told_to_come_back() -> None:
    writer = Doubling(waiting=2)
    writer.start()
    answers = asyncio.run(writer.all_of([1, 2, 3]))
    writer.stop()
    assert answers[:2] == [3, 5]
    assert isinstance(answers[2], Unavailable)


def test_one_that_was_not_started_or_has_ended_takes_nothing() -> None:
    writer = Doubling()
    with pytest.raises(Unavailable):
        asyncio.run(writer.one(1))
    writer.start()
    writer.stop()
    with pytest.raises(Unavailable):
        asyncio.run(writer.one(1))


def test_stopping_writes_what_waits() -> None:
    writer = Doubling(most=1)
    writer.gate.clear()
    writer.start()

    async def leave() -> list[int | BaseException]:
        asked = asyncio.ensure_future(writer.all_of([1, 2, 3]))
        while len(writer._waiting) != 2:
            await asyncio.sleep(0)
        ending = asyncio.get_running_loop().run_in_executor(None, writer.stop)
        writer.gate.set()
        await ending
        return await asked

    assert asyncio.run(leave()) == [3, 5, 7]


def test_who_has_gone_away_is_not_answered() -> None:
    writer = Doubling()
    writer.gate.clear()
    writer.start()

    async def give_up() -> int:
        gone = asyncio.ensure_future(writer.one(1))
        await asyncio.sleep(0)
        gone.cancel()
        writer.gate.set()
        return await writer.one(2)

    assert asyncio.run(give_up()) == 5
    writer.stop()
