"""Every state machine as one table: (state, command) → state, with the guards that may stand in the way. The table of a noun
stands in the module of its name.

A guard is named for its reason: the name is the code of the sentence that explains the refusal. Guards are pure: they see
a frozen record of facts that the service loaded, and nothing else. A command that the table does not have from a state is
refused with the list of those it has, and why each other is blocked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from voting.core import texts
from voting.errors import IllegalMove, Invalid

Facts = TypeVar("Facts")
WRONG_STATE = "wrong_state"
MOST_REASON = 10_000
"""Code points."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where a command leads, what may stand in the way (checked in this order), and whether it needs a reason."""

    to: str
    guards: tuple[str, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Machine(Generic[Facts]):
    """One noun's life. `guards` maps the code of a reason to the test that finds it: true means blocked."""

    noun: str
    initial: str
    offered: tuple[str, ...]
    """Commands that callers may give, in the order they are shown. Others are given by the service itself."""
    table: Mapping[tuple[str, str], Move]
    guards: Mapping[str, Callable[[Facts], bool]]
    dates: Callable[[Facts], Mapping[str, str]] = lambda _: {}
    """What a refusal says of time: fact name → instant (RFC 3339)."""

    @property
    def states(self) -> frozenset[str]:
        """Every state named by the table."""
        return frozenset(
            {self.initial} | {state for state, _ in self.table} | {move.to for move in self.table.values()}
        )

    @property
    def commands(self) -> frozenset[str]:
        """Every command of the table."""
        return frozenset(command for _, command in self.table)


@dataclass(frozen=True, slots=True)
class Survey:
    """What can be done now: `allowed` in the order offered, and the reason's code for each other command."""

    allowed: tuple[str, ...]
    blocked: Mapping[str, str]


def obstacle(machine: Machine[Facts], state: str, command: str, facts: Facts) -> str | None:
    """The code of the first reason why `command` cannot be given now, or nothing."""
    move = machine.table.get((state, command))
    if move is None:
        return WRONG_STATE
    return next((name for name in move.guards if machine.guards[name](facts)), None)


def survey(machine: Machine[Facts], state: str, facts: Facts) -> Survey:
    """Every offered command: allowed, or the code of what stands in its way."""
    found = {command: obstacle(machine, state, command, facts) for command in machine.offered}
    return Survey(
        tuple(command for command, reason in found.items() if reason is None),
        {command: reason for command, reason in found.items() if reason is not None},
    )


def _nothing(command: str) -> str | None:
    return None


def move(
    machine: Machine[Facts],
    state: str,
    command: str,
    facts: Facts,
    reason: str | None = None,
    forbids: Callable[[str], str | None] = _nothing,
) -> str:
    """The state after `command`.

    Raises `IllegalMove` with the allowed commands and the reasons against the others; `Invalid` at `/reason` where the
    move needs one and none is given that can be read. `forbids` tells of each command why this caller may not give it at
    all (`authority.forbids`): a refusal offers them nothing that is not theirs.
    """
    stands = obstacle(machine, state, command, facts)
    if stands is not None:
        found = survey(machine, state, facts)
        code = "illegal_move" if stands == WRONG_STATE else stands
        told = {"noun": machine.noun, "state": state, "command": command, **machine.dates(facts)}
        against = {one: forbids(one) or found.blocked.get(one) for one in machine.offered}
        blocked = {one: reason for one, reason in against.items() if reason is not None}
        allowed = tuple(one for one in machine.offered if one not in blocked)
        raise IllegalMove(code, allowed=allowed, blocked=blocked, **told)
    chosen = machine.table[state, command]
    if chosen.needs_reason:
        check_reason(reason, command)
    return chosen.to


def check_reason(reason: str | None, command: str) -> None:
    """Raise `Invalid` at `/reason` where none is given, or one that no reader can see as it was written."""
    if not (reason or "").strip():
        raise Invalid.at("/reason", "reason_required", command=command)
    texts.accept(reason or "", "/reason", most=MOST_REASON)


def written(at: datetime | None) -> str:
    """An instant as a refusal tells it (RFC 3339); a dash where there is none."""
    return at.isoformat().replace("+00:00", "Z") if at else "–"
