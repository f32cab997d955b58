"""Import and export of a community's register: all or nothing, the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from voting.community import events, queries, register_export, register_store
from voting.community.clock import today_in
from voting.community.register_check import check
from voting.community.register_parse import Findings, parse
from voting.community.register_plan import plan
from voting.community.register_read import read
from voting.community.register_stored import Count, Plan
from voting.core import authority
from voting.core.authority import Principal, Subject
from voting.errors import Fault, Invalid


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: counts by kind of row, and notes on what a person should look at."""

    rows_read: int
    counts: dict[str, Count]
    notes: tuple[Fault, ...]
    notes_total: int


def import_register(
    session: Session,
    principal: Principal,
    community_id: str,
    content: bytes,
    *,
    create_places: bool = True,
    now: datetime,
) -> Report:
    """Lay a CSV or XLSX file over the register. Raises Invalid with a fault per wrong cell, and then has written nothing.

    Without `create_places` the file may speak only of buildings, units and dwellings that exist.
    """
    community = queries.community(session, principal, community_id)
    authority.require(principal, "register.import", Subject(community.id))
    register_store.lock(session, community.id)
    notes = Findings()
    made, rows = prepare(session, community.id, content, notes, create_places, today_in(community, now), now)
    if made.changes_anything:
        register_store.write(session, made)
        facts = {f"{kind}_{field}": getattr(count, field) for kind, count in made.counts.items() for field in _LOGGED}
        figures = {name: figure for name, figure in facts.items() if figure}
        events.record(session, principal, community, ("community", community.id), "register_imported", now, **figures)
    return Report(rows, made.counts, tuple(notes.shown), notes.total)


_LOGGED = ("added", "changed", "ended")


def prepare(
    session: Session,
    community_id: str,
    content: bytes,
    notes: Findings,
    create_places: bool,
    today: date,
    now: datetime,
) -> tuple[Plan, int]:
    """The plan of an import and the number of rows it was made from."""
    findings = Findings()
    rows = parse(read(content), findings, areas_needed=create_places)
    # Also when cells were refused: whoever corrects a file wants to hear of everything that is wrong with it at once.
    register = check(rows, findings, notes, today)
    _refuse(findings)
    stored = register_store.load(session, community_id, today)
    made = plan(
        register, stored, findings, community_id=community_id, create_places=create_places, today=today, now=now
    )
    _refuse(findings)
    return made, len(rows)


def _refuse(findings: Findings) -> None:
    if findings:
        raise Invalid(findings.by_row(), "register_rejected", total=findings.total, shown=len(findings.shown))


def export_register(session: Session, principal: Principal, community_id: str, now: datetime) -> bytes:
    """The register as a CSV file that imports to the same register."""
    community = queries.community(session, principal, community_id)
    authority.require(principal, "register.export", Subject(community.id))
    return register_export.csv_file(register_store.load(session, community.id, today_in(community, now)))
