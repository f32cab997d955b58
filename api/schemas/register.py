"""The answer to an import of a register."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import BaseModel, Field

from api.schemas.base import Representation
from voting.community.register_import import Report
from voting.errors import Fault
from voting.phrases import phrase


class Counted(BaseModel):
    """How many rows of one kind were added, changed, ended and left as they were."""

    added: int
    changed: int
    ended: int
    unchanged: int


class Note(BaseModel):
    """Something in the file that was taken one way and that a person should look at."""

    row: int = Field(examples=[12], description="The row of the file; the header is usually row 1")
    column: str = Field(examples=["person"])
    code: str = Field(examples=["same_name_two_people"])
    detail: str
    fix: str

    @classmethod
    def of(cls, fault: Fault, locale: str) -> Note:
        """Present a note in a language."""
        said = phrase(fault.code, locale, fault.facts)
        row, column = fault.facts["row"], fault.facts["column"]
        assert isinstance(row, int)
        return cls(row=row, column=str(column), code=fault.code, detail=said.detail, fix=said.fix)


class ImportOut(Representation):
    """What an import did, or on `dry_run` would do."""

    dry_run: bool
    rows_read: int
    buildings: Counted
    units: Counted
    dwellings: Counted
    households: Counted
    persons: Counted
    residencies: Counted
    ownerships: Counted
    rows: list[Note] = Field(description="Rows that a person should look at; nothing was refused")
    rows_total: int = Field(description="How many there are in all, also past those listed")

    @classmethod
    def of(cls, report: Report, locale: str, dry_run: bool) -> ImportOut:
        """Present a report in a language."""
        counts = {kind: Counted(**asdict(count)) for kind, count in report.counts.items()}
        return cls(
            dry_run=dry_run,
            rows_read=report.rows_read,
            rows=[Note.of(note, locale) for note in report.notes],
            rows_total=report.notes_total,
            **counts,
        )
