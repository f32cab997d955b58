"""Any walk through the machine of problem reports: what is allowed happens and leaves one event and one entry of the journal,
what is refused leaves none, and `allowed_actions` told which it would be. Seeded, so that a failure can be walked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from tests.deliberation.conftest import settle
from tests.roll.neighbourhood import AUDITOR, NOW, OFFICER, RESIDENT
from voting.community.search_tables import SearchDocument
from voting.core.authority import Grant, Principal
from voting.core.problem_reports import REPORT
from voting.deliberation.proposal_drafts import Position
from voting.errors import Forbidden, IllegalMove, Invalid
from voting.log.tables import Event, JournalSalt
from voting.redesign import (
    problem_confirmations,
    problem_report_duplicates,
    problem_report_queries,
    problem_report_texts,
    problem_reports,
)
from voting.redesign.problem_reports import Draft
from voting.redesign.tables import ProblemConfirmation, ProblemReport, ProblemReportVersion
from voting.store import Engine, transact, writer

WANG, ZHAO = (Principal("person", f"per_{name}", "com_1") for name in ("wang", "zhao"))
PROPERTY = Principal("person", "per_zhao", "com_1", (Grant("property_manager", "building", "bld_1"),))
CALLERS = (RESIDENT, WANG, ZHAO, OFFICER, AUDITOR, PROPERTY)
PLACE = Position(121.4737, 31.2304)
UNCOUNTED = {"confirm", "take_back"}
"""What moves nothing and leaves no event."""
Command = Callable[[Session, Principal, str, datetime, Random], object]


def moved(command: str) -> Command:
    return lambda s, who, report, now, _: problem_reports.give(s, who, report, command, reason="r", now=now)


def edited(s: Session, who: Principal, report: str, now: datetime, dice: Random) -> object:
    loaded = problem_report_queries.load(s, who, report, now, "problem_report.edit", hold=True)
    return problem_reports.edit(s, who, loaded, {"observation": f"{dice.random()}"})


def marked(s: Session, who: Principal, report: str, now: datetime, dice: Random) -> object:
    target = dice.choice(s.exec(select(ProblemReport.id).order_by(col(ProblemReport.id))).all())
    return problem_report_duplicates.mark(s, who, report, target, now=now)


COMMANDS: Mapping[str, Command] = {
    "edit": edited,
    "confirm": lambda s, who, report, now, _: problem_confirmations.confirm(s, who, report, now=now),
    "take_back": lambda s, who, report, now, _: problem_confirmations.take_back(s, who, report, now=now),
    "mark_duplicate": marked,
    "reopen": lambda s, who, report, now, _: problem_report_duplicates.reopen(s, who, report, reason="r", now=now),
    **{name: moved(name) for name in ("withdraw", "acknowledge", "start", "resolve", "dismiss")},
}
"""Every command that the machine offers, as somebody gives it."""


def events(session: Session, report: str) -> tuple[int, int]:
    """Events about the report, and entries of the journal among them."""
    about = Event.subject_kind == "problem_report", Event.subject_id == report
    entered = select(func.count()).select_from(JournalSalt).join(Event, col(Event.id) == col(JournalSalt.event_id))
    return (
        session.exec(select(func.count()).select_from(Event).where(*about)).one(),
        session.exec(entered.where(*about)).one(),
    )


def give(session: Session, who: Principal, report: str, command: str, now: datetime, dice: Random) -> bool:
    """Give a command; whether it was taken, as was foretold."""
    view = problem_report_queries.view(session, who, problem_report_queries.load(session, who, report, now))
    foretold = {one.action: one.allowed for one in view.actions}[command]
    before, state = events(session, report), view.report.state
    try:
        with session.begin_nested():
            COMMANDS[command](session, who, report, now, dice)
        taken = True
    except (IllegalMove, Forbidden):
        taken = False
    except Invalid:  # Another report that nothing may lead to: the move itself was legal.
        assert (command, foretold) == ("mark_duplicate", True)
        return False
    session.expire_all()
    assert taken is foretold, (command, state, who)
    counted = taken and command not in UNCOUNTED
    assert events(session, report) == (before[0] + counted, before[1] + counted), command
    after = session.get_one(ProblemReport, report).state
    assert after == (REPORT.table[state, command].to if taken else state)
    return taken


def check(session: Session) -> None:
    """What holds at every moment."""
    rows = {row.id: row for row in session.exec(select(ProblemReport))}
    said = [(one.report_id, one.person_id) for one in session.exec(select(ProblemConfirmation))]
    found = set(session.exec(select(SearchDocument.subject_id)))

    def way(report: str) -> list[str]:
        passed = [report]
        while (onward := rows[passed[-1]].duplicate_of) is not None:
            assert onward not in passed
            passed.append(onward)
        return passed

    ways = {report: way(report) for report in rows}
    for key, row in rows.items():
        assert (row.state == "duplicate") is (row.duplicate_of is not None)
        who = {person for report, person in said if key in ways[report]}
        who |= {other.author_id for other in rows.values() if other.id != key and key in ways[other.id]}
        assert row.confirmations == len(who - {row.author_id})
        version = session.get_one(ProblemReportVersion, (key, row.number))
        assert (key in found) is (row.state != "withdrawn" and version.observation is not None)


@pytest.mark.parametrize("seed", range(6))
def test_any_walk_does_what_was_offered_and_nothing_else(engine: Engine, seed: int) -> None:
    transact(engine, settle)
    dice, now = Random(seed), NOW
    with writer(engine) as session:
        draft = Draft("o", PLACE, building_id="bld_1")
        made = [
            problem_reports.create(session, who, "com_1", draft, now=NOW).report.id for who in (RESIDENT, WANG, ZHAO)
        ]
        for step in range(60):
            now += timedelta(minutes=1)
            give(session, dice.choice(CALLERS), dice.choice(made), dice.choice(REPORT.offered), now, dice)
            if step % 20 == 10:
                _erase_somehow(session, dice.choice(made), now)
            check(session)
        session.rollback()


def _erase_somehow(session: Session, report: str, now: datetime) -> None:
    row = session.get_one(ProblemReport, report)
    if session.get_one(ProblemReportVersion, (report, row.number)).erased_at is None:
        problem_report_texts.erase(session, OFFICER, report, row.number, reason="r", now=now)


def test_the_whole_way_there_and_back(engine: Engine) -> None:
    transact(engine, settle)
    way = [
        *[("edit", RESIDENT), ("confirm", WANG), ("acknowledge", OFFICER), ("start", PROPERTY), ("resolve", OFFICER)],
        *[("reopen", WANG), ("take_back", WANG), ("dismiss", PROPERTY), ("reopen", OFFICER), ("withdraw", RESIDENT)],
    ]
    with writer(engine) as session:
        draft = Draft("o", PLACE, building_id="bld_1")
        made = problem_reports.create(session, RESIDENT, "com_1", draft, now=NOW).report.id
        assert [give(session, who, made, command, NOW, Random(1)) for command, who in way] == [True] * len(way)
        assert not any(give(session, who, made, c, NOW, Random(1)) for c in REPORT.offered for who in CALLERS)
        session.rollback()


def test_a_grant_over_one_building_reaches_no_other(engine: Engine) -> None:
    transact(engine, settle)
    with writer(engine) as session:
        here, there = (
            problem_reports.create(
                session, RESIDENT, "com_1", Draft("o", PLACE, building_id=building), now=NOW
            ).report.id
            for building in ("bld_1", "bld_2")
        )
        assert give(session, PROPERTY, here, "acknowledge", NOW, Random(1))
        assert not give(session, PROPERTY, there, "acknowledge", NOW, Random(1))
        session.rollback()
