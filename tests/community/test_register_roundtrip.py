"""Whatever register went in comes out, and what came out is the same register again."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.community.conftest import Importer, add_community
from tests.community.files import LI, SHOP, WANG, csv_of
from voting.community import areas, text
from voting.community.register_cells import escape
from voting.community.register_columns import COLUMNS

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_CHARACTERS = st.one_of(st.sampled_from("=+-@'\"\t,;\n 1０王号"), st.characters(exclude_categories=["Cs", "Cc"]))
_WORDS = st.text(_CHARACTERS, min_size=1, max_size=8)


def spelt(spell: Callable[[str], str]) -> st.SearchStrategy[str]:
    """Texts as the register spells them, none of which is a plain yes, no, or number with an exponent."""
    return _WORDS.map(spell).filter(
        lambda found: len(found) > 1 and "e" not in found.casefold() and not found.isascii()
    )


NAMES = spelt(text.name).filter(lambda found: text.label(found) == found)
LABELS = spelt(text.label).filter(lambda found: text.label(found) == found)
PEOPLE = st.fixed_dictionaries(
    {
        "person": NAMES,
        "phone": st.one_of(st.just(""), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)),
        "born_on": st.one_of(st.just(""), st.dates(date(1920, 1, 1), date(2025, 12, 31)).map(str)),
        "person_ref": st.one_of(st.just(""), NAMES),
    }
)
TIES = st.fixed_dictionaries(
    {
        "residency": st.sampled_from(["owner_occupier", "tenant", "household_member", "owner_elsewhere"]),
        "from_on": st.one_of(st.just(""), st.dates(date(1950, 1, 1), date(2030, 1, 1)).map(str)),
        "co_owner": st.booleans(),
        "merge_key": st.one_of(st.just(""), NAMES),
    }
)


@st.composite
def registers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of a consistent register, texts escaped as an author of such a file would."""
    people = draw(
        st.lists(
            PEOPLE, max_size=5, unique_by=(lambda one: one["person"], lambda one: one["person_ref"] or one["person"])
        )
    )
    places = draw(st.lists(st.tuples(LABELS, LABELS, LABELS), min_size=1, max_size=4, unique=True))
    rows: list[dict[str, Any]] = []
    for building, unit, dwelling in places:
        area = areas.m2(draw(st.integers(1, areas.MAX_CM2)))
        where = {"building": building, "unit": unit, "dwelling": dwelling, "area_m2": area}
        living = (
            draw(st.lists(st.sampled_from(people), max_size=4, unique_by=lambda one: one["person"])) if people else []
        )
        rows += [where | person | _tie(draw(TIES)) for person in living]
        owner = draw(st.one_of(st.none(), NAMES))
        if owner is not None and owner not in {person["person"] for person in living}:
            rows.append(where | {"owner": owner})
        elif not living:
            rows.append(where)
    return [{name: escape(cell) for name, cell in row.items()} for row in rows]


def _tie(tie: dict[str, Any]) -> dict[str, str]:
    kind = tie["residency"]
    owns = kind.startswith("owner") or (kind == "household_member" and tie["co_owner"])
    return {
        "residency": kind,
        "from_on": "" if kind == "owner_elsewhere" else tie["from_on"],
        "owner": "yes" if owns else "no",
        "merge_key": tie["merge_key"] if owns else "",
    }


@SETTINGS
@given(rows=registers())
def test_a_register_goes_out_and_comes_back(
    engine: Engine, bring: Importer, export: Callable[..., bytes], rows: list[dict[str, Any]]
) -> None:
    here, there = (add_community(engine, f"com_{secrets.token_hex(8)}") for _ in range(2))
    bring(csv_of(*rows), into=here)
    written = export(here)
    bring(written, into=there)
    assert export(there) == written
    again = bring(written, into=here)
    assert sum(count.added + count.changed + count.ended for count in again.counts.values()) == 0


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_export_has_a_mark_and_chinese_headers(bring: Importer, export: Callable[..., bytes]) -> None:
    bring(csv_of(WANG))
    assert export().startswith(b"\xef\xbb\xbf")
    assert lines_of(export())[0] == [column.zh for column in COLUMNS]


def test_an_exported_row_says_what_the_register_knows(bring: Importer, export: Callable[..., bytes]) -> None:
    bring(csv_of(WANG | {"person_ref": "R1", "merge_key": "A", "from_on": "2001-02-03"}))
    assert lines_of(export())[1] == [
        "1", "2", "301", "89.5", "王芳", "13800138000", "1980-03-01", "自住业主", "2001-02-03", "是", "A", "是", "是", "R1",
    ]  # fmt: skip


def test_dwellings_are_exported_in_the_order_of_their_numbers(bring: Importer, export: Callable[..., bytes]) -> None:
    bring(csv_of(*(SHOP | {"dwelling": label} for label in ("1001", "201", "B1", "1002"))))
    assert [line[2] for line in lines_of(export())[1:]] == ["201", "1001", "1002", "B1"]


def test_a_text_that_a_spreadsheet_would_compute_is_exported_with_an_apostrophe(
    bring: Importer, export: Callable[..., bytes]
) -> None:
    bring(
        csv_of(
            WANG | {"person": "'=cmd|' /C calc'!A0", "dwelling": "-101"}, LI | {"dwelling": "-101", "person": "'@李"}
        )
    )
    assert [(line[2], line[4]) for line in lines_of(export())[1:]] == [
        ("'-101", "'=cmd|' /C calc'!A0"),
        ("'-101", "'@李"),
    ]
