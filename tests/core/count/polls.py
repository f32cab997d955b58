"""Polls for the tests of the count: short notation for ballots, and strategies that draw whole polls."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from voting.core.count import OVERVOTE, Ranking, Tally, count

NAMES = ("Ann", "Bao", "Chen", "Deng", "Emma", "Fang")

STRICT = (
    "irv",
    "irv-bottoms-up",
    "irv-multi-pass",
    "stv-scottish",
    "stv-wigm-rctab",
    "stv-gregory-exact",
    "stv-wigm-prf",
    "stv-meek-prf",
)
"""Methods that read rankings of one option a rank, and keep every ballot in every round."""

STV = tuple(method for method in STRICT if method.startswith("stv"))


SHARE = int(os.environ.get("YISHI_EXAMPLES", "30"))
"""Of a hundred examples a property asks for, how many are drawn in every run; `make prove` draws many more."""


def examples(number: int) -> settings:
    """So many examples of a property, or the share of them that this run takes."""
    return settings(max_examples=max(8, number * SHARE // 100), deadline=None)


def ballots(text: str) -> dict[Ranking, int]:
    """`"3 A>B; 2 B=C>-; 1 *>A; 4"`: counts and rankings; `=` one rank, `-` a skipped rank, `*` unknown overvote."""
    box: dict[Ranking, int] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        number, _, ranks = entry.partition(" ")
        ranking = tuple(rank_of(rank) for rank in ranks.split(">")) if ranks else ()
        box[ranking] = box.get(ranking, 0) + int(number)
    return box


def rank_of(text: str) -> tuple[str, ...]:
    """One rank of the notation."""
    text = text.strip()
    if text == "-":
        return ()
    return (OVERVOTE,) if text == "*" else tuple(text.split("="))


def counted(method: str, text: str, seats: int = 1, options: str = "ABCD", **rules: Any) -> Tally:
    """Count ballots in the notation, with options of one letter each."""
    return count(method, tuple(options), ballots(text), seats, rules)


def votes(tally: Tally, number: int = 1) -> dict[str, Any]:
    """What stands in the tallies of a round, by its place in the count."""
    return dict(tally.rounds[number - 1].tallies)


def strict_boxes(names: tuple[str, ...] = NAMES, most: int = 12) -> st.SearchStrategy[Mapping[Ranking, int]]:
    """Boxes of strict, often partial rankings."""
    ranking = st.lists(st.sampled_from(names), unique=True, max_size=len(names)).map(lambda o: tuple((x,) for x in o))
    return st.dictionaries(ranking, st.integers(1, 9), max_size=most)


def marked_boxes(names: tuple[str, ...] = NAMES, most: int = 12) -> st.SearchStrategy[Mapping[Ranking, int]]:
    """Boxes of ballots as people mark them: skipped ranks, overvotes, repeated options, unknown overvotes."""
    rank = st.one_of(
        st.sampled_from(names).map(lambda option: (option,)),
        st.just(()),
        st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True).map(tuple),
        st.just((OVERVOTE,)),
    )
    return st.dictionaries(st.lists(rank, max_size=6).map(tuple), st.integers(1, 9), max_size=most)


def rank_rules() -> st.SearchStrategy[dict[str, Any]]:
    """Rule values about what marks mean, common to the strict methods."""
    return st.fixed_dictionaries(
        {
            "overvote": st.sampled_from(["exhaust_immediately", "skip_to_next_rank", "exhaust_if_multiple_continuing"]),
            "skipped_ranks": st.sampled_from(["unlimited", "exhaust_when_more_than_n_consecutive"]),
            "max_skipped_ranks": st.integers(0, 2),
            "max_rankings": st.none() | st.integers(1, 6),
            "duplicate": st.sampled_from(["skip", "exhaust"]),
            "excluded_candidates": st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
            "tie_break": st.sampled_from(
                ["candidate_order", "previous_rounds_then_random", "ask", "given_elimination_order"]
            ),
            "tie_break_order": st.permutations(NAMES),
        }
    )
