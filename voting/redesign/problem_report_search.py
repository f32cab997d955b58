"""What a search finds of problem reports: what the newest version says, while the report was not taken back."""

from __future__ import annotations

from sqlmodel import Session

from voting.community import search_index
from voting.community.search_index import Subject
from voting.redesign.tables import ProblemReport, ProblemReportVersion

KIND = "problem_report"
UNDETERMINED = "und"
"""The language of a text that does not say in which it is written (BCP 47)."""


def shelve(session: Session, report: ProblemReport, text: ProblemReportVersion) -> None:
    """Let a report be found by its newest version; by nothing where that was erased or the report taken back."""
    if text.number != report.number:
        return
    if text.observation is None:
        search_index.forget(session, (report.id,))
    elif report.state == "withdrawn":
        search_index.remove(session, report.id)
    else:
        subject = Subject(report.community_id, KIND, report.id, report.created_at)
        search_index.put(session, subject, {}, {UNDETERMINED: text.observation})
