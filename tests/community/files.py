"""Register files for the tests: rows of named cells to CSV and XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl

from voting.community.register_columns import NAMES

Cells = Mapping[str, Any]

WANG: Cells = {
    "building": "1",
    "unit": "2",
    "dwelling": "301",
    "area_m2": "89.5",
    "person": "王芳",
    "phone": "13800138000",
    "born_on": "1980-03-01",
    "residency": "owner_occupier",
}
LI: Cells = WANG | {"person": "李雷", "phone": "13900139000", "born_on": "1982-05-06", "residency": "household_member"}
TENANT: Cells = WANG | {"residency": "tenant", "person": "赵六", "phone": "13700137000"}
SHOP: Cells = {"building": "1", "unit": "1", "dwelling": "101", "area_m2": "210", "owner": "远大公司"}


def columns_of(rows: Sequence[Cells]) -> list[str]:
    """The columns that any of the rows fills, in the register's order."""
    return [name for name in NAMES if any(name in row for row in rows)]


def csv_of(*rows: Cells, header: Sequence[str] | None = None, encoding: str = "utf-8") -> bytes:
    """A CSV file with a header row."""
    names = list(header or columns_of(rows))
    made = io.StringIO(newline="")
    lines = csv.writer(made)
    lines.writerow(names)
    lines.writerows([row.get(name, "") for name in names] for row in rows)
    return made.getvalue().encode(encoding)


def xlsx_of(*rows: Cells, header: Sequence[str] | None = None) -> bytes:
    """A workbook with one sheet; a text that begins with `=` becomes a formula, as openpyxl has it."""
    names = list(header or columns_of(rows))
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


def edited(workbook: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of its package rewritten."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as package, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in package.namelist():
            body = package.read(name)
            copy.writestr(name, edit(body) if name == part else body)
    return made.getvalue()
