"""A table of rankings: one column for each option, one line for each ranking, in each cell the rank the option has.

The first column is the number of ballots. An empty cell is no mark; `1;3` marks an option at two ranks; the column
`__OVERVOTE__` holds ranks with an overvote whose marks are unknown. A header that a spreadsheet would take for a
formula is written after an apostrophe. Faults name the line and the cell.
"""

from __future__ import annotations

import csv
import io

from voting.core.count.ballots import OVERVOTE, Ranking
from voting.core.count.errors import IllegalFile, Inexpressible
from voting.core.count.formats.ballot_file import BallotFile, plain_ballots

FORM = "CSV"
COUNT = "ballots"
MOST_DIGITS = 15
MOST_RANKS = 1000

_FORMULA = ("=", "+", "-", "@", "'", "\t")


def read(text: str) -> BallotFile:
    """Read a whole table. Raises `IllegalFile` with the line and the number of the cell."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    options: tuple[str, ...] = ()
    ballots: dict[Ranking, int] = {}
    try:
        options = _options(next(reader, []))
        for cells in reader:
            if cells:
                ranking, count = _line(cells, options, reader.line_num)
                ballots[ranking] = ballots.get(ranking, 0) + count
    except csv.Error as fault:
        raise IllegalFile(FORM, reader.line_num, 1, f"not a table of cells: {fault}") from fault
    return BallotFile(tuple(option for option in options if option != OVERVOTE), ballots)


def write(file: BallotFile) -> str:
    """Write a table. Raises `Inexpressible` for a name that holds a NUL."""
    ballots = plain_ballots(file)
    unknown = any(OVERVOTE in rank for ranking in ballots for rank in ranking)
    columns = (*file.options, OVERVOTE) if unknown else file.options
    if any("\0" in option for option in columns):
        raise Inexpressible(FORM, "a name with the character NUL")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([COUNT, *(f"'{option}" if option.startswith(_FORMULA) else option for option in columns)])
    for ranking, count in ballots.items():
        writer.writerow([count, *(_ranks(ranking, option) for option in columns)])
    return out.getvalue()


def _options(header: list[str]) -> tuple[str, ...]:
    """The options of the header."""
    if not header or header[0].strip().casefold() != COUNT:
        raise IllegalFile(
            FORM, 1, 1, f"expected the header {COUNT!r}; got {header[0] if header else 'an empty file'!r}"
        )
    options = tuple(name[1:] if name.startswith("'") and name[1:].startswith(_FORMULA) else name for name in header[1:])
    if not any(option != OVERVOTE for option in options):
        raise IllegalFile(FORM, 1, 2, "expected the name of an option; the header ends")
    for place, option in enumerate(options):
        if not option.strip():
            raise IllegalFile(FORM, 1, place + 2, "expected the name of an option; got an empty cell")
        if option in options[:place]:
            raise IllegalFile(FORM, 1, place + 2, f"two options have the name {option!r}")
    return options


def _line(cells: list[str], options: tuple[str, ...], line: int) -> tuple[Ranking, int]:
    """The ranking and number of ballots of one line."""
    if len(cells) != len(options) + 1:
        raise IllegalFile(FORM, line, len(cells), f"expected {len(options) + 1} cells; got {len(cells)}")
    count = _whole(cells[0], line, 1, "a number of ballots", 0, 10**MOST_DIGITS)
    marks: dict[int, list[str]] = {}
    for place, cell in enumerate(cells[1:]):
        for part in cell.split(";") if cell.strip() else ():
            rank = _whole(part, line, place + 2, "a rank", 1, MOST_RANKS)
            if options[place] in marks.setdefault(rank, []):
                raise IllegalFile(FORM, line, place + 2, f"rank {rank} stands twice in one cell")
            marks[rank].append(options[place])
    return tuple(tuple(marks.get(rank, ())) for rank in range(1, max(marks, default=0) + 1)), count


def _whole(cell: str, line: int, place: int, wanted: str, least: int, most: int) -> int:
    """A whole number between two bounds."""
    digits = cell.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS) or not least <= int(digits) <= most:
        raise IllegalFile(FORM, line, place, f"expected {wanted}, a whole number of at least {least}; got {cell!r}")
    return int(digits)


def _ranks(ranking: Ranking, option: str) -> str:
    """The ranks at which a ranking marks an option."""
    return ";".join(str(number) for number, rank in enumerate(ranking, start=1) if option in rank)
