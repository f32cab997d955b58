"""The floor under figures of sub-groups: none is published that tells, alone or by subtraction, of fewer than so many ballots.

Withheld is every group below the floor. Where that leaves a single group, or groups that are together below the floor, whoever
knows the total could still work it out; so the smallest of the others is withheld with them, until nobody can.
"""

from __future__ import annotations

from collections.abc import Mapping

SUB_GROUP = 10
"""Ballots under which no figure of a sub-group is published alone (evidence: publish modes)."""


def shown(ballots: Mapping[str, int], floor: int = SUB_GROUP) -> frozenset[str]:
    """The groups whose figures may be published, given the ballots of every group that makes up the total."""
    rising = sorted(ballots, key=lambda group: (ballots[group], group))
    withheld = sum(ballots[group] < floor for group in rising)
    while 0 < withheld < len(rising) and not _hidden([ballots[group] for group in rising[:withheld]], floor):
        withheld += 1
    return frozenset(rising[withheld:])


def _hidden(withheld: list[int], floor: int) -> bool:
    return len(withheld) > 1 and sum(withheld) >= floor
