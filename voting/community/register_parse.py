"""From raw rows to typed rows: every cell that means nothing is one finding that names its row and its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from voting.community import register_cells as cells
from voting.community.register_cells import BadCell, Marker, Raw
from voting.community.register_columns import Header, recognise
from voting.community.register_read import Sheet
from voting.errors import Fact, Fault

SHOWN = 200
"""Findings that are listed; the rest are counted."""


@dataclass(slots=True)
class Findings:
    """Faults in the order they were found: the first `SHOWN` of them, and how many there are in all."""

    shown: list[Fault] = field(default_factory=list)
    total: int = 0

    def __bool__(self) -> bool:
        return self.total > 0

    def add(self, row: int, column: str, code: str, **facts: Fact) -> None:
        """One fault of one cell."""
        self.keep(Fault(f"/rows/{row}/{column}", code, {**facts, "row": row, "column": column}))

    def by_row(self) -> list[Fault]:
        """Those that are listed, from the top of the file to its end."""
        return sorted(self.shown, key=_row_of)

    def keep(self, fault: Fault) -> None:
        """One fault, already made."""
        self.total += 1
        if len(self.shown) < SHOWN:
            self.shown.append(fault)


def _row_of(fault: Fault) -> int:
    row = fault.facts.get("row")
    return row if isinstance(row, int) else 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was meant. None and empty text: the cell was empty, or the file has no such column."""

    number: int
    building: str = ""
    unit: str = ""
    dwelling: str = ""
    area_cm2: int | None = None
    person: str = ""
    phone: str | None = None
    born_on: date | None = None
    residency: str | None = None
    from_on: date | None = None
    owner: tuple[bool | None, str] = (None, "")
    """Yes or no, or the owner's name."""
    merge_key: str = ""
    voter: bool | None = None
    representative: bool | None = None
    person_ref: str = ""


READERS: Mapping[str, Callable[[Raw], Any]] = {
    "building": cells.label,
    "unit": cells.label,
    "dwelling": cells.label,
    "area_m2": cells.area,  # decimal m² in the file, cm² in the row
    "person": cells.name,
    "phone": cells.phone,
    "born_on": cells.day,
    "residency": cells.residency,
    "from_on": cells.day,
    "owner": cells.owner,
    "merge_key": cells.name,
    "voter": cells.truth,
    "representative": cells.truth,
    "person_ref": cells.name,
}


def parse(sheet: Sheet, findings: Findings, *, areas_needed: bool) -> list[Row]:
    """The typed rows of a sheet. A row with an unreadable cell is left out: the caller writes nothing when there is any."""
    number, titles = sheet.rows[0]
    header, faults = recognise([_title(cell) for cell in titles], number, areas_needed=areas_needed)
    for fault in faults:
        findings.keep(fault)
    if faults:
        return []
    readers = [(name, place, READERS[name]) for name, place in header.places.items()]
    width = len(titles)
    rows = []
    for number, raw in sheet.rows[1:]:
        values = _values(number, raw, readers, findings)
        _unnamed(number, raw, header, width, findings)
        if values is not None:
            rows.append(Row(number, **values))
    return rows


def _title(cell: Raw) -> str:
    return "=" if isinstance(cell, Marker) else str(cell)


def _values(
    number: int,
    raw: Sequence[Raw],
    readers: Sequence[tuple[str, int, Callable[[Raw], Any]]],
    findings: Findings,
) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    sound = True
    for name, place, read in readers:
        if place >= len(raw) or raw[place] == "":
            continue
        try:
            values["area_cm2" if name == "area_m2" else name] = read(raw[place])
        except BadCell as bad:
            findings.add(number, name, bad.code, **bad.facts)
            sound = False
    return values if sound else None


def _unnamed(number: int, raw: Sequence[Raw], header: Header, width: int, findings: Findings) -> None:
    if len(raw) <= width and len(header.places) == width:
        return
    named = set(header.places.values())
    for place, cell in enumerate(raw):
        if place not in named and cell != "" and not (isinstance(cell, str) and cell.isspace()):
            findings.add(number, str(place + 1), "register_cell_without_column")
