"""What is pure about proposals: paragraphs, comparisons, places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voting.core import coordinates
from voting.core.paragraphs import compare, paragraphs

BODY = st.lists(st.sampled_from(["一", "二", "三", "a\nb"]), max_size=8).map("\n\n".join)


def test_blank_lines_part_paragraphs_and_single_line_feeds_do_not() -> None:
    assert paragraphs("\n一\nb\n\n \t\n二\n\n\n") == ("一\nb", "二")


@given(BODY, BODY)
def test_a_comparison_tells_both_texts_whole_and_in_order(old: str, new: str) -> None:
    steps = compare(old, new)
    assert tuple(part for step in steps for part in step.old) == paragraphs(old)
    assert tuple(part for step in steps for part in step.new) == paragraphs(new)
    assert all(step.old == step.new for step in steps if step.kind == "equal")


def test_the_gate_of_heavenly_peace_stands_where_maps_of_the_mainland_show_it() -> None:
    longitude, latitude = coordinates.gcj02(116.404, 39.915)
    assert (round(longitude, 6), round(latitude, 6)) == (116.410244, 39.916404)


def test_outside_the_mainland_both_datums_are_one() -> None:
    assert coordinates.gcj02(-0.1276, 51.5072) == (-0.1276, 51.5072)
