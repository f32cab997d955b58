"""The floor under figures of sub-groups: small ones are withheld, and cannot be worked out from the rest and the total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import floors

GROUPS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8)


@pytest.mark.parametrize(
    ("ballots", "shown"),
    [
        ({}, set()),
        ({"a": 12, "b": 30}, {"a", "b"}),
        ({"a": 4, "b": 5, "c": 30}, set()),
        ({"a": 4, "b": 6, "c": 30}, {"c"}),
        ({"a": 4, "b": 12, "c": 30}, {"c"}),
        ({"a": 4, "b": 30}, set()),
        ({"a": 0, "b": 12, "c": 30}, {"c"}),
        ({"a": 9}, set()),
        ({"a": 10}, {"a"}),
    ],
)
def test_groups_are_shown_as_far_as_nothing_small_can_be_worked_out(ballots: dict[str, int], shown: set[str]) -> None:
    assert floors.shown(ballots, 10) == shown


@given(GROUPS)
def test_the_total_never_gives_away_a_small_group(ballots: dict[str, int]) -> None:
    shown = floors.shown(ballots, 10)
    withheld = [count for group, count in ballots.items() if group not in shown]
    assert all(ballots[group] >= 10 for group in shown)
    # What is left of the total tells of several groups at once, and of enough ballots; or of everything there is.
    assert not withheld or not shown or (len(withheld) > 1 and sum(withheld) >= 10)


@given(GROUPS)
def test_where_nothing_is_small_nothing_is_withheld(ballots: dict[str, int]) -> None:
    large = {group: count + 10 for group, count in ballots.items()}
    assert floors.shown(large, 10) == set(large)
