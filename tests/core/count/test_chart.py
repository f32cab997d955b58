"""The picture of a count: well formed, self-contained, exact, the same for the same tally."""

from __future__ import annotations

import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import shared_folder
from tests.core.count.polls import examples
from voting.core.count import METHODS, Tally, case_from_json, count
from voting.core.count.chart import chart
from voting.core.count.chart_flow import GONE, flows_between, rows_of
from voting.core.count.chart_svg import INNER, breadth, clean, fitted, paragraph, px, wrapped
from voting.core.count.explain import explain

FOLDER = Path(os.environ.get("YISHI_CONFORMANCE", shared_folder() / "conformance")) / "counting" / "cases"
CASES = sorted(FOLDER.glob("*.json"))
SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("Ann", "Bao", "Chen", "Deng")
RUNOFF = {
    (("Ann",), ("Bao",)): 41,
    (("Bao",), ("Ann",)): 35,
    (("Chen",), ("Bao",)): 18,
    (("Chen",),): 3,
    (("Deng",), ("Ann",)): 2,
}


def drawn(svg: str) -> ET.Element:
    """The document, if it is well formed."""
    return ET.fromstring(svg)


def texts(svg: str) -> list[str]:
    """Every line of text in the picture."""
    return [element.text or "" for element in drawn(svg).iter(f"{SVG}text")]


def test_the_picture_is_named_and_described_for_screen_readers() -> None:
    tally = count("irv", NAMES, RUNOFF)
    root = drawn(chart(tally, "en", title="Unit leader"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (root.get("role"), root.get("lang")) == ("img", "en")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.text, description.text) == ("Unit leader", " ".join(explain(tally, "en")))


def test_the_picture_fetches_nothing_and_runs_nothing() -> None:
    svg = chart(count("irv", NAMES, RUNOFF), "zh")
    assert not re.search(r"<script|<image|<use|href|url\(|@import|@font-face|\son\w+=", svg)
    assert svg.count("http") == 1  # The name of the SVG namespace.


def test_the_picture_is_as_wide_as_a_phone_and_has_a_dark_side() -> None:
    root = drawn(chart(count("irv", NAMES, RUNOFF), "zh"))
    assert (root.get("viewBox") or "").split()[2] == "360"
    assert "@media (prefers-color-scheme:dark)" in (root.findtext(f"{SVG}style") or "")


def test_a_name_is_text_whatever_it_holds() -> None:
    name = "<script>&\"'\x00\x1b\ud800\uffff"
    svg = chart(count("plurality", ("x", "y"), {(("x",),): 2}), "en", {"x": name}, title=name)
    svg.encode()
    assert any("<script>&\"'" in text for text in texts(svg))
    assert clean(name) == "&lt;script&gt;&amp;&quot;&#x27;" + "\ufffd" * 4


def test_every_round_shows_its_votes() -> None:
    shown = texts(chart(count("irv", NAMES, RUNOFF), "en"))
    for line in ("Round 1", "Round 2", "Round 3", "41", "35", "21", "43", "53", "✕ out: Deng", "✓ elected: Bao"):
        assert line in shown


def test_votes_too_narrow_for_a_number_are_told_above_the_bar() -> None:
    assert "Deng 2" in texts(chart(count("irv", NAMES, RUNOFF), "en"))


def test_a_matrix_shows_every_pair() -> None:
    shown = texts(chart(count("schulze", ("Ann", "Bao"), {(("Ann",), ("Bao",)): 12, (("Bao",),): 7}), "zh"))
    assert {"12", "7", "1 ✓ Ann", "2 Bao"} <= set(shown)


def test_a_threshold_is_drawn_through_the_bars_of_a_single_round() -> None:
    svg = chart(count("irv", ("Ann", "Bao"), {(("Ann",),): 7, (("Bao",),): 2}), "en")
    assert "5 needed" in texts(svg)
    assert svg.count('class="line"') == 1


def test_a_threshold_beyond_every_bar_is_drawn_too() -> None:
    box = {(("Yes",),): 5, (("No",),): 3, (("Abstain",),): 4}
    tally = count("yes-no", ("Yes", "No", "Abstain"), box, 1, {"threshold": "majority_of_valid"})
    svg = chart(tally, "zh")
    assert "需7票" in texts(svg)
    assert svg.count('class="line"') == 1


def test_without_a_mark_that_counts_the_picture_says_so() -> None:
    assert "没有可计的标记" in texts(chart(count("irv", NAMES, {(): 4}), "zh"))


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_contest_whose_options_all_withdrew_can_be_drawn_and_told(method: str) -> None:
    tally = count(method, ("Ann", "Bao"), {(("Ann",),): 3}, 1, {"excluded_candidates": ["Ann", "Bao"]})
    assert (tally.winners, explain(tally, "en")[-1]) == (
        (),
        "No ballot bears a mark that counts, so nobody is elected.",
    )
    drawn(chart(tally, "en"))


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_published_case_is_drawn_within_the_page(path: Path, locale: str) -> None:
    document = json.loads(path.read_bytes())
    if document["method"] not in METHODS:
        pytest.skip(f"no method {document['method']} in the table")
    root = drawn(chart(case_from_json(document).count(), locale))
    height = float((root.get("viewBox") or "").split()[3])
    for shape in root.iter(f"{SVG}rect"):
        x, y, width, tall = (float(shape.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert width >= 0
        assert x >= 0
        assert x + width <= 360
        assert y + tall <= height
    for text in root.iter(f"{SVG}text"):
        assert 12 <= float(text.get("x", "0")) <= 348
        assert float(text.get("y", "0")) <= height
        assert re.fullmatch(r"-?\d+(\.\d{1,2})?", text.get("x", ""))


rankings = st.permutations(NAMES).flatmap(lambda order: st.integers(0, 4).map(lambda n: tuple((o,) for o in order[:n])))
boxes = st.dictionaries(rankings, st.integers(1, 60), max_size=9)
WITH_TRANSFERS = ("irv", "irv-bottoms-up", "stv-scottish", "stv-wigm-rctab", "stv-gregory-exact")


@given(box=boxes, method=st.sampled_from(WITH_TRANSFERS), seats=st.integers(1, 3))
@examples(150)
def test_what_flows_into_a_row_is_what_the_row_holds(box: dict[Any, int], method: str, seats: int) -> None:
    tally = count(
        method, NAMES, box, seats, {"tie_break": "order" if method != "stv-scottish" else "backwards_then_order"}
    )
    rows = rows_of(tally)
    for above, row in pairwise(rows):
        flows = flows_between(above, row)
        for place in (*NAMES, GONE):
            arrived = sum(flow.votes for flow in flows if flow.target == place)
            left = sum(flow.votes for flow in flows if flow.source == place)
            assert (arrived, left) == (row.votes.get(place, 0), above.votes.get(place, 0))


@given(box=boxes, method=st.sampled_from(sorted(METHODS)), data=st.data())
@examples(60)
def test_equal_tallies_draw_equal_bytes(box: dict[Any, int], method: str, data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(box.items()))))
    assert chart(count(method, NAMES, box), "zh") == chart(count(method, NAMES, shuffled), "zh")


@pytest.mark.parametrize(
    ("length", "written"), [(0, "0"), (1200, "12"), (1250, "12.5"), (1205, "12.05"), (-75, "-0.75")]
)
def test_a_length_is_written_in_exact_pixels(length: int, written: str) -> None:
    assert px(length) == written


def test_a_text_is_shortened_until_it_fits() -> None:
    room = breadth("李娜娜…")
    assert fitted("李娜娜娜娜", room) == "李娜娜…"
    assert fitted("李娜", room) == "李娜"
    assert fitted("李娜娜", 100) == ""


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Instant runoff", ["Instant runoff"]),
        ("An election of " + "very " * 30 + "many", 3),
        ("停车位改造方案业主大会表决：一号方案、二号方案与维持现状的比较", 2),
        ("W" * 200, 1),
    ],
)
def test_a_title_stands_in_lines_that_fit(title: str, lines: object) -> None:
    found = paragraph(title, INNER, 16, bold=True, most=3)
    assert found == lines or len(found) == lines
    assert all(breadth(line, 16, bold=True) <= INNER for line in found)
    assert set(found) <= set(texts(chart(count("irv", NAMES, RUNOFF), "en", title=title)))


def test_a_bold_text_is_given_more_room() -> None:
    assert breadth("Bob Kiss", bold=True) > breadth("Bob Kiss") > 0


def test_what_the_eliminated_pass_on_is_drawn_between_two_rounds() -> None:
    svg = chart(count("two-round", NAMES, RUNOFF), "en")
    told = {element.text for element in drawn(svg).iter(f"{SVG}title")}
    assert {"Chen → Bao: 18", "Chen → No longer counted: 3", "Deng → Ann: 2"} <= told


def test_names_are_joined_as_the_language_joins_them() -> None:
    tally = count("two-round", NAMES, RUNOFF)
    assert "✕ 淘汰：Chen、Deng" in texts(chart(tally, "zh"))
    assert "✕ out: Chen, Deng" in texts(chart(tally, "en"))


def test_items_wrap_into_lines_that_fit() -> None:
    assert wrapped(["one", "two", "three"], breadth("one · two")) == ["one · two", "three"]
    assert wrapped(["one", "two", "three"], breadth("one, two,"), joint=", ") == ["one, two,", "three"]


def tied() -> Tally:
    """Two options level, and nobody to say who goes first."""
    return count("plurality", NAMES, {(("Ann",),): 1, (("Bao",),): 1}, 1, {"tie_break": "ask"})


def test_an_undecided_tie_is_shown() -> None:
    assert "Ann and Bao tied, undecided" in texts(chart(tied(), "en"))
