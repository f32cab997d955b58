"""The table of methods, and `count`, the one door to all of them.

A method is one file and one row: its name, the function that counts, the rule members it takes, and its limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voting.core.count import (
    approval,
    borda,
    condorcet_loser,
    condorcet_winner,
    copeland,
    irv,
    minimax,
    multi_pass,
    plurality,
    ranked_pairs,
    rules,
    schulze,
    schwartz,
    score,
    smith,
    stv_gregory,
    stv_meek,
    stv_meek_prf,
    stv_rctab,
    stv_scottish,
    stv_wigm_prf,
    two_round,
    yes_no,
)
from voting.core.count.ballots import Ballots
from voting.core.count.errors import UnknownMethod
from voting.core.count.limits import check_size
from voting.core.count.poll import Poll, fitted
from voting.core.count.rules import Members, Rules
from voting.core.count.tally import Tally


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table."""

    name: str
    counts: Callable[[Poll], Tally]
    members: Members


_ROWS = (
    Method("plurality", plurality.count, plurality.MEMBERS),
    Method("approval", approval.count, approval.MEMBERS),
    Method("score", score.count, score.MEMBERS),
    Method("borda", borda.count, borda.MEMBERS),
    Method("yes-no", yes_no.count, yes_no.MEMBERS),
    Method("two-round", two_round.count, two_round.MEMBERS),
    Method("irv", irv.count, irv.members("irv")),
    Method("irv-bottoms-up", irv.count, irv.members("irv-bottoms-up")),
    Method("irv-bottoms-up-threshold", irv.count, irv.members("irv-bottoms-up-threshold")),
    Method("irv-multi-pass", multi_pass.count, irv.members("irv-multi-pass")),
    Method("stv-scottish", stv_scottish.count, stv_scottish.MEMBERS),
    Method("stv-wigm-rctab", stv_rctab.count, stv_rctab.MEMBERS),
    Method("stv-gregory-exact", stv_gregory.count, stv_gregory.MEMBERS),
    Method("stv-wigm-prf", stv_wigm_prf.count, stv_wigm_prf.MEMBERS),
    Method("stv-meek-prf", stv_meek_prf.count, stv_meek_prf.MEMBERS),
    Method("stv-meek", stv_meek.count, stv_meek.MEMBERS),
    Method("schulze", schulze.count, schulze.MEMBERS),
    Method("ranked-pairs", ranked_pairs.count, ranked_pairs.MEMBERS),
    Method("minimax", minimax.count, minimax.MEMBERS),
    Method("copeland", copeland.count, copeland.MEMBERS),
    Method("smith-set", smith.count, smith.MEMBERS),
    Method("schwartz-set", schwartz.count, schwartz.MEMBERS),
    Method("condorcet-winner", condorcet_winner.count, condorcet_winner.MEMBERS),
    Method("condorcet-loser", condorcet_loser.count, condorcet_loser.MEMBERS),
)

METHODS: Mapping[str, Method] = {row.name: row for row in _ROWS}


def method_named(name: str) -> Method:
    """The row of a method. Raises `UnknownMethod`, which lists those there are."""
    if name not in METHODS:
        raise UnknownMethod(name, tuple(METHODS))
    return METHODS[name]


def legal_rules(method: str) -> dict[str, tuple[str, ...]]:
    """Every rule member of a method with its legal values in words."""
    return {member: kind.legal for member, kind in sorted(method_named(method).members.items())}


def validate_rules(method: str, values: Mapping[str, Any]) -> Rules:
    """Read rule values for a method. Raises `UnknownRule` or `IllegalRule` with the legal ones; `None` is not given."""
    return rules.read(method, method_named(method).members, values)


def count(
    method: str,
    options: Sequence[str],
    ballots: Ballots,
    seats: int = 1,
    values: Rules | Mapping[str, Any] | None = None,
) -> Tally:
    """Count ballots by a method: option ids in order, ranking → number of ballots, seats, and rule values.

    Raises a `CountError` that says what does not fit (`TooLarge` before anything is counted); never decides a tie that the
    rules do not decide.
    """
    row = method_named(method)
    check_size(method, len(options), seats, len(ballots))
    read = values if isinstance(values, Rules) else validate_rules(method, values or {})
    return row.counts(fitted(Poll(method, tuple(options), ballots, seats, read)))
