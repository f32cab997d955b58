"""A header row is known in two languages, and a wrong one is named."""

from __future__ import annotations

import pytest

from voting.community.register_columns import COLUMNS, recognise

NEEDED = ("building", "unit", "dwelling", "area_m2")


@pytest.mark.parametrize(
    "names",
    [
        [column.name for column in COLUMNS],
        [column.zh for column in COLUMNS],
        [column.aliases[0] for column in COLUMNS if column.aliases],
    ],
)
def test_the_columns_are_known_by_all_their_names(names: list[str]) -> None:
    header, faults = recognise(names, 1, areas_needed=False)
    assert not faults
    assert list(header.places.values()) == list(range(len(names)))


def test_case_width_and_spaces_of_a_header_do_not_matter() -> None:
    header, faults = recognise(["Building", " 单元 ", "DWELLING", "专有面积（㎡）", "Born On"], 1, areas_needed=True)
    assert not faults
    assert set(header.places) == {"building", "unit", "dwelling", "area_m2", "born_on"}


@pytest.mark.parametrize("missing", NEEDED)
def test_a_missing_column_is_named(missing: str) -> None:
    _, faults = recognise([name for name in NEEDED if name != missing], 3, areas_needed=True)
    assert [(fault.code, fault.pointer) for fault in faults] == [("register_column_missing", f"/rows/3/{missing}")]


def test_the_area_may_be_missing_where_no_dwelling_may_be_made() -> None:
    assert not recognise(NEEDED[:3], 1, areas_needed=False)[1]


def test_a_misspelt_column_is_refused_with_what_was_meant() -> None:
    _, faults = recognise([*NEEDED, "residancy"], 1, areas_needed=True)
    assert [(fault.code, fault.facts["suggestion"]) for fault in faults] == [("register_column_misspelt", "residency")]


def test_an_unknown_column_is_refused_with_those_that_are_known() -> None:
    _, faults = recognise([*NEEDED, "备注"], 1, areas_needed=True)
    assert [fault.code for fault in faults] == ["register_column_unknown"]


def test_a_column_that_stands_twice_under_two_names_is_refused() -> None:
    _, faults = recognise([*NEEDED, "姓名", "person"], 1, areas_needed=True)
    assert [fault.code for fault in faults] == ["register_column_twice"]
