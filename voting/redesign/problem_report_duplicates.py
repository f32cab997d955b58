"""Reports of one and the same problem: a duplicate leads to another report, and it may be opened again.

Where a report leads to is followed to its end, whose row is held with every row on the way: what is confirmed, marked or
reopened at the same time comes before or after, and the counts are right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import update
from sqlmodel import Session, col, select

from voting.core import problem_reports
from voting.core.authority import Principal
from voting.errors import Invalid
from voting.redesign import problem_report_queries
from voting.redesign import problem_reports as reports
from voting.redesign.problem_report_queries import Loaded
from voting.redesign.tables import ProblemConfirmation, ProblemReport

NAMED = "named_duplicate"
ASKED_AGAIN = "asked_again"
"""What the event says of a resident, not in an office: of the reporter whose own report repeats another, and of whoever
takes one up again."""


def mark(
    session: Session, principal: Principal, report_id: str, target_id: str, *, reason: str | None = None, now: datetime
) -> Loaded:
    """Say that a report repeats another. It becomes a duplicate of the report that the other leads to."""
    loaded, state = reports.begin(session, principal, report_id, "mark_duplicate", now, reason)
    report = loaded.report
    if target_id == report_id:
        raise Invalid.at("/duplicate_of", "duplicate_of_itself")
    target = session.get(ProblemReport, target_id, with_for_update=True, populate_existing=True)
    if target is None or target.community_id != report.community_id:
        raise Invalid.at("/duplicate_of", "report_not_here", id=target_id)
    end = problem_report_queries.end_of(session, target, hold=True)
    if end.id == report_id:
        raise Invalid.at("/duplicate_of", "duplicate_circle", id=target_id)
    if end.state not in problem_reports.LED_TO:
        raise Invalid.at("/duplicate_of", "cannot_be_led_to", id=end.id, state=end.state)
    if max(one.depth for one in _family(session, report_id).values()) >= problem_reports.MOST_CHAIN:
        raise Invalid.at("/duplicate_of", "duplicate_chain_too_long", limit=problem_reports.MOST_CHAIN)
    report.duplicate_of = end.id
    kind = "marked_duplicate" if problem_report_queries.handles(principal, report) else NAMED
    loaded = reports.end(session, principal, loaded, state, kind, reason, {"duplicate_of": end.id})
    recount(session, end)
    return loaded


def reopen(session: Session, principal: Principal, report_id: str, *, reason: str | None, now: datetime) -> Loaded:
    """Take a report up again, with the reason. One that was a duplicate stands by itself again."""
    loaded, state = reports.begin(session, principal, report_id, "reopen", now, reason)
    left = loaded.report.duplicate_of
    loaded.report.duplicate_of = None
    kind = "reopened" if problem_report_queries.handles(principal, loaded.report) else ASKED_AGAIN
    loaded = reports.end(session, principal, loaded, state, kind, reason)
    if left is not None:
        recount(session, session.get_one(ProblemReport, left, with_for_update=True, populate_existing=True))
    return loaded


def recount(session: Session, report: ProblemReport) -> None:
    """Count anew who has the problem, for a held report and every report that it leads to. Versions stay: no edit of a
    reporter is made stale."""
    while True:
        family = _family(session, report.id)
        confirmed: dict[str, frozenset[str]] = {}
        query = select(ProblemConfirmation).where(col(ProblemConfirmation.report_id).in_(sorted(family)))
        for row in session.exec(query):
            confirmed[row.report_id] = confirmed.get(row.report_id, frozenset()) | {row.person_id}
        others = {one: member.author_id for one, member in family.items() if one != report.id}
        count = problem_reports.counted(report.author_id, confirmed, others)
        session.execute(update(ProblemReport).where(col(ProblemReport.id) == report.id).values(confirmations=count))
        if report.duplicate_of is None:
            return
        report = session.get_one(ProblemReport, report.duplicate_of, with_for_update=True, populate_existing=True)


@dataclass(frozen=True, slots=True)
class _Member:
    author_id: str | None
    depth: int


def _family(session: Session, report_id: str) -> Mapping[str, _Member]:
    """The report and every one that leads to it, with the steps between."""
    report = sa.inspect(ProblemReport).local_table
    first = sa.select(report.c.id, report.c.author_id, sa.literal(0).label("depth")).where(report.c.id == report_id)
    here = first.cte(recursive=True)
    below = sa.select(report.c.id, report.c.author_id, here.c.depth + 1).join(here, report.c.duplicate_of == here.c.id)
    found = session.execute(sa.select(here.union_all(below)))
    return {identifier: _Member(author, depth) for identifier, author, depth in found}
