"""Polls for the verifier's count: rule values of every method drawn from the service's own table, ballots of every kind."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from voting.core.count import METHODS, OVERVOTE, Ranking
from voting.core.count import rules as kinds

NAMES = ("Ann", "Bao", "Chen", "Deng", "Emma")
Box = Mapping[Ranking, int]

boxes = st.dictionaries(
    st.lists(
        st.one_of(
            *(st.sampled_from(NAMES).map(lambda option: (option,)) for _ in range(6)),
            st.just(()),
            st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True).map(tuple),
            st.just((OVERVOTE,)),
        ),
        max_size=6,
    ).map(tuple),
    st.integers(1, 12),
    max_size=14,
)
"""Ballots as people mark them: skipped ranks, overvotes, repeated options, unknown overvotes."""

strict_boxes = st.dictionaries(
    st.lists(st.sampled_from(NAMES), unique=True, max_size=5).map(lambda names: tuple((name,) for name in names)),
    st.integers(1, 12),
    max_size=14,
)

resolutions = st.lists(
    st.builds(
        lambda number, tied, selecting, first: {
            "round": number,
            "tied": list(tied),
            "selected": tied[0] if first else tied[-1],
            "selecting": selecting,
        },
        st.integers(1, 4),
        st.lists(st.sampled_from(NAMES), unique=True, min_size=2, max_size=3),
        st.sampled_from(["winner", "loser"]),
        st.booleans(),
    ),
    max_size=6,
)


def value_of(kind: Any) -> st.SearchStrategy[Any]:
    """Legal values of one rule member."""
    if isinstance(kind, kinds.Choice):
        return st.sampled_from(kind.values)
    if isinstance(kind, kinds.Whole):
        return st.integers(kind.least, min(kind.most, kind.least + 4))
    if isinstance(kind, kinds.Threshold):
        return st.sampled_from([*kind.values, *(f"percent_of_active:{n}" for n in (10, "12.5", 30, 50, 66))])
    if isinstance(kind, kinds.Resolutions):
        return resolutions
    if isinstance(kind, kinds.Names):
        return st.lists(st.sampled_from(NAMES), unique=True)
    fixed = {kinds.Flag: (True, False), kinds.Never: (False,), kinds.FlagOrWhole: (False, True, 0, 1, 5, 9)}
    more = {
        kinds.Fixed: ("fixed", "fixed 9"),
        kinds.Number: ("0.001", "0.000001", 1),
        kinds.Text: ("1", "20417", *NAMES),
        kinds.Nothing: (None,),
    }
    return st.sampled_from((fixed | more)[type(kind)])


@st.composite
def rules_of(draw: st.DrawFn, method: str) -> Mapping[str, Any]:
    """Rule values of a method: some of its members, each with a legal value."""
    members = METHODS[method].members
    chosen = draw(st.lists(st.sampled_from(sorted(members)), unique=True, max_size=7))
    rules = {name: draw(value_of(members[name])) for name in chosen}
    if "excluded_candidates" in rules:
        rules["excluded_candidates"] = rules["excluded_candidates"][:2]
    return rules


# --- polls by number, the same in every run ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A poll: what both counts are given."""

    method: str
    options: tuple[str, ...]
    ballots: Box
    seats: int
    rules: Mapping[str, Any]


JUNK: tuple[Any, ...] = (
    -1,
    0,
    1,
    101,
    10**10,
    True,
    False,
    "",
    "none",
    "percent_of_active:0",
    "percent_of_active:101",
    [],
    ["Zoe"],
    {},
)


_LOT = {"round": 1, "tied": ["Ann", "Bao"], "selected": "Ann", "selecting": "winner"}
LOTS: tuple[Any, ...] = (
    *(1, {}, [1], [{}], [[]], "lots", [{**_LOT, "selected": "Bo"}], [{**_LOT, "selecting": "both"}]),
    [{name: _LOT[name] for name in ("round", "tied", "selected")}],
)
"""What says of no tie how it fell."""


def _edges(kind: Any) -> tuple[Any, ...]:
    """The limits of a whole number, and what lies beyond."""
    return (kind.least - 1, kind.least, kind.most, kind.most + 1) if isinstance(kind, kinds.Whole) else ()


ODD = (
    *(
        "tie_break_order",
        "undeclared_write_in",
        "arithmetic",
        "decimal_places",
        "batch_elimination",
        "cutoff_elimination",
    ),
    *("stop_when_last_vacancies_filled", "zero_surplus_stage", "threshold_basis", "continue_until_two", "strength"),
)
"""Members that every third poll has if its method knows them: what few polls have, and what most often makes counts differ."""


def drawn(method: str, number: int) -> Drawn:
    """The poll of this number: small, so that ties and odd ends are common, marked as people mark, under rules at random."""
    dice = random.Random(f"{method} {number}")
    odd = number % 3 == 2
    options = NAMES[: dice.choice((3, 4, 5) if odd else (1, 2, 3, 3, 4, 4, 5, 5))]
    strict, most = dice.random() < 0.5, dice.choice((2, 3, 4, 6) if odd else (0, 1, 2, 5, 9, 14))
    box: dict[Ranking, int] = {}
    for _ in range(most):
        box[_ranking(dice, options, strict)] = dice.choice((1, 1, 1, 1, 2) if odd else (1, 1, 2, 3, 7, 12))
    members = METHODS[method].members
    chosen = dice.sample(sorted(members), min(len(members), dice.choice((0, 1, 2, 3, 5))))
    chosen += [name for name in ODD if odd and name in members and name not in chosen and dice.random() < 0.5]
    if dice.random() < 0.7 and "tie_break" not in chosen:
        chosen.append("tie_break")
    rules = {name: _value(dice, members[name], options) for name in chosen}
    if odd and "tie_break_order" in rules:
        rules["tie_break_order"] = dice.sample(options, len(options))
    if dice.random() < 0.08 and not odd:
        name = dice.choice(sorted(members))
        rules[name] = dice.choice(LOTS if name == "tie_break_resolutions" else (*JUNK, *_edges(members[name])))
    if dice.random() < 0.01:
        rules["no_such_rule"] = 1
    return Drawn(method, options, box, dice.choice((0, 1, 1, 1, 2, 2, 3, 4)), rules)


def _ranking(dice: random.Random, options: tuple[str, ...], strict: bool) -> Ranking:
    """One ballot: a strict, often partial order, or anything that can be marked."""
    if strict:
        return tuple((option,) for option in dice.sample(options, dice.randint(0, len(options))))
    ranks: list[tuple[str, ...]] = []
    for _ in range(dice.randint(0, 6)):
        kind = dice.random()
        size = min(2 if kind < 0.92 else 3, len(options))
        several = tuple(dice.sample(options, size)) if kind > 0.75 else ()
        ranks.append(
            (dice.choice(options),) if kind < 0.7 else several if kind > 0.75 else dice.choice(((), (OVERVOTE,)))
        )
    return tuple(ranks)


def _value(dice: random.Random, kind: Any, options: tuple[str, ...]) -> Any:
    """A legal value of one rule member, for these options."""
    if isinstance(kind, kinds.Choice):
        return dice.choice(kind.values)
    if isinstance(kind, kinds.Whole):
        return dice.randint(kind.least, min(kind.most, kind.least + 4))
    if isinstance(kind, kinds.Threshold):
        return dice.choice((*kind.values, *(f"percent_of_active:{share}" for share in (10, "12.5", 30, 50, 66, 100))))
    if isinstance(kind, kinds.Names):
        return dice.sample(options, dice.randint(0, len(options) if dice.random() < 0.5 else 1))
    if isinstance(kind, kinds.Resolutions):
        return [_lot(dice, options) for _ in range(dice.randint(0, 9))] if len(options) > 1 else []
    fixed = {kinds.Flag: (True, False), kinds.Never: (False,), kinds.FlagOrWhole: (False, True, 0, 1, 5, 9)}
    more = {kinds.Number: ("0.001", "0.000001", 1), kinds.Nothing: (None,), kinds.Fixed: ("fixed", "fixed 9")}
    texts = {kinds.Text: ("1", "20417", 20417, "first listed is selected", "guarded 9", *options)}
    return dice.choice((fixed | more | texts)[type(kind)])


def _lot(dice: random.Random, options: tuple[str, ...]) -> dict[str, Any]:
    """How some tie fell."""
    tied = dice.sample(options, dice.randint(2, min(3, len(options))))
    lot = {
        "round": dice.randint(1, 3),
        "tied": tied,
        "selected": tied[0],
        "selecting": dice.choice(("winner", "loser")),
    }
    return lot | ({"pass": dice.randint(1, 2)} if dice.random() < 0.3 else {})
