"""Who waits for what, and one look a second for all of them.

    a request that waits  ->  a seat at its topic: no connection, no thread, nothing but a future
    a tick                ->  one transaction reads the marks of every topic at which somebody sits
    another mark          ->  everybody at that topic wakes and asks again, a few at a time

So a process looks once a tick and costs the database five statements however many wait, and several processes on one
database see each other's changes within a tick. A tick comes every `every` seconds, later when looks are slow: they
never take more than a twentieth of the time. What waits is bounded, in all and for each caller.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from voting.contests import standing
from voting.deliberation import case_marks, thread_marks
from voting.errors import Unavailable
from voting.log import marks
from voting.store import Session

Topic = tuple[str, str]
"""Kind and id: `contest` (its moves), `turnout` (everything public of a contest), `community` (whatever happens in it),
`thread` (what is shown there; its id is `kind:id` of the subject), or any subject of the journal."""

Look = Callable[[Collection[Topic]], Awaitable[tuple[Mapping[Topic, Hashable], float]]]
"""The mark of each topic, and the seconds it took to read them."""

SLOWEST_SHARE = 20
_WITHOUT_EVENTS = frozenset({"turnout", "community", "thread"})
CALLERS_SHARE = 8
"""One caller may have an eighth of all seats."""
_REACH = timedelta(minutes=10)
"""How far the clocks of processes may stand apart."""


def look(session: Session, topics: Collection[Topic], now: datetime, since: datetime) -> Mapping[Topic, Hashable]:
    """The mark of each topic. `since` is any instant before the first look of this process."""
    contests = {identifier for kind, identifier in topics if kind in {"contest", "turnout"}}
    standings = standing.of(session, contests, now)
    threads = thread_marks.of(session, {identifier for kind, identifier in topics if kind == "thread"})
    subjects = {topic for topic in topics if topic[0] not in _WITHOUT_EVENTS}
    events, cases = marks.of_subjects(session, subjects), case_marks.of_subjects(session, subjects)
    found: dict[Topic, Hashable] = {}
    for kind, identifier in topics:
        stands = standings.get(identifier)
        if kind == "turnout":
            found[kind, identifier] = stands
        elif kind == "contest":
            found[kind, identifier] = (stands and stands.moves, events.get((kind, identifier), 0))
        elif kind == "thread":
            found[kind, identifier] = threads[identifier]
        elif kind == "community":
            found[kind, identifier] = marks.of_community(session, identifier, since - _REACH)
        else:
            found[kind, identifier] = (events.get((kind, identifier), 0), cases.get((kind, identifier), 0))
    return found


@dataclass(slots=True, eq=False)
class Seat:
    """Those who wait at one topic."""

    mark: Hashable = None
    """What the last look found; None before the first, which counts as a change."""
    taken: int = 0
    sleeping: set[asyncio.Future[None]] = field(default_factory=set)

    def wake(self) -> None:
        """Let everybody ask again."""
        for sleeper in self.sleeping:
            if not sleeper.done():
                sleeper.set_result(None)

    async def beyond(self, seen: Hashable, seconds: float, gone: asyncio.Future[None] | None = None) -> None:
        """Return when the mark is no longer `seen`, when the seconds are over, or when the caller has gone."""
        if self.mark != seen or seconds <= 0:
            return
        sleeper = asyncio.get_running_loop().create_future()
        self.sleeping.add(sleeper)
        try:
            ends = {sleeper} if gone is None else {sleeper, gone}
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.sleeping.discard(sleeper)


class Watch:
    """The seats of one process. Used on one event loop; nothing is locked."""

    def __init__(self, look: Look, every: float, most: int, at_once: int) -> None:
        self.most = most
        self.turnstile = asyncio.Semaphore(at_once)
        """How many that were woken ask again at the same time, so that others find the gate open."""
        self.ended = False
        self._look = look
        self._every = every
        self._seats: dict[Topic, Seat] = {}
        self._callers: Counter[str] = Counter()
        self._ticking: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("yishi.watch")

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return self._callers.total()

    @contextmanager
    def seat(self, topic: Topic, caller: str) -> Iterator[Seat]:
        """A seat at a topic. Raises Unavailable when there is none left, in all or for this caller."""
        if self.ended:
            raise Unavailable("stopping", retry_after=5)
        if self.waiting >= self.most or self._callers[caller] >= max(1, self.most // CALLERS_SHARE):
            raise Unavailable("too_many_waiting", retry_after=10)
        seat = self._seats.setdefault(topic, Seat())
        seat.taken += 1
        self._callers[caller] += 1
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        try:
            yield seat
        finally:
            seat.taken -= 1
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]
            if not seat.taken:
                del self._seats[topic]

    def end(self) -> None:
        """Wake everybody for good: the service is about to stop."""
        self.ended = True
        for seat in self._seats.values():
            seat.mark = object()
            seat.wake()
        if self._ticking is not None:
            self._ticking.cancel()

    async def _tick(self) -> None:
        pause = self._every
        while self._seats:
            await asyncio.sleep(pause)
            try:
                found, took = await self._look(tuple(self._seats))
            except Exception as error:  # The next look may find the database again.
                self._log.warning("look_failed", error=type(error).__name__)
                continue
            self._turn(found)
            pause = max(self._every, took * SLOWEST_SHARE)
        self._ticking = None

    def _turn(self, found: Mapping[Topic, Hashable]) -> None:
        for topic, mark in found.items():
            seat = self._seats.get(topic)
            if seat is not None and seat.mark != mark:
                seat.mark = mark
                seat.wake()
