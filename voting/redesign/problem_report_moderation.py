"""Problem reports under moderation. Flagged is what the newest version says; the problem is dealt with all the same."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from voting.core import lifecycle
from voting.core.authority import Principal
from voting.core.moderation import STANDING
from voting.deliberation import moderated
from voting.deliberation.moderated import Kind, Thing
from voting.redesign import problem_report_queries
from voting.redesign.problem_report_queries import Loaded, View
from voting.redesign.tables import ProblemReport


def _load(session: Session, principal: Principal, report_id: str, now: datetime) -> Thing[Loaded]:
    loaded = problem_report_queries.load(session, principal, report_id, now, hold=True)
    report = loaded.report
    written_at = problem_report_queries.version(session, report_id, report.number).created_at
    return Thing(loaded, report, report.author_id, loaded.subject, loaded.now, written_at)


def _hold(session: Session, report_id: str) -> ProblemReport:
    return session.get_one(ProblemReport, report_id, with_for_update=True, populate_existing=True)


def _flagged(session: Session, principal: Principal, thing: Thing[Loaded]) -> str:
    report = thing.loaded.report
    found = problem_report_queries.standing_facts(session, principal, report)
    return lifecycle.move(STANDING, report.standing, "flag", found)


KIND: Kind[Loaded, View] = moderated.join(
    Kind("problem_report", "problem_report.flag", "standing", _load, _hold, _flagged, problem_report_queries.view)
)
