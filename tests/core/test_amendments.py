"""A change of one paragraph: it touches nothing else, and fits a later text as long as its paragraph stands there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core.amendments import Action, Change, apply, place
from voting.core.paragraphs import paragraphs

PARTS = st.lists(st.sampled_from(["一", "二", "三", "a\nb"]), min_size=1, max_size=6)
BREAKS = st.sampled_from(["\n\n", "\n\n\n", "\n \t\n"])
ACTIONS = ("replace", "insert_before", "insert_after", "delete")


@given(PARTS, BREAKS, st.sampled_from(ACTIONS), st.data())
def test_a_change_touches_its_paragraph_alone(parts: list[str], gap: str, action: Action, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(parts)))
    done = paragraphs(apply(gap.join(parts), Change(action, number, None if action == "delete" else "新")))
    at = number - 1
    wanted = {
        "replace": [*parts[:at], "新", *parts[number:]],
        "insert_before": [*parts[:at], "新", *parts[at:]],
        "insert_after": [*parts[:number], "新", *parts[number:]],
        "delete": [*parts[:at], *parts[number:]],
    }
    assert list(done) == wanted[action]


def test_blank_lines_elsewhere_stay_as_they_were() -> None:
    assert apply("一\n\n\n\n二\n \n三\n", Change("replace", 2, "贰")) == "一\n\n\n\n贰\n \n三\n"


@pytest.mark.parametrize(
    ("newest", "where"), [("一\n\n二", 2), ("零\n\n一\n\n二", 3), ("二", 1), ("一\n\n贰", None), ("", None)]
)
def test_a_paragraph_is_found_where_it_stands_now(newest: str, where: int | None) -> None:
    assert place("一\n\n二", newest, 2) == where
