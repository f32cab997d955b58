"""Opinions of large threads counted lately: whoever asks again soon is told the same.

Twenty thousand residents with twenty reactions each take seconds to group. A count that took `t` seconds is kept for `20·t`,
so that nobody who reloads a page costs a process more than a twentieth of its time; one that took less than a quarter of
a second is not kept, and small threads are always told as they are. At most one count of a thread runs at a time; meanwhile
everybody else is told the one before, if there is one.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from threading import Lock

from voting.deliberation.opinion_groups import Stand

WORTH_KEEPING = 0.25
"""Seconds."""
LONGER = 20
MOST = 64


@dataclass(frozen=True, slots=True)
class Bridge:
    """A statement that every group reacted to, by its id."""

    comment_id: str
    stands: Sequence[Stand]
    bridge: Fraction


@dataclass(frozen=True, slots=True)
class Counted:
    """What reactions come to, without anything that depends on who asks. `residents` is empty below the floor."""

    residents: int | None = None
    groups: tuple[int, ...] = ()
    bridges: tuple[Bridge, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A count, and the community's time of it where it is kept."""

    counted: Counted
    at: datetime | None = None
    until: float = 0.0


@dataclass(slots=True)
class _Place:
    lock: Lock = field(default_factory=Lock)
    kept: Kept | None = None


class OpinionShelf:
    """The counts of one process, by thread. Safe for threads."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        """`timer` tells seconds that never run backwards."""
        self._timer = timer
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = Lock()

    def counted(self, key: str, count: Callable[[], Counted], at: datetime) -> Kept:
        """The count of a thread: one that is still kept, else a new one."""
        place = self._place(key)
        before = place.kept
        if not place.lock.acquire(blocking=before is None) and before is not None:
            return before
        try:
            began = self._timer()
            if place.kept is not None and began < place.kept.until:
                return place.kept
            found = count()
            ended = self._timer()
            took = ended - began
            place.kept = None if took < WORTH_KEEPING else Kept(found, at, ended + LONGER * took)
            return place.kept or Kept(found)
        finally:
            place.lock.release()

    def _place(self, key: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > MOST:
                self._places.popitem(last=False)
            return place
