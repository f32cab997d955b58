"""XLSX as rows of raw cells (ECMA-376 part 1). Cells are read by calamine, from a package that was unpacked here first.

A workbook is a zip of XML, and each of its promises may be a lie. So every part that matters is inflated here under one
limit, its XML is walked once without entities, formulas are noted (calamine gives only their last computed value), and a
cell placed a million rows down is refused before anything is laid out. calamine then reads exactly the bytes that were
checked, from an uncompressed copy.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from voting.community.register_cells import Marker, Raw
from voting.community.register_columns import MAX_COLUMNS
from voting.errors import Invalid, TooLarge

MAX_UNPACKED = 512 * 1024 * 1024
MAX_PARTS = 1_000
_CHUNK = 1 << 20
_NEEDED = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/(?:_rels/|worksheets/)?[^/]+\.(?:xml|rels)", re.IGNORECASE
)
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def rows(content: bytes, max_rows: int) -> list[tuple[int, Sequence[Raw]]]:
    """The rows of the first visible worksheet, empty ones left out, formulas marked. Raises Invalid or TooLarge."""
    parts = _unpack(content)
    walks: dict[str, _Walk] = {}
    for name, body in parts.items():
        walks[name.casefold()] = walk = _Walk(max_rows)
        walk.run(body)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(_pack(parts))) as workbook:
            shown = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
            ]
            if not shown:
                return []
            cells: list[list[Raw]] = [
                list(line) for line in workbook.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False)
            ]
        formulas = _sheet_walk(walks, shown[0]).formulas
    except (CalamineError, KeyError) as error:
        raise Invalid.at("", "register_workbook_broken", reason=str(error)[:200]) from None
    return _filled(cells, formulas)


def _sheet_walk(walks: dict[str, _Walk], sheet: str) -> _Walk:
    # The name leads to a relationship (xl/workbook.xml), the relationship to a part (§18.2.19, OPC §9.3).
    relationship = walks["xl/workbook.xml"].sheets[sheet]
    target = walks["xl/_rels/workbook.xml.rels"].targets[relationship]
    path = target.removeprefix("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    return walks[path.casefold()]


def _filled(cells: list[list[Raw]], formulas: set[tuple[int, int]]) -> list[tuple[int, Sequence[Raw]]]:
    for row, column in formulas:
        while len(cells) < row:
            cells.append([])
        line = cells[row - 1]
        line.extend([""] * (column - len(line)))
        line[column - 1] = Marker.FORMULA
    return [(number, line) for number, line in enumerate(cells, 1) if any(cell != "" for cell in line)]


def _unpack(content: bytes) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    seen: set[str] = set()
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            if len(members) > MAX_PARTS:
                raise TooLarge("register_workbook_too_large", limit=MAX_UNPACKED)
            for member in members:
                if not _NEEDED.fullmatch(member.filename):
                    continue
                if member.filename.casefold() in seen:
                    raise zipfile.BadZipFile(f"{member.filename} twice")
                seen.add(member.filename.casefold())
                parts[member.filename] = body = _inflate(package, member, left)
                left -= len(body)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Invalid.at("", "register_workbook_broken", reason=str(error)[:200]) from None
    return parts


def _inflate(package: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    # `read` stops at the declared size and checks the CRC there, so a lying header gives a short part or an error.
    if member.file_size > limit:
        raise TooLarge("register_workbook_too_large", limit=MAX_UNPACKED)
    body = bytearray()
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise TooLarge("register_workbook_too_large", limit=MAX_UNPACKED)
    return bytes(body)


def _pack(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return made.getvalue()


class _Refused(Exception):
    """Raised inside a walk, where expat would swallow the frame but not the exception."""


class _Walk:
    """One pass over a part's XML: no document type, no entity, bounded positions.

    `formulas` holds (row, column) from 1, an array formula by its first cell; `sheets` maps a sheet's name to its
    relationship, `targets` a relationship to a part.
    """

    def __init__(self, max_rows: int) -> None:
        self.formulas: set[tuple[int, int]] = set()
        self.sheets: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        self._max_rows = max_rows
        self._row = 0
        self._column = 0

    def run(self, body: bytes) -> None:
        """Walk `body`. Raises Invalid when it is no plain XML, TooLarge when a cell lies outside the limits."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, _Refused) as error:
            raise Invalid.at("", "register_workbook_broken", reason=str(error)[:200]) from None

    def _doctype(self, *_declaration: object) -> None:
        raise _Refused("a document type declaration is not part of a workbook")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "c":
            self._cell(attributes.get("r"))
        elif tag == "row":
            self._line(attributes.get("r"))
        elif tag == "f":
            self.formulas.add((self._row, self._column))
        elif tag == "sheet":
            self.sheets[attributes.get("name", "")] = next((v for k, v in attributes.items() if k.endswith(" id")), "")
        elif tag == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _line(self, number: str | None) -> None:
        self._row = int(number) if number and number.isdecimal() and len(number) < 9 else self._row + 1
        self._column = 0
        self._bounded()

    def _cell(self, reference: str | None) -> None:
        found = _REFERENCE.fullmatch(reference) if reference else None
        if found is None:
            self._column += 1
        else:
            self._column, self._row = _column_number(found[1]), int(found[2])
        self._bounded()

    def _bounded(self) -> None:
        if self._row > self._max_rows + 1:
            raise TooLarge("register_too_many_rows", limit=self._max_rows)
        if self._column > MAX_COLUMNS:
            raise TooLarge("register_too_many_columns", limit=MAX_COLUMNS)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number
