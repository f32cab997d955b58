"""Me too: a resident confirms that they have a problem, once, and may take it back. Counts are shown, never who.

A confirmation is no event: an append-only record of who has which problem would be a register of where people are. What is
confirmed at a duplicate counts with the report that it leads to, unless that person counts there already.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from voting.core.authority import Principal
from voting.redesign import problem_report_duplicates, problem_reports
from voting.redesign.problem_report_queries import Loaded
from voting.redesign.tables import ProblemConfirmation


def confirm(session: Session, principal: Principal, report_id: str, *, now: datetime) -> Loaded:
    """Say that one has the problem too."""
    loaded, _ = problem_reports.begin(session, principal, report_id, "confirm", now)
    session.execute(insert(ProblemConfirmation), [{"report_id": report_id, "person_id": principal.id}])
    problem_report_duplicates.recount(session, loaded.report)
    return loaded


def take_back(session: Session, principal: Principal, report_id: str, *, now: datetime) -> Loaded:
    """Say so no longer."""
    loaded, _ = problem_reports.begin(session, principal, report_id, "take_back", now)
    own = (col(ProblemConfirmation.report_id) == report_id, col(ProblemConfirmation.person_id) == principal.id)
    session.execute(delete(ProblemConfirmation).where(*own))
    problem_report_duplicates.recount(session, loaded.report)
    return loaded
