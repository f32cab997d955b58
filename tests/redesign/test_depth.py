"""A page of reports costs the same at any depth: a range of one index, by the work that the database does for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session

from tests.access.moment import NOW
from tests.deliberation.conftest import settle
from tests.statements import effort
from voting.core.problem_reports import REPORT
from voting.ids import timed_id
from voting.redesign import problem_report_queries
from voting.redesign.problem_report_queries import Filter
from voting.redesign.tables import ProblemReport
from voting.store import reader, transact

REPORTS, LIMIT = 6000, 20
STATES = sorted(REPORT.states - {"duplicate"})
CATEGORIES = ("停车", "灯", "路", "水")
PEOPLE = ("per_li", "per_wang", "per_zhao")
FILTERS = {
    "all": Filter(),
    "all, oldest first": Filter(newest_first=False),
    "of a state": Filter(state="open"),
    "of a category": Filter(category="灯"),
    "mine": Filter(author_id="per_wang"),
}


def fill(session: Session) -> None:
    """Reports in every state, category and hand, spread over half a kilometre."""
    rows: list[dict[str, Any]] = []
    for number in range(REPORTS):
        at = NOW + timedelta(milliseconds=number)
        row = {"id": timed_id("prb", at), "version": 1, "community_id": "com_1", "since": at, "created_at": at}
        row |= {"observed_at": at, "number": 1, "confirmations": 0}
        row |= {"state": STATES[number % len(STATES)], "category": CATEGORIES[number % len(CATEGORIES)]}
        row |= {"author_id": PEOPLE[number % len(PEOPLE)]}
        row |= {"longitude_e7": 1_214_737_000 + number * 7919 % 50_000, "latitude_e7": 312_304_000 + number % 50_000}
        rows.append(row)
    session.execute(insert(ProblemReport), rows)


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A neighbourhood with thousands of reports."""
    transact(engine, settle)
    transact(engine, fill)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE problem_report")
    return engine


def test_the_last_page_is_as_much_work_as_the_first(kept: Engine) -> None:
    with reader(kept) as session:
        for name, wanted in FILTERS.items():
            whole = problem_report_queries.statement("com_1", wanted, None)
            ids = [row.id for row in session.exec(whole)]
            assert len(ids) >= REPORTS // len(STATES)
            first = effort(session, whole.limit(LIMIT), LIMIT)
            for depth in (len(ids) // 2, len(ids) - 2 * LIMIT):
                deep = problem_report_queries.statement("com_1", wanted, ids[depth]).limit(LIMIT)
                assert effort(session, deep, LIMIT) <= 1.5 * first + 10, name


def test_an_offset_would_not_be(kept: Engine) -> None:
    """The measure sees what it is for."""
    with reader(kept) as session:
        whole = problem_report_queries.statement("com_1", Filter(), None)
        first, skipped = effort(session, whole.limit(LIMIT), LIMIT), whole.offset(REPORTS - 2 * LIMIT).limit(LIMIT)
        if kept.dialect.name == "postgresql":
            with pytest.raises(AssertionError, match="Sort"):
                effort(session, skipped, LIMIT)
        else:
            assert effort(session, skipped, LIMIT) > 5 * first
