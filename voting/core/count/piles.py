"""Piles of ballots under the option they now count for. A pile moves whole; no ballot is looked at twice in a round.

Entries are (path, position): the place of the path in the box, and how many of its steps are used up. Memory is one
entry per distinct ranking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from voting.core.count.ballots import Box, Cause
from voting.core.count.tally import Exhausted, Transfer

Target = int | Cause
Entry = tuple[int, int]


def recipient(box: Box, entry: Entry, continuing: list[bool]) -> tuple[Target, int]:
    """Whom a ballot counts for next: the place of an option and the position behind it, or why it counts no more."""
    path, position = entry
    steps, cause = box.paths[path]
    for place in range(position, len(steps)):
        step = steps[place]
        if isinstance(step, int):
            if continuing[step]:
                return step, place + 1
            continue
        live = [option for option in step if continuing[option]]
        if len(live) == 1:
            return live[0], place + 1
        if live:
            return "overvotes", place
    return cause, len(steps)


class Piles:
    """All ballots of a box at full value, dealt to the options by place."""

    def __init__(self, box: Box, options: tuple[str, ...]) -> None:
        self.box = box
        self.options = options
        self.piles: list[list[Entry]] = [[] for _ in options]
        self.votes = [0] * len(options)
        self.left: Counter[Cause] = Counter()

    def deal(self, entries: Iterable[Entry], continuing: list[bool]) -> Counter[Target]:
        """Deal entries to those who continue; returns the ballots each target received."""
        box, counts = self.box, self.box.counts
        moved: Counter[Target] = Counter()
        for entry in entries:
            target, position = recipient(box, entry, continuing)
            moved[target] += counts[entry[0]]
            if isinstance(target, int):
                self.piles[target].append((entry[0], position))
        for target, ballots in moved.items():
            if isinstance(target, int):
                self.votes[target] += ballots
            else:
                self.left[target] += ballots
        return moved

    def open(self, continuing: list[bool]) -> None:
        """Deal every ballot to its first continuing option."""
        self.deal(((path, 0) for path in range(len(self.box.paths))), continuing)

    def clear(self, place: int, continuing: list[bool]) -> tuple[Transfer, ...]:
        """Deal the pile of an option out to those who continue."""
        entries, self.piles[place], self.votes[place] = self.piles[place], [], 0
        moved = self.deal(entries, continuing)
        return transfers(self.options, place, moved)

    @property
    def exhausted(self) -> Exhausted:
        """Ballots that count for nobody any more."""
        return Exhausted(self.left["choices"], self.left["overvotes"], self.left["duplicates"], self.left["skipped"])


def transfers(options: tuple[str, ...], place: int, moved: Counter[Target]) -> tuple[Transfer, ...]:
    """The record of whole ballots moved from one option: to options in their order, then out of the count."""
    source = options[place]
    reached = sorted(target for target in moved if isinstance(target, int))
    to_options = [Transfer(source, options[target], moved[target], moved[target]) for target in reached]
    causes = sorted(target for target in moved if not isinstance(target, int))
    out = [Transfer(source, None, moved[cause], moved[cause], cause) for cause in causes]
    return (*to_options, *out)
