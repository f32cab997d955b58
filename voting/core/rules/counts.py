"""What was counted: the roll and, for each state of a ballot, how many heads, how much area, shares or entitlements.

The form: `{"roll": {"heads": n, "area": n}, "votes": {"for": {"heads": n, "area": n}, "against": …}}`. A bare number means the
same for every basis. A state that is not given is nothing. `silent` are those whom the paper reached, with proof, and who did
not answer; nobody is silent until that was counted. It may be given apart: `{"delivered": …, "undelivered": …}`, of which
only the first is silence. Figures are exact; a total above the roll is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voting.core.rules.form import BALLOTS, BASES, STATES
from voting.core.rules.numbers import Amount, exact
from voting.core.rules.reading import Node

Amounts = Mapping[str, Amount]
"""Basis → figure."""

NAMES = ("heads", *BASES)
"""`heads` is another word for the basis `count`."""

LEGAL = ("roll", "votes", "candidates", "seats", "choices", "proxies", "weights", "second")


@dataclass(frozen=True, slots=True)
class Holder:
    """A proxy: how much they vote for others, whether they stand for election, whether each mandate is written."""

    name: str
    held: Amounts
    candidate: bool = False
    written: bool = True
    votes: Mapping[str, Amounts] = field(default_factory=dict)
    """How they voted what they hold (part of the votes of the count), where it was said."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A holder whose votes the rule weighs differently: all they hold, and how they voted (part of `votes`)."""

    tag: str
    holds: Amounts
    votes: Mapping[str, Amounts]


@dataclass(frozen=True, slots=True)
class Counts:
    """One count. `given` are the states that were stated, so that what nobody said is not judged."""

    roll: Amounts
    votes: Mapping[str, Amounts]
    given: frozenset[str]
    lots: int | None = None
    candidates: Mapping[str, Amounts] | None = None
    seats: int = 1
    choices: int | None = None
    """How many candidates one ballot may mark; as many as there are seats unless it is said."""
    number: int = 1
    """The round that was counted."""
    proxies: tuple[Holder, ...] = ()
    tagged: tuple[Tagged, ...] = ()
    second: Counts | None = None
    """The count of the second round, or of the second vote under the fall-back."""

    def of(self, state: str, basis: str) -> Amount:
        """The figure of one state."""
        return self.votes[state][basis]


def read(document: Any, bases: Sequence[str], second_bases: Sequence[str] = (), tags: Sequence[str] = ()) -> Counts:
    """The counts of a document. Raises `Invalid` with every fault and its pointer."""
    top = Node(document)
    counts = _read(top, bases, tags, second_bases or bases, None)
    top.finish()
    return counts


def of_ballots(roll: Amounts, votes: Mapping[str, Amounts], **members: Any) -> Counts:
    """Counts that were added up here, not read: every basis of `roll` in every state; missing states are nothing."""
    empty = dict.fromkeys(roll, 0)
    return Counts(roll, {state: votes.get(state, empty) for state in STATES}, frozenset(votes), **members)


def as_document(counts: Counts) -> dict[str, Any]:
    """Roll, votes and candidates in the one form that equal counts share: every figure a text, every basis by name."""

    def named(amounts: Amounts) -> dict[str, str]:
        return {"heads" if basis == "count" else basis: exact(amount) for basis, amount in amounts.items()}

    document: dict[str, Any] = {
        "roll": named(counts.roll),
        "votes": {state: named(counts.votes[state]) for state in STATES if any(counts.votes[state].values())},
    }
    # That nobody was silent, and that nobody counted it, are not the same.
    if "silent" in counts.given:
        document["votes"].setdefault("silent", named(counts.votes["silent"]))
    if counts.candidates is not None:
        document["candidates"] = {name: named(counts.candidates[name]) for name in sorted(counts.candidates)}
    return document


def _read(
    top: Node, bases: Sequence[str], tags: Sequence[str], second_bases: Sequence[str], first_roll: Amounts | None
) -> Counts:
    legal = [name for name in LEGAL if first_roll is None or name != "second"]
    parts = top.members(legal, ("votes",) if first_roll is not None else ("roll", "votes"))
    roll, lots = _roll(parts["roll"], bases) if "roll" in parts else (first_roll or dict.fromkeys(bases, 1), None)
    given = parts["votes"].members(STATES)
    votes = {state: _amounts(node, bases) for state, node in given.items() if not _is_apart(state, node)}
    unreached: Amounts = dict.fromkeys(bases, 0)
    if "silent" in given and "silent" not in votes:
        votes["silent"], unreached = _apart(given["silent"], bases)
    if "roll" in parts or first_roll is not None:
        _check(parts["votes"], roll, votes, unreached, bases)
    candidates = parts["candidates"].free() if "candidates" in parts else None
    return Counts(
        roll=roll,
        votes=_complete(votes, bases),
        given=frozenset(votes),
        lots=lots,
        candidates=None if candidates is None else {name: _amounts(node, bases) for name, node in candidates.items()},
        seats=parts["seats"].whole(1, 250) if "seats" in parts else 1,
        choices=parts["choices"].whole(1, 250) if "choices" in parts else None,
        proxies=tuple(_holder(node, bases, votes) for node in parts["proxies"].items()) if "proxies" in parts else (),
        tagged=_tagged(parts["weights"], bases, tags, votes) if "weights" in parts else (),
        second=_read(parts["second"], second_bases, tags, (), roll) if "second" in parts else None,
    )


def _roll(node: Node, bases: Sequence[str]) -> tuple[Amounts, int | None]:
    lots = None
    if isinstance(node.value, Mapping) and "lots" in node.value:
        lots = node.at("lots", node.value["lots"]).whole(0)
        node = Node({name: value for name, value in node.value.items() if name != "lots"}, node.pointer, node.faults)
    return _amounts(node, bases), lots


def _is_apart(state: str, node: Node) -> bool:
    return (
        state == "silent" and isinstance(node.value, Mapping) and bool({"delivered", "undelivered"} & set(node.value))
    )


def _apart(node: Node, bases: Sequence[str]) -> tuple[Amounts, Amounts]:
    """Silence with proof of delivery, and what was never proven to have arrived."""
    parts = node.members(("delivered", "undelivered"), ("delivered",))
    unreached = _amounts(parts["undelivered"], bases) if "undelivered" in parts else dict.fromkeys(bases, 0)
    return _amounts(parts["delivered"], bases) if "delivered" in parts else dict.fromkeys(bases, 0), unreached


def _amounts(node: Node, bases: Sequence[str]) -> Amounts:
    """A figure for each basis: one number for all, or an object with a member for each."""
    if not isinstance(node.value, Mapping):
        whole = "count" in bases
        amount = _whole(node) if whole else node.amount()
        return dict.fromkeys(bases, amount)
    found = node.members(NAMES)
    if "heads" in found and "count" in found:
        found["count"].fault("counts_heads_twice")
    named = {"count" if name == "heads" else name: inner for name, inner in found.items()}
    read = {basis: _whole(inner) if basis == "count" else inner.amount() for basis, inner in named.items()}
    for basis in bases:
        if basis not in read and any(read.values()):
            node.fault("counts_basis_missing", basis="heads" if basis == "count" else basis)
    return {basis: read.get(basis, 0) for basis in bases}


def _whole(node: Node) -> Amount:
    amount = node.amount()
    if amount.denominator != 1:
        node.fault("counts_heads_not_whole", value=exact(amount))
    return amount


def _complete(votes: Mapping[str, Amounts], bases: Sequence[str]) -> dict[str, Amounts]:
    """Every state: what is not given is nothing."""
    empty: Amounts = dict.fromkeys(bases, 0)
    return {state: votes.get(state, empty) for state in STATES}


def _check(node: Node, roll: Amounts, votes: Mapping[str, Amounts], unreached: Amounts, bases: Sequence[str]) -> None:
    """Nobody votes twice: no figure, and no sum of ballots, exceeds the roll."""
    for basis in bases:
        facts = {"basis": "heads" if basis == "count" else basis, "roll": exact(roll[basis])}
        above = [state for state in votes if votes[state][basis] > roll[basis]]
        for state in above:
            node.at(state, None).fault("counts_above_roll", got=exact(votes[state][basis]), **facts)
        total = unreached[basis] + sum(votes[state][basis] for state in BALLOTS if state in votes)
        if not above and total > roll[basis]:
            node.fault("counts_above_roll", got=exact(total), **facts)


def _holder(node: Node, bases: Sequence[str], votes: Mapping[str, Amounts]) -> Holder:
    parts = node.members(("holder", "held", "candidate", "written", "votes"), ("holder", "held"))
    held = _amounts(parts["held"], bases)
    return Holder(
        name=parts["holder"].text(),
        held=held,
        candidate=parts["candidate"].boolean() if "candidate" in parts else False,
        written=parts["written"].boolean() if "written" in parts else True,
        votes=_part(parts["votes"], bases, votes, held) if "votes" in parts else {},
    )


def _part(node: Node, bases: Sequence[str], votes: Mapping[str, Amounts], holds: Amounts) -> dict[str, Amounts]:
    """The votes of one holder: of no state more than was counted, nor than they hold."""
    cast = {state: _amounts(one, bases) for state, one in node.members(BALLOTS).items()}
    for state, amounts in cast.items():
        for basis, amount in amounts.items():
            limit = min(votes.get(state, {}).get(basis, 0), holds[basis])
            if amount > limit:
                facts = {"basis": basis, "got": exact(amount), "roll": exact(limit)}
                node.at(state, None).fault("counts_above_roll", **facts)
    return cast


def _tagged(node: Node, bases: Sequence[str], tags: Sequence[str], votes: Mapping[str, Amounts]) -> tuple[Tagged, ...]:
    found = []
    for tag, inner in node.members(tags).items():
        parts = inner.members(("holds", "votes"), ("holds", "votes"))
        holds = _amounts(parts["holds"], bases)
        cast = _part(parts["votes"], bases, votes, holds)
        found.append(Tagged(tag, holds, cast))
    return tuple(found)
