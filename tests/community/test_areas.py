"""Exclusive areas are exact, and whatever is not an area is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.community import areas


@pytest.mark.parametrize(
    ("text", "cm2"),
    [("89.5", 895_000), ("89", 890_000), ("0.0001", 1), ("120.1234", 1_201_234), ("89.50000", 895_000), ("1.", 10_000)],
)
def test_square_metres_become_square_centimetres(text: str, cm2: int) -> None:
    assert areas.cm2(text) == cm2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "area_not_positive"),
        ("-89.5", "area_not_positive"),
        ("0.00", "area_not_positive"),
        ("89.12345", "area_too_fine"),
        ("895000", "area_absurd"),
        ("999999999999", "area_absurd"),
        ("1e3", "area_not_a_number"),
        ("1,200", "area_not_a_number"),
        ("八十九", "area_not_a_number"),
        ("٨٩", "area_not_a_number"),
        ("nan", "area_not_a_number"),
        ("89.5m2", "area_not_a_number"),
    ],
)
def test_what_is_no_area_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(areas.BadArea) as caught:
        areas.cm2(text)
    assert caught.value.code == code


@given(st.integers(1, areas.MAX_CM2))
def test_an_area_is_shown_as_the_decimal_that_reads_back(area: int) -> None:
    assert areas.cm2(areas.m2(area)) == area


def test_an_area_is_shown_without_idle_zeros() -> None:
    assert [areas.m2(area) for area in (895_000, 890_000, 1, 1_200_000)] == ["89.5", "89", "0.0001", "120"]
