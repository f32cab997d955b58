"""Erasing what a person who leaves has reported and confirmed.

What they said goes, and that it was them. Where others have the problem too, its place and its category stay, so that it can
be dealt with. Elsewhere a place may be the home of whoever reported: from then on it is told to a thousandth of a degree (about
100 m). Who has left has no problem here any more: their confirmations go, and counts are those of who is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from voting.community import search_index
from voting.community.tables import Person
from voting.deliberation.contribution_erasure import Beyond
from voting.log.tables import Event
from voting.redesign import problem_report_duplicates
from voting.redesign.problem_report_duplicates import ASKED_AGAIN, NAMED
from voting.redesign.tables import ProblemConfirmation, ProblemReport, ProblemReportVersion

_COARSE = 10_000
"""A thousandth of a degree, in 10⁻⁷ degrees."""
_OWN = ("reported", "edited", "withdrawn", ASKED_AGAIN, NAMED)
"""What a person does to a report for themselves, not in an office."""


def of_person(session: Session, person: Person, now: datetime) -> dict[str, int]:
    """Erase it: how many reports and confirmations."""
    confirmed = session.exec(
        select(ProblemConfirmation.report_id).where(ProblemConfirmation.person_id == person.id)
    ).all()
    mine = session.exec(select(ProblemReport.id).where(ProblemReport.author_id == person.id)).all()
    reasoned = _reasoned(session, person)
    rows = _held(session, {*confirmed, *mine, *reasoned})
    for row in rows:
        if row.id in reasoned:
            row.reason = None
        if row.id in mine:
            _forget(session, row, now)
    search_index.take_out(session, mine)
    session.flush()
    session.execute(delete(ProblemConfirmation).where(col(ProblemConfirmation.person_id) == person.id))
    for row in rows:
        problem_report_duplicates.recount(session, row)
    return {"problem_reports": len(mine), "problem_confirmations": len(confirmed)}


def _held(session: Session, report_ids: Iterable[str]) -> tuple[ProblemReport, ...]:
    query = select(ProblemReport).where(col(ProblemReport.id).in_(sorted(report_ids)))
    held = query.order_by(col(ProblemReport.id)).with_for_update().execution_options(populate_existing=True)
    return tuple(session.exec(held))


def _reasoned(session: Session, person: Person) -> frozenset[str]:
    """The reports that stand in their state by the person's own word, not by an office of theirs."""
    query = (
        select(ProblemReport.id)
        .join(Event, col(Event.subject_id) == col(ProblemReport.id))
        .where(
            Event.subject_kind == "problem_report",
            col(Event.kind).in_(_OWN),
            Event.actor_id == person.id,
            col(Event.at) == col(ProblemReport.since),
        )
    )
    return frozenset(session.exec(query))


def _forget(session: Session, row: ProblemReport, now: datetime) -> None:
    """What one report said, whose it was, and where the place is told of nobody else."""
    versions = session.exec(select(ProblemReportVersion).where(ProblemReportVersion.report_id == row.id)).all()
    for kept in versions:
        kept.observation = kept.salt = kept.author_id = None
        kept.erased_at = kept.erased_at or now
    row.author_id = None
    if row.confirmations:
        return
    places: tuple[ProblemReport | ProblemReportVersion, ...] = (row, *versions)
    for place in places:
        place.category = place.building_id = place.unit_id = None
        place.longitude_e7 = place.longitude_e7 // _COARSE * _COARSE
        place.latitude_e7 = place.latitude_e7 // _COARSE * _COARSE


BEYOND = Beyond({"problem_report": _OWN}, of_person)
