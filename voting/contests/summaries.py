"""Turnout and results of a community in figures: of published contests alone, for everybody, without an account.

A contest's own turnout is public at any time; here it enters with its publication, so that nothing moves while people vote.
Figures of units are those of sub-groups of a contest: they stand under the floor contest by contest, so that no
difference of two readings tells more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from voting.contests import groups, queries, tallies
from voting.contests.queries import Turnout
from voting.contests.tables import Contest, SealedParticipation, Tally
from voting.roll.tables import Roll, RollEntry


@dataclass(frozen=True, slots=True)
class Group:
    """Contests that share something, and the turnout of all of them together."""

    key: str
    contests: int
    turnout: Turnout


@dataclass(frozen=True, slots=True)
class Summary:
    """What a community has decided, in figures. `withheld` counts figures of units that the floor keeps back."""

    community_id: str
    contests: int
    turnout: Turnout
    states: Mapping[str, int]
    outcomes: Mapping[str, int]
    kinds: tuple[Group, ...]
    methods: tuple[Group, ...]
    units: tuple[Group, ...]
    withheld: int


@dataclass(frozen=True, slots=True)
class _Published:
    """One published contest."""

    contest_id: str
    state: str
    method: str
    kind: str
    outcome: str
    turnout: Turnout


def of(session: Session, community_id: str, *, now: datetime) -> Summary:
    """The summary of a community. Raises `NotFound`."""
    queries.community_time(session, community_id, now)
    found = _published(session, community_id)
    units, withheld = _units(session, community_id)
    return Summary(
        community_id=community_id,
        contests=len(found),
        turnout=_together(one.turnout for one in found),
        states=dict(sorted(Counter(one.state for one in found).items())),
        outcomes=dict(sorted(Counter(one.outcome for one in found).items())),
        kinds=_grouped(found, lambda one: one.kind),
        methods=_grouped(found, lambda one: one.method),
        units=units,
        withheld=withheld,
    )


def _published(session: Session, community_id: str) -> list[_Published]:
    query = (
        select(col(Contest.id), col(Contest.state), col(Contest.method), col(Roll.basis), col(Tally.result))
        .join(Tally, col(Tally.contest_id) == col(Contest.id))
        .join(Roll, col(Roll.id) == col(Contest.roll_id))
        .where(col(Contest.community_id) == community_id, tallies.published())
    )
    return [
        _Published(contest_id, state, method, basis, result["outcome"], _turnout(result["turnout"]))
        for contest_id, state, method, basis, result in session.execute(query)
    ]


def _units(session: Session, community_id: str) -> tuple[tuple[Group, ...], int]:
    """Turnout by unit, summed over the contests that may show it, and how many figures may not be shown."""
    query = (
        select(
            col(SealedParticipation.contest_id),
            col(RollEntry.unit_id),
            func.count(),
            func.count(col(SealedParticipation.channel)),
        )
        .join(RollEntry, col(RollEntry.id) == col(SealedParticipation.entry_id))
        .join(Contest, col(Contest.id) == col(SealedParticipation.contest_id))
        .join(Tally, col(Tally.contest_id) == col(Contest.id))
        .where(col(Contest.community_id) == community_id, tallies.published())
        .group_by(col(SealedParticipation.contest_id), col(RollEntry.unit_id))
    )
    by_contest: dict[str, list[groups.Group]] = defaultdict(list)
    for contest_id, unit_id, electors, cast in session.execute(query):
        by_contest[contest_id].append(groups.Group(unit_id, electors, cast))
    told: dict[str, list[Turnout]] = defaultdict(list)
    withheld = 0
    for units in by_contest.values():
        shown = [group for group in groups.merged(units) if group.unit_id is not None]
        withheld += len(units) - len(shown)
        for group in shown:
            told[str(group.unit_id)].append(Turnout(group.electors, group.cast))
    return tuple(Group(unit, len(told[unit]), _together(told[unit])) for unit in sorted(told)), withheld


def _grouped(found: Iterable[_Published], key: Callable[[_Published], str]) -> tuple[Group, ...]:
    sorted_by: dict[str, list[Turnout]] = defaultdict(list)
    for one in found:
        sorted_by[key(one)].append(one.turnout)
    return tuple(Group(name, len(sorted_by[name]), _together(sorted_by[name])) for name in sorted(sorted_by))


def _turnout(written: Mapping[str, int]) -> Turnout:
    return Turnout(written["electors"], written["cast"])


def _together(turnouts: Iterable[Turnout]) -> Turnout:
    held = list(turnouts)
    return Turnout(sum(one.electors for one in held), sum(one.cast for one in held))
