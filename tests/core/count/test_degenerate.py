"""Polls with nothing, or too little, to count: every method answers under every legal rule value, in words and as a picture."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.core.count.polls import ballots
from voting.core.count import METHODS, IllegalBallot, Ranking, Tally, Unpackable, count, packed, tally_to_json
from voting.core.count import rules as kinds
from voting.core.count.chart import chart
from voting.core.count.explain import explain
from voting.core.count.fast import count_packed
from voting.core.count.resolutions import Resolutions

POLLS = {
    "no ballots": ("ABC", ""),
    "one option, no ballots": ("A", ""),
    "one option": ("A", "3 A; 2"),
    "all blank": ("ABC", "5; 2 ->-"),
    "everyone tied": ("ABC", "1 A>B>C; 1 B>C>A; 1 C>A>B"),
    "two tied": ("AB", "2 A; 2 B"),
    "equal ranks alone": ("ABC", "3 A=B=C; 1 *"),
    "skipped and repeated": ("ABC", "2 ->->A; 1 A>A>B"),
    "all for the last": ("ABC", "4 C"),
    "plain": ("ABC", "4 A>B; 3 B>C; 2 C>B"),
}
ALL = tuple(POLLS.values())
SEATS = (1, 2, 3, 5, 0)
MORE = ("excluded_candidates", "tie_break", "tie_break_resolutions", "undeclared_write_in", "cutoff_elimination")
"""Members that decide what happens at the edges: drawn more often than the others."""


def values(member: str, kind: Any, options: tuple[str, ...]) -> list[Any]:
    """Every word a rule member may be, or its edges."""
    match kind:
        case kinds.Choice():
            return list(kind.values)
        case kinds.Threshold():
            return [*kind.values, "percent_of_active:100", "percent_of_active:50", "percent_of_active:0.1"]
        case kinds.Whole():
            return sorted({kind.least, min(kind.least + 1, kind.most), min(kind.least + 4, kind.most)})
        case kinds.Names():
            return [list(options), list(options[::-1]), list(options[:-1]), [options[0]], []]
        case Resolutions():
            lot = {"round": 1, "tied": list(options), "selected": options[0]}
            return [[], *([lot | {"selecting": selecting}] for selecting in ("winner", "loser"))]
        case kinds.Text() if member == "undeclared_write_in":
            return [options[0], options[-1], "nobody"]
        case kinds.Text():
            return ["1", "first listed", "guarded"]
    flags = {kinds.Flag: (True, False), kinds.Never: (False,), kinds.FlagOrWhole: (True, False, 0, 1, 9)}
    return list((flags | {kinds.Number: ("0.001", 1), kinds.Nothing: (None,), kinds.Fixed: ("fixed",)})[type(kind)])


def answered(method: str, options: tuple[str, ...], box: Mapping[Ranking, int], seats: int, rules: Any) -> None:
    """Count, and look at the answer from every side."""
    told = f"{method} {options} {box} {seats} {rules}"
    try:
        tally = count(method, options, box, seats, rules)
    except IllegalBallot:
        assert (method, "max_score" in rules) == ("score", True), told
        return
    assert is_defined(tally), told
    assert not set(tally.winners) & set(rules.get("excluded_candidates", ())), told
    lots = bool(rules.get("tie_break_resolutions"))
    assert tally.valid or lots or (tally.outcome, tally.winners) == ("no_ballots", ()), told
    for locale in ("zh", "en"):
        assert all(explain(tally, locale)), told
        ElementTree.fromstring(chart(tally, locale))
    json.dumps(tally_to_json(tally), allow_nan=False)
    try:
        held = packed.from_rankings(box, options)
    except Unpackable:
        return
    assert count_packed(method, options, held, seats, rules) == tally, told


def is_defined(tally: Tally) -> bool:
    """Whether the outcome says what the winners show."""
    if tally.outcome == "decided":
        return bool(tally.winners) or tally.seats == 0 or tally.method == "yes-no" or tally.comparison is not None
    if tally.outcome == "seats_left":
        return len(tally.winners) < tally.seats
    return tally.outcome == "stopped" or (bool(tally.ties) if tally.outcome == "tie_open" else not tally.winners)


def singly(method: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every legal value of every member, each alone, with a number."""
    number = 0
    for member, kind in METHODS[method].members.items():
        for place in range(len(values(member, kind, ("A", "B", "C")))):
            yield number, {member: place}
            number += 1


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_degenerate_poll_is_answered(method: str) -> None:
    for options, text in ALL:
        for seats in SEATS:
            answered(method, tuple(options), ballots(text), seats, {})
        answered(method, tuple(options), ballots(text), 1, {"excluded_candidates": list(options)})


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_legal_rule_value_is_followed_on_a_degenerate_poll(method: str) -> None:
    for number, chosen in singly(method):
        for offset in (0, 5):
            options, text = ALL[(number + offset) % len(ALL)]
            rules = {m: values(m, METHODS[method].members[m], tuple(options)) for m in chosen}
            rules = {member: legal[chosen[member] % len(legal)] for member, legal in rules.items()}
            answered(method, tuple(options), ballots(text), SEATS[number % 3], rules)


def drawn(method: str, number: int) -> None:
    """One poll with several rule values at once, the same for every run."""
    dice = random.Random(f"{method} {number}")
    members = METHODS[method].members
    options, text = dice.choice(ALL)
    chosen = {
        *dice.sample(sorted(members), min(len(members), 4)),
        *(m for m in MORE if m in members and dice.random() < 0.4),
    }
    rules = {member: dice.choice(values(member, members[member], tuple(options))) for member in sorted(chosen)}
    answered(method, tuple(options), ballots(text), dice.choice(SEATS), rules)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_several_rule_values_at_once_are_followed_on_a_degenerate_poll(method: str) -> None:
    for number in range(24):
        drawn(method, number)


@pytest.mark.prove
@pytest.mark.parametrize("method", sorted(METHODS))
def test_many_rule_values_at_once_are_followed_on_a_degenerate_poll(method: str) -> None:
    for number in range(24, 4000):
        drawn(method, number)
