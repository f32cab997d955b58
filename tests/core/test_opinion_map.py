"""The picture of opinions: areas by number, no mark of a person, nothing below the floor, whatever a statement says."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.core import opinion_map
from voting.core.count.chart_svg import INNER
from voting.core.opinion_map import GAP, LEAST, Stand, Statement, draw, radii

SVG = "{http://www.w3.org/2000/svg}"
SHARED = Statement("消防通道必须先让出来", (Stand(6, 0, 1), Stand(5, 1, 0)))
PARTED = Statement("车棚会占掉空地", (Stand(0, 6, 0), Stand(5, 0, 0)))


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def circles(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))


def test_there_is_one_area_for_each_group_and_none_for_a_person() -> None:
    svg = draw(13, (7, 6), (SHARED, PARTED), floor=5, locale="zh-CN")
    assert len(circles(svg)) == 2
    # A badge and at most three parts of a bar for each group of each statement, the page, and three squares of the legend.
    assert svg.count("<rect") <= 2 * 2 * 4 + 1 + 3


def test_areas_are_as_numbers_of_people() -> None:
    large, small = radii((400, 100))
    assert large == 2 * small


@given(st.lists(st.integers(5, 20_000), min_size=1, max_size=5))
def test_areas_stand_in_one_row_and_none_is_too_small_to_be_seen(sizes: list[int]) -> None:
    found = radii(sorted(sizes, reverse=True))
    assert 2 * sum(found) + GAP * (len(found) - 1) <= INNER
    assert min(found) >= LEAST
    assert list(found) == sorted(found, reverse=True)


def test_below_the_floor_there_is_no_figure() -> None:
    svg = draw(None, (), (), floor=5, locale="en")
    assert circles(svg) == []
    assert texts(svg) == ["Groups of opinion", "Fewer than 5 people have reacted: no figure is shown"]


def test_statements_are_parted_into_those_that_every_group_supports_and_others() -> None:
    told = texts(draw(13, (7, 6), (SHARED, PARTED), floor=5, locale="en"))
    shared, parted = told.index("More for than against in every group"), told.index("Where the groups part")
    assert shared < told.index(SHARED.text) < parted < told.index(PARTED.text)
    assert "6 for, 0 against" in told


def test_one_group_alone_parts_from_nobody() -> None:
    told = texts(draw(9, (9,), (Statement("x", (Stand(1, 8, 0),)),), floor=5, locale="en"))
    assert "9 people reacted · no groups stand apart" in told
    assert "Where the groups part" not in told


def test_a_screen_reader_is_told_every_figure_that_is_drawn() -> None:
    root = ElementTree.fromstring(draw(13, (7, 6), (SHARED, PARTED), floor=5, locale="en"))
    described = root.findtext(f"{SVG}desc") or ""
    assert "group A has 7 people; group B has 6 people" in described
    assert "A: 6 for, 0 against, 1 neither; B: 5 for, 1 against, 0 neither" in described


@given(st.text(min_size=1, max_size=300))
def test_a_statement_is_text_whatever_it_says(said: str) -> None:
    stands = (Stand(5, 0, 0), Stand(5, 0, 0))
    drawn = [
        ElementTree.fromstring(draw(10, (5, 5), (Statement(text, stands),), floor=5, locale="en"))
        for text in (said, "x")
    ]
    kinds = [{(one.tag, *sorted(one.attrib)) for one in root.iter()} for root in drawn]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_equal_opinions_draw_equal_bytes(locale: str) -> None:
    first, second = (draw(13, (7, 6), (SHARED, PARTED), floor=5, locale=locale) for _ in range(2))
    assert first == second


def test_every_word_is_there_in_both_languages() -> None:
    fields = re.compile(r"{(\w+)}")
    for chinese, english in opinion_map._WORDS.values():
        assert set(fields.findall(chinese)) == set(fields.findall(english))
