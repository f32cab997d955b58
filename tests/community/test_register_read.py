"""Files of both kinds become rows; files that would hurt, or that nobody can read, are refused whole."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from tests.community.files import SHOP, WANG, csv_of, edited, xlsx_of
from voting.community import register_xlsx
from voting.community.register_cells import Marker
from voting.community.register_read import read
from voting.errors import Invalid, TooLarge

SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes) -> str:
    with pytest.raises((Invalid, TooLarge)) as caught:
        read(content)
    return caught.value.faults[0].code if isinstance(caught.value, Invalid) else caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_file_is_read_in_the_encodings_of_the_trade(encoding: str) -> None:
    assert read(csv_of(WANG, encoding=encoding)).rows[1][1][4] == "王芳"


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_the_delimiter_is_told_by_the_header(delimiter: bytes) -> None:
    assert read(csv_of(WANG).replace(b",", delimiter)).rows[1][1][2] == "301"


def test_rows_keep_the_numbers_that_a_spreadsheet_shows() -> None:
    content = b'building,unit,dwelling,area_m2\n\n,,,\n1,2,"3\n01",80\n1,2,302,80\n'
    assert [number for number, _ in read(content).rows] == [1, 4, 5]


def test_a_workbook_keeps_types_and_row_numbers() -> None:
    content = xlsx_of(WANG, {}, {**SHOP, "area_m2": 210.5, "born_on": date(1990, 3, 1)})
    numbers = [number for number, _ in read(content).rows]
    cells = read(content).rows[2][1]
    assert (numbers, cells[3], cells[6]) == ([1, 2, 4], 210.5, date(1990, 3, 1))


def test_a_formula_of_a_workbook_is_seen_though_its_value_is_computed() -> None:
    content = edited(
        xlsx_of({**WANG, "area_m2": "=80+9.5"}),
        SHEET,
        lambda xml: xml.replace(b"<v></v>", b"<v>89.5</v>").replace(b"<v />", b"<v>89.5</v>"),
    )
    assert b"<v>89.5</v>" in zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    assert read(content).rows[1][1][3] is Marker.FORMULA


def test_formulas_of_another_sheet_do_not_matter() -> None:
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_of(WANG)))
    workbook.create_sheet("计算", 0).sheet_state = "hidden"
    workbook["计算"]["D2"] = "=1+1"
    made = io.BytesIO()
    workbook.save(made)
    assert read(made.getvalue()).rows[1][1][3] == "89.5"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register_empty"),
        (b"\n\n \n", "register_empty"),
        (b"building,unit\n", "register_header_only"),
        (csv_of(WANG).replace("王".encode(), b"\xff\xff"), "register_encoding_unknown"),
        (csv_of(WANG, encoding="utf-16"), "register_encoding_unknown"),
        (b'building\n"open', "register_csv_broken"),
        (b'building\n"a"b', "register_csv_broken"),
        (b"building\n" + b"x" * 200_000, "register_csv_broken"),
        (b"a," * 70 + b"\n1", "register_too_many_columns"),
        (b"a\n" + b"1\n" * 400_001, "register_too_many_rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "register_old_workbook"),
        (b"PK\x03\x04 and no more", "register_workbook_broken"),
        (xlsx_of(WANG)[:900], "register_workbook_broken"),
        (edited(xlsx_of(WANG), SHEET, lambda xml: b""), "register_workbook_broken"),
        (edited(xlsx_of(WANG), SHEET, lambda xml: xml[:-20]), "register_workbook_broken"),
        (edited(xlsx_of(WANG), SHEET, lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml), "register_workbook_broken"),
        (edited(xlsx_of(WANG), SHEET, lambda xml: xml.replace(b'"A2"', b'"XFD2"')), "register_too_many_columns"),
        (edited(xlsx_of(WANG), SHEET, lambda xml: xml.replace(b'"A2"', b'"A1048576"')), "register_too_many_rows"),
        (
            edited(xlsx_of(WANG), SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="1048576"')),
            "register_too_many_rows",
        ),
        (edited(xlsx_of(WANG), "xl/workbook.xml", lambda xml: b"<a/>"), "register_workbook_broken"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_xlsx, "MAX_UNPACKED", 1 << 20)
    bomb = edited(xlsx_of(WANG), SHEET, lambda xml: xml + b" " * (8 << 20))
    assert len(bomb) < 50_000
    assert refusal(bomb) == "register_workbook_too_large"


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    honest = edited(xlsx_of(WANG), SHEET, lambda xml: xml + b" " * 100_000)
    with zipfile.ZipFile(io.BytesIO(honest)) as package:
        size = package.getinfo(SHEET).file_size
    lying = honest.replace(size.to_bytes(4, "little"), (2_000).to_bytes(4, "little"))
    assert lying != honest
    assert refusal(lying) == "register_workbook_broken"


def test_two_parts_of_one_name_are_refused() -> None:
    content = io.BytesIO(xlsx_of(WANG))
    with zipfile.ZipFile(content, "a") as package:
        package.writestr(SHEET.upper(), b"<worksheet/>")
    assert refusal(content.getvalue()) == "register_workbook_broken"
