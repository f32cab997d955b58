"""A register file as rows of raw cells. Text is UTF-8 (with or without a mark) or GB 18030; a workbook is XLSX.

Rows keep the numbers a spreadsheet shows: the first row is 1, empty rows count but are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from voting.community import register_xlsx
from voting.community.register_cells import Raw
from voting.community.register_columns import MAX_COLUMNS
from voting.errors import Invalid, TooLarge

MAX_ROWS = 400_000
_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows[i]` is (row number, cells); the first is the header."""

    rows: Sequence[tuple[int, Sequence[Raw]]]


def read(content: bytes) -> Sheet:
    """The rows of a file, whose kind is told by its first bytes. Raises Invalid or TooLarge for the file as a whole."""
    if content.startswith(_ZIP):
        rows = register_xlsx.rows(content, MAX_ROWS)
    elif content.startswith(_OLD_WORKBOOK):
        raise Invalid.at("", "register_old_workbook")
    elif content.startswith(_WIDE_TEXT):
        raise Invalid.at("", "register_encoding_unknown")
    else:
        rows = _csv(_text(content))
    if not rows:
        raise Invalid.at("", "register_empty")
    if len(rows) == 1:
        raise Invalid.at("", "register_header_only")
    return Sheet(rows)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid.at("", "register_encoding_unknown")


def _csv(content: str) -> list[tuple[int, Sequence[Raw]]]:
    lines = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content), strict=True)
    rows: list[tuple[int, Sequence[Raw]]] = []
    number = 0
    while True:
        number += 1
        try:
            cells = next(lines, None)
        except csv.Error as error:
            raise Invalid.at(f"/rows/{number}", "register_csv_broken", row=number, reason=str(error)) from None
        if cells is None:
            return rows
        if number > MAX_ROWS + 1:
            raise TooLarge("register_too_many_rows", limit=MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise TooLarge("register_too_many_columns", limit=MAX_COLUMNS)
        if any(cell and not cell.isspace() for cell in cells):
            rows.append((number, cells))


def _delimiter(content: str) -> str:
    header = content[: content.find("\n")] if "\n" in content else content
    return max((",", "\t", ";"), key=header.count)
