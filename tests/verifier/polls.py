"""Polls for the verifier's count: rule values of every method drawn from the service's own table, ballots of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from voting.core.count import METHODS, OVERVOTE, Ranking
from voting.core.count import rules as kinds

NAMES = ("Ann", "Bao", "Chen", "Deng", "Emma")

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


Box = Mapping[Ranking, int]
