"""One cell at a time: what it means, and why it means nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.community import register_cells as cells
from voting.community import text
from voting.community.register_cells import BadCell, Marker, Raw

BAD: list[tuple[Callable[[Raw], Any], Raw, str]] = [
    (cells.label, Marker.FORMULA, "register_formula"),
    (cells.label, "=1+1", "register_formula"),
    (cells.label, "\t=1+1", "register_formula"),
    (cells.label, "@SUM(A1)", "register_formula"),
    (cells.label, "+cmd|' /C calc'!A0", "register_formula"),
    (cells.label, "-2+3+cmd", "register_formula"),
    (cells.name, "王\x00芳", "register_control_character"),
    (cells.label, date(2026, 1, 2), "register_became_date"),
    (cells.label, "x" * 41, "register_too_long"),
    (cells.name, "1.1E+17", "register_lost_digits"),
    (cells.name, 1.1e17, "register_lost_digits"),
    (cells.phone, "1.38E+10", "phone_is_a_number"),
    (cells.phone, 13800138000.0, "phone_is_a_number"),
    (cells.phone, "13800138000.0", "phone_is_a_number"),
    (cells.phone, "见备注", "phone_not_a_number"),
    (cells.phone, "123", "phone_not_a_number"),
    (cells.area, -5.0, "area_not_positive"),
    (cells.area, "-5", "area_not_positive"),
    (cells.area, "0", "area_not_positive"),
    (cells.area, 0.1 + 0.2, "area_too_fine"),
    (cells.day, "1990-02-30", "date_unreadable"),
    (cells.day, "01/02/1990", "date_unreadable"),
    (cells.day, "32933", "date_unreadable"),
    (cells.day, 32933.0, "date_unreadable"),
    (cells.day, datetime(1990, 1, 1, 12), "date_unreadable"),  # noqa: DTZ001 (a workbook knows no zone)
    (cells.day, "1890-01-01", "date_out_of_range"),
    (cells.truth, "maybe", "register_not_yes_or_no"),
    (cells.residency, "房东", "residency_unknown"),
]


@pytest.mark.parametrize(("read", "raw", "code"), BAD)
def test_a_cell_that_means_nothing_says_why(read: Callable[[Raw], Any], raw: Raw, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        read(raw)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (cells.label, " １号　楼 ", "1号 楼"),
        (cells.label, 301.0, "301"),
        (cells.label, "-101", "-101"),
        (cells.label, "'=B2", "=B2"),
        (cells.name, "José", "José"),
        (cells.phone, "+86 138-0013-8000", "13800138000"),
        (cells.phone, "010-8888 1234", "01088881234"),
        (cells.phone, "１３８００１３８０００", "13800138000"),
        (cells.phone, "+1 (415) 555-0100", "+14155550100"),
        (cells.area, 89.53, 895_300),
        (cells.area, "８９.５", 895_000),
        (cells.day, "1990年3月1日", date(1990, 3, 1)),
        (cells.day, "1990/3/1", date(1990, 3, 1)),
        (cells.day, datetime(1990, 3, 1), date(1990, 3, 1)),  # noqa: DTZ001 (a workbook knows no zone)
        (cells.truth, True, True),
        (cells.truth, 1.0, True),
        (cells.truth, "否", False),
        (cells.truth, "", None),
        (cells.owner, "是", (True, "")),
        (cells.owner, "李四", (None, "李四")),
        (cells.residency, "租户", "tenant"),
        (cells.residency, "Owner Occupier", "owner_occupier"),
    ],
)
def test_a_cell_means_what_a_person_would_read(read: Callable[[Raw], Any], raw: Raw, value: object) -> None:
    assert read(raw) == value


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(text.name).filter(bool))
def test_a_written_text_is_read_back_as_it_was(value: str) -> None:
    assert cells.words(cells.escape(value)) == value


@given(st.sampled_from("=+-@\t\r"), st.text(max_size=10))
def test_no_written_text_begins_like_a_formula(first: str, rest: str) -> None:
    assert cells.escape(first + rest).startswith("'")
